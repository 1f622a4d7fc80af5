import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { type StoredPackageAbout } from '../../shared/abouts.ts'
import { type StoredPackage } from '../../shared/packages.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { type AppContext } from './app-context.ts'

/** Newest first, with their files where they are now. */
export function listPackages({ catalog, folders }: AppContext): StoredPackage[] {
  return catalog.packages.list().map((stored) => ({ ...stored, file: fullPathOf(folders.root, stored.file) }))
}

/** Where the file of a package is, and whether it lies among the workspace's own. */
export async function packageFileOf(
  { catalog, folders }: AppContext,
  id: string
): Promise<{ path: string; isInside: boolean }> {
  const stored = catalog.packages.called(id).find((each) => each.id === id)
  const path = fullPathOf(folders.root, stored?.file ?? '')
  // What it is called may lead out over a link.
  const [own, place] = await Promise.all([realPath(folders.folder('packages')), realPath(dirname(path))])
  return { path, isInside: isBelow(own, join(place, basename(path))) }
}

function realPath(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder) // what is not there leads nowhere
}

function isBelow(folder: string, path: string): boolean {
  const within = relative(folder, path)
  return within !== '' && !within.startsWith('..') && !isAbsolute(within)
}

/** A file in the workspace is known by its place there, since a workspace can be moved. */
export function placeOf(root: string, file: string): string {
  const path = resolve(file)
  return isBelow(root, path) ? relative(root, path).replaceAll(sep, '/') : path
}

export function fullPathOf(root: string, place: string): string {
  return resolve(root, place)
}

/** Writes what is missing of the folders that tell of packages: those of older versions had none. */
export async function describePackages(app: AppContext): Promise<void> {
  const there = new Set(await app.folders.ids('packages'))
  for (const stored of app.catalog.packages.list()) if (!there.has(stored.id)) await describe(app, stored)
}

async function describe({ folders }: AppContext, stored: StoredPackage): Promise<void> {
  const folder = folders.folder('packages', stored.id)
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, 'about.json'), JSON.stringify(aboutOf(stored)))
}

export function aboutOf(stored: StoredPackage): StoredPackageAbout {
  return { kind: 'package', version: 1, package: stored }
}
