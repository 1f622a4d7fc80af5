import { app as electron, Menu, type MenuItemConstructorOptions } from 'electron'

/** Editing, zoom and windows, as every system has them; nothing that reloads or inspects in a packaged app. */
export function setMenu(): void {
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...(electron.isPackaged ? [] : [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const])
    ]
  }
  const first: MenuItemConstructorOptions =
    process.platform === 'darwin' ? { role: 'appMenu' } : { label: 'File', submenu: [{ role: 'quit' }] }
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, { role: 'editMenu' }, view, { role: 'windowMenu' }]))
}
