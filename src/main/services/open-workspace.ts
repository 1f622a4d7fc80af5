import { copyFile, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { type Catalog, openCatalog } from '../catalog/catalog.ts'
import { DamagedCatalog } from '../catalog/database.ts'
import { openFolders, type WorkspaceFolders } from '../workspace/workspace-folders.ts'

export interface OpenWorkspace {
  readonly folders: WorkspaceFolders
  readonly catalog: Catalog
  readonly mayWrite: boolean
  /** What the catalogue says of things is not to be trusted: the folders know. */
  readonly isLost: boolean
  /** What the person should know, as sentences. */
  readonly notices: readonly string[]
  readonly close: () => Promise<void>
}

/**
 * Opens a workspace with its catalogue; both are made where there are none. A damaged catalogue is put aside, and comes
 * back from its newest backup as far as folders cannot tell. A workspace that can only be read is opened to be looked at.
 *
 * @throws AppError of kind `input` for a place where no workspace can be, or the catalogue of a newer program
 */
export async function openWorkspace(root: string, now: Date): Promise<OpenWorkspace> {
  const { folders, mayWrite } = await openFolders(root)
  if (!mayWrite) return openCopy(folders)
  try {
    return opened(folders, openCatalog(folders.catalog))
  } catch (thrown) {
    if (!(thrown instanceof DamagedCatalog)) throw thrown
    return recover(folders, now)
  }
}

function opened(folders: WorkspaceFolders, catalog: Catalog): OpenWorkspace {
  const close = (): Promise<void> => {
    catalog.close()
    return Promise.resolve()
  }
  return { folders, catalog, mayWrite: true, isLost: false, notices: [], close }
}

/** SQLite writes beside a database even to read it, so what can only be read is read from a copy. */
async function openCopy(folders: WorkspaceFolders): Promise<OpenWorkspace> {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-'))
  const copy = join(folder, basename(folders.catalog))
  try {
    await copyFile(folders.catalog, copy)
    await copyFile(`${folders.catalog}-wal`, `${copy}-wal`).catch(() => undefined) // there is none after a clean end
    const catalog = openCatalog(copy)
    const close = async (): Promise<void> => {
      catalog.close()
      await rm(folder, { recursive: true, force: true })
    }
    const notice = `The workspace ${folders.root} cannot be written to. You can look at everything, but change nothing.`
    return { folders, catalog, mayWrite: false, isLost: false, notices: [notice], close }
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}

async function recover(folders: WorkspaceFolders, now: Date): Promise<OpenWorkspace> {
  const { catalog: file } = folders
  const aside = await freeName(`${file}.damaged-${now.toISOString().slice(0, 10)}`)
  await rename(file, aside)
  await rename(`${file}-wal`, `${aside}-wal`).catch(() => undefined) // there is none after a clean end
  await rm(`${file}-shm`, { force: true })
  const backup = await restoreBackup(file)
  const from = backup === undefined ? '' : `, what they do not tell from the backup ${backup}`
  const notice = `The catalogue was damaged. It was made anew from the folders of the workspace${from}. The damaged file is kept as ${basename(aside)}.`
  return { ...opened(folders, openCatalog(file)), isLost: true, notices: [notice] }
}

/** @returns the name of the newest backup that is whole, which now stands in the catalogue's place */
async function restoreBackup(file: string): Promise<string | undefined> {
  for (const name of await backupsOf(file)) {
    await copyFile(join(dirname(file), name), file)
    try {
      openCatalog(file).close()
      return name
    } catch (thrown) {
      await rm(file)
      if (!(thrown instanceof AppError)) throw thrown
    }
  }
  return undefined
}

/** The newest first. */
async function backupsOf(file: string): Promise<string[]> {
  const isBackup = (name: string): boolean =>
    new RegExp(`^${basename(file)}\\.(?:backup-v\\d+|before-rebuild)$`).test(name)
  const names = (await readdir(dirname(file))).filter(isBackup)
  const dated = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(dirname(file), name))).mtimeMs }))
  )
  return dated.sort((a, b) => b.time - a.time).map(({ name }) => name)
}

async function freeName(wanted: string): Promise<string> {
  const there = new Set(await readdir(dirname(wanted)))
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!there.has(basename(name))) return name
  }
}
