import { join } from 'node:path'
import { app as electron, BrowserWindow, nativeTheme } from 'electron'
import { keepWindowState, windowState } from './window-state.ts'

/** The page's own (`--page` in `tokens.css`), so that nothing flashes before it is painted. */
export const pageColours = { light: '#f6f7f7', dark: '#10171b' } as const

export function backgroundColour(): string {
  return nativeTheme.shouldUseDarkColors ? pageColours.dark : pageColours.light
}

/** A window that shows itself once the page is painted. */
export function openWindow(): BrowserWindow {
  const { bounds, isMaximized } = windowState()
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 380,
    minHeight: 480,
    show: false,
    backgroundColor: backgroundColour(),
    title: 'CytoLoom',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      devTools: !electron.isPackaged,
      spellcheck: false,
      navigateOnDragDrop: false
    }
  })
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize()
    window.show()
  })
  keepWindowState(window)
  return window
}
