import { mkdir } from 'node:fs/promises'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { type StoredPackageAbout } from '../../shared/abouts.ts'
import { PackageId, type StoredPackage } from '../../shared/packages.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { type AppContext } from './app-context.ts'
import { newId } from '../files/new-id.ts'

/** Newest first, with their files where they are now. */
export function listPackages({ catalog, folders }: AppContext): StoredPackage[] {
  return catalog.packages.list().map((stored) => ({ ...stored, file: resolve(folders.root, stored.file) }))
}

/** Keeps that a package was made: in the catalogue, and in a folder of its own that tells of it. */
export async function storePackage(
  app: AppContext,
  { file, ...made }: Omit<StoredPackage, 'id' | 'name'>
): Promise<void> {
  const { packages } = app.catalog
  const stored = packages.insert({
    ...made,
    id: PackageId.parse(newId('k')),
    name: packages.freeName(basename(file, '.zip')),
    file: placeOf(app.folders.root, file)
  })
  await describe(app, stored)
  app.emit({ event: 'workspace.changed' })
}

/** Where the file of a package is, and whether it lies among the workspace's own. */
export function packageFileOf({ catalog, folders }: AppContext, id: string): { path: string; isInside: boolean } {
  const stored = catalog.packages.called(id).find((each) => each.id === id)
  const path = resolve(folders.root, stored?.file ?? '')
  return { path, isInside: isBelow(folders.folder('packages'), path) }
}

function isBelow(folder: string, path: string): boolean {
  const within = relative(folder, path)
  return within !== '' && !within.startsWith('..') && !isAbsolute(within)
}

/** A file in the workspace is known by its place there, since a workspace can be moved. */
function placeOf(root: string, file: string): string {
  const path = resolve(file)
  return isBelow(root, path) ? relative(root, path).replaceAll(sep, '/') : path
}

/** Writes what is missing of the folders that tell of packages: those of older versions had none. */
export async function describePackages(app: AppContext): Promise<void> {
  const there = new Set(await app.folders.ids('packages'))
  for (const stored of app.catalog.packages.list()) if (!there.has(stored.id)) await describe(app, stored)
}

async function describe({ folders }: AppContext, stored: StoredPackage): Promise<void> {
  const folder = folders.folder('packages', stored.id)
  await mkdir(folder, { recursive: true })
  const about: StoredPackageAbout = { kind: 'package', version: 1, package: stored }
  await writeFileAtomic(join(folder, 'about.json'), JSON.stringify(about))
}
