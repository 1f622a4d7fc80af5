import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type Desktop } from '../shared/desktop.ts'

/** Three fixed channels; the main process checks who speaks and what is asked. */
const desktop: Desktop = {
  send: (name, input): Promise<unknown> => ipcRenderer.invoke('request', name, input),
  listen: (listener) => {
    const forward = (_: unknown, event: unknown) => {
      listener(event)
    }
    ipcRenderer.on('event', forward)
    return () => {
      ipcRenderer.off('event', forward)
    }
  },
  onGoTo: (listener) => {
    ipcRenderer.on('goTo', (_: unknown, address: unknown) => {
      if (typeof address === 'string') listener(address)
    })
  },
  pathOf: (file) => webUtils.getPathForFile(file as File) // what is no file it refuses itself
}

contextBridge.exposeInMainWorld('cytoloom', Object.freeze(desktop))
