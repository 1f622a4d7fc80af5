import { lstat, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StoredPackageAbout } from '../../shared/abouts.ts'
import { invariant } from '../../shared/errors.ts'
import { packageEnding, PackageId, type StoredPackage } from '../../shared/packages.ts'
import {
  isThere,
  removeFolder,
  type StagedFolder,
  stageFolder,
  syncFolder,
  writeFileAtomic
} from '../files/atomic-write.ts'
import { leftoversIn, sweepPartials } from '../files/partials.ts'
import { sha256File } from '../files/checksum.ts'
import { newId } from '../files/new-id.ts'
import type { AppContext } from './app-context.ts'
import { enterThing } from './enter-thing.ts'
import { aboutIn } from './folder-abouts.ts'
import { aboutOf, fullPathOf, placeOf } from './stored-packages.ts'
import type { WorkspaceFolders } from './workspace-folders.ts'

/**
 * How the workspace gets to know a package. Its file lies wherever the user wants it, so the folder that tells of it is
 * laid ready before the file gets its name: after a kill at any moment there is no such file, or the next start knows it
 * by its checksum.
 */
export class PackageArrival {
  readonly #app: AppContext
  #announced: { readonly stored: StoredPackage; readonly staged: StagedFolder } | undefined

  constructor(app: AppContext) {
    this.#app = app
  }

  /**
   * Lays ready what tells of a package that is whole and has no name yet.
   *
   * @returns its id
   */
  async announce({ file, ...made }: Omit<StoredPackage, 'id' | 'name'>): Promise<PackageId> {
    const { catalog, folders } = this.#app
    const place = placeOf(folders.root, file)
    const name = await this.#takePlace(place)
    const id = PackageId.parse(newId('k'))
    const stored = { ...made, id, name: catalog.packages.freeName(name ?? nameIn(file)), file: place }
    const staged = await stageFolder(folders.folder('packages', id))
    await writeFileAtomic(join(staged.path, 'about.json'), JSON.stringify(aboutOf(stored)))
    await syncFolder(folders.folder('packages'))
    this.#announced = { stored, staged }
    return id
  }

  /** Enters a package that has its name. */
  async enter(): Promise<void> {
    invariant(this.#announced !== undefined, 'a package is announced before it has its name')
    const { staged, stored } = this.#announced
    const { packages: table } = this.#app.catalog
    const insert = (): void => void table.insert({ ...stored, name: table.freeName(stored.name) })
    await enterThing(this.#app, staged, { table, id: stored.id, insert })
  }

  /** Something went wrong. What was laid ready stays only where the package has its name: the next start needs it. */
  async withdraw(): Promise<void> {
    if (this.#announced === undefined) return
    const { staged, stored } = this.#announced
    if (!(await isWhole(this.#app.folders, stored))) await staged.discard()
  }

  /** Forgets an earlier package at this place, whose file is gone. @returns its name */
  async #takePlace(place: string): Promise<string | undefined> {
    const { catalog, folders } = this.#app
    const earlier = catalog.packages.atPlace(place)
    if (earlier === undefined) return undefined
    await removeFolder(folders.folder('packages', earlier.id))
    catalog.packages.remove(earlier.id)
    return earlier.name
  }
}

/** `plate 3` of `/data/plate 3.cytoloom`. */
function nameIn(file: string): string {
  return basename(basename(file, '.zip'), packageEnding)
}

/** Completes what a kill cut off between the name of a package and its folder's. To be called before the sweep. */
export async function completeArrivals(folders: WorkspaceFolders): Promise<void> {
  const folder = folders.folder('packages')
  for (const name of await leftoversIn(folder)) {
    const stored = (await aboutIn(join(folder, name), StoredPackageAbout))?.package
    if (stored === undefined || !(await isWhole(folders, stored))) continue
    const finalPath = folders.folder('packages', stored.id)
    if (await isThere(finalPath)) continue
    await rename(join(folder, name), finalPath).catch(() => undefined) // another program that starts did it
    await sweepPartials(dirname(fullPathOf(folders.root, stored.file))).catch(() => undefined) // if it cannot be written to now
  }
}

/** Whether the file is the one that was made, and not another of the same name. */
export async function isWhole({ root }: WorkspaceFolders, { file, bytes, sha256 }: StoredPackage): Promise<boolean> {
  const path = fullPathOf(root, file)
  const stats = await lstat(path).catch(() => undefined)
  return stats?.isFile() === true && stats.size === bytes && (await sha256File(path)) === sha256
}
