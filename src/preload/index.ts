import { contextBridge, ipcRenderer } from 'electron'
import { type Desktop } from '../shared/desktop.ts'

/** Two fixed channels; the main process checks who speaks and what is asked. */
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
  }
}

contextBridge.exposeInMainWorld('cytoloom', Object.freeze(desktop))
