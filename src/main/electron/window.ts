import { join } from 'node:path'
import { app as electron, BrowserWindow } from 'electron'
import { pageOrigin } from './origin.ts'

export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 900,
    minWidth: 380,
    minHeight: 480,
    show: false,
    title: 'CytoLoom',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      devTools: !electron.isPackaged,
      spellcheck: false,
      navigateOnDragDrop: false
    }
  })
  window.once('ready-to-show', () => {
    window.show()
  })
  void window.loadURL(`${pageOrigin}/`)
  return window
}
