import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, refuse } from '../../shared/errors.ts'
import { listZip, type UnpackOptions, unpackZip } from '../files/zip/unpack.ts'
import { isFolder } from './picture-files.ts'
import { imageFolderNames, labelFolderNames } from './formats/image-folders.ts'
import { type SourcePlace } from './source-image.ts'

const places = ['source', 'images', 'annotations'] as const

/**
 * Lets an archive stand for the folder that is in it: zips among source, images and annotations are unpacked for the
 * time of the work, and the folder's name in whatever is said gives way to the archive's. ImageJ's RoiSet.zip is a file
 * of its own, and stays one.
 *
 * @param scratch a folder that may be made and is removed in the end
 */
export async function withArchivesUnpacked<Place extends SourcePlace, Result>(
  place: Place,
  scratch: string,
  options: UnpackOptions,
  work: (place: Place) => Promise<Result>
): Promise<Result> {
  const archives = new Map<string, string>() // folder → archive
  const folders: Partial<Record<(typeof places)[number], string>> = {}
  try {
    for (const name of places) {
      const path = place[name]
      if (path === undefined || !(await isArchive(path))) continue
      const folder = join(scratch, name)
      archives.set(folder, path)
      await unpackZip(path, folder, options)
      folders[name] = name === 'source' ? await innerFolder(folder) : folder
    }
    if (archives.size === 0) return await work(place)
    return withArchiveNames(await work({ ...place, ...folders }), archives)
  } catch (thrown) {
    throw thrown instanceof AppError ? errorWithArchiveNames(thrown, archives) : thrown
  } finally {
    if (archives.size > 0) await rm(scratch, { recursive: true, force: true })
  }
}

export function hasZipEnding(path: string | undefined): boolean {
  return path?.toLowerCase().endsWith('.zip') === true
}

async function isArchive(path: string): Promise<boolean> {
  if (!hasZipEnding(path) || (await isFolder(path)) !== false) return false
  const names = await listZip(path)
  if (names.length === 0) throw refuse(`${path} is an empty archive.`, { file: path, next: 'Choose another file.' })
  if (names[0] === 'manifest.json' && names.includes('about.json') && names.includes('README.txt')) {
    throw refuse(`${path} is a CytoLoom package.`, { file: path, remedies: [{ action: 'open-package', file: path }] })
  }
  return names.some((name) => !name.toLowerCase().endsWith('.roi'))
}

const ownNames = new Set([...imageFolderNames, ...labelFolderNames, 'annotations'])

/** Archives are mostly made of one folder: then that is the source, unless its name tells what of a source it is. */
async function innerFolder(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true })
  if (only === undefined || others.length > 0 || !only.isDirectory()) return folder
  return ownNames.has(only.name.toLowerCase()) ? folder : innerFolder(join(folder, only.name))
}

/** Plain data with each folder named by the archive that it came from. */
function withArchiveNames<Result>(result: Result, archives: ReadonlyMap<string, string>): Result {
  let text = JSON.stringify(result)
  for (const [folder, archive] of archives) text = text.replaceAll(inJson(folder), inJson(archive))
  return JSON.parse(text) as Result // the same data with other texts
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function errorWithArchiveNames(thrown: AppError, archives: ReadonlyMap<string, string>): AppError {
  const named = (text: string | undefined): string | undefined => {
    let result = text
    for (const [folder, archive] of archives) result = result?.replaceAll(folder, archive)
    return result
  }
  return new AppError(thrown.kind, named(thrown.message) ?? '', {
    file: named(thrown.file),
    next: named(thrown.next),
    remedies: withArchiveNames(thrown.remedies, archives),
    cause: thrown
  })
}
