import { type BrowserWindow, dialog, type FileFilter, shell } from 'electron'
import { type ChoiceKind } from '../../shared/desk.ts'
import { type App } from '../app.ts'
import { type DeskHandlers } from '../services/desk.ts'
import { type RequestContext } from '../services/dispatch.ts'
import { askForWorkspace, startAnewWith } from './chosen-workspace.ts'
import { type Quit } from './quit.ts'

const filters: Readonly<Record<ChoiceKind, readonly FileFilter[]>> = {
  folder: [],
  pictures: [{ name: 'Pictures', extensions: ['tif', 'tiff', 'png', 'jpg', 'jpeg'] }],
  archive: [{ name: 'Zip archives', extensions: ['zip'] }],
  package: [{ name: 'Packages', extensions: ['cytoloom', 'zip'] }],
  file: []
}
const everything: FileFilter = { name: 'All files', extensions: ['*'] }

interface Place {
  readonly app: App
  readonly window: BrowserWindow
  readonly quit: Quit
}

/** The system's own dialogs and file manager. */
export function windowDesk({ app, window, quit }: Place, context: RequestContext): DeskHandlers {
  return {
    'desk.choose': async ({ kind, many }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        // On Windows and Linux one dialog shows either files or folders.
        properties: [kind === 'folder' ? 'openDirectory' : 'openFile', ...(many ? (['multiSelections'] as const) : [])],
        filters: filtersOf(kind)
      })
      return { paths: canceled ? [] : filePaths }
    },
    'desk.chooseNew': async ({ kind, name }) => {
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        defaultPath: name,
        filters: filtersOf(kind),
        properties: ['createDirectory', 'showOverwriteConfirmation']
      })
      return canceled || filePath === '' ? {} : { path: filePath }
    },
    'desk.chooseWorkspace': async () => {
      const folder = await askForWorkspace(window)
      return { chosen: folder !== undefined && (await quit(() => startAnewWith(folder))) }
    },
    // Only what the catalogue owns: the page names a thing, never a path.
    'desk.showInFolder': async (input) => {
      const { path } = await app.handlers['things.place'](input, context)
      shell.showItemInFolder(path)
      return { path, shown: true }
    }
  }
}

export function packageFilters(): FileFilter[] {
  return filtersOf('package')
}

function filtersOf(kind: ChoiceKind): FileFilter[] {
  return kind === 'folder' ? [] : [...filters[kind], everything]
}
