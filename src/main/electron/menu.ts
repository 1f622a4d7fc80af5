import { app as electron, clipboard, dialog, Menu, type MenuItemConstructorOptions, shell } from 'electron'
import { productName, productVersion } from '../product.ts'
import { packageFilters } from './desk.ts'
import { type LogFile } from './log-file.ts'
import { addressOfPackage } from './opened-files.ts'
import { type Windows } from './windows.ts'

const separator: MenuItemConstructorOptions = { type: 'separator' }
const isMac = process.platform === 'darwin'

/** Files, editing, zoom, windows and help, as every system has them; nothing that reloads or inspects in a packaged app. */
export function setMenu(workspace: string, windows: Windows, log: LogFile): void {
  electron.setAboutPanelOptions({ applicationName: 'CytoLoom', applicationVersion: productVersion })
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(electron.isPackaged ? [] : [{ role: 'reload' } as const, { role: 'toggleDevTools' } as const])
    ]
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      fileMenu(workspace, windows),
      { role: 'editMenu' },
      view,
      { role: 'windowMenu' },
      helpMenu(windows, log)
    ])
  )
}

function fileMenu(workspace: string, windows: Windows): MenuItemConstructorOptions {
  return {
    label: 'File',
    submenu: [
      { label: 'New Window', accelerator: 'CmdOrCtrl+N', click: () => void windows.open() },
      separator,
      goTo(windows, 'Import Images…', '#/images/new', 'CmdOrCtrl+I'),
      { label: 'Open Package…', accelerator: 'CmdOrCtrl+O', click: () => void openPackage(windows) },
      separator,
      { label: 'Show Workspace Folder', click: () => void shell.openPath(workspace) },
      goTo(windows, 'Settings', '#/settings', 'CmdOrCtrl+,'),
      separator,
      isMac ? { role: 'close' } : { role: 'quit' }
    ]
  }
}

function helpMenu(windows: Windows, log: LogFile): MenuItemConstructorOptions {
  return {
    role: 'help',
    submenu: [
      goTo(windows, 'First Steps', '#/'),
      goTo(windows, 'What Is Being Worked On', '#/work'),
      separator,
      { label: 'Show Log File', click: () => shell.showItemInFolder(log.path) },
      {
        label: 'Copy Details for a Report',
        click: () => {
          void clipboard.writeText(`${productName}, ${process.platform} ${process.arch}\n${log.copy()}`)
        }
      },
      ...(isMac ? [] : [separator, { role: 'about' } as const])
    ]
  }
}

function goTo(windows: Windows, label: string, address: string, accelerator?: string): MenuItemConstructorOptions {
  return { label, ...(accelerator && { accelerator }), click: () => windows.show(address) }
}

async function openPackage(windows: Windows): Promise<void> {
  const options = { properties: ['openFile' as const], filters: packageFilters() }
  const { front } = windows
  const { filePaths } = await (front === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(front, options))
  const [file] = filePaths
  if (file !== undefined) windows.show(addressOfPackage(file))
}
