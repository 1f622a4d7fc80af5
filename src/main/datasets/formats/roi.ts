import { dirname, extname } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { listZip } from '../../files/zip/unpack.ts'
import { readOverlay } from './imagej-overlay.ts'
import { isPictureName } from '../../images/read.ts'
import { groupBy } from '../group-by.ts'
import { type Log } from '../import-log.ts'
import { isFolder, listByEnding, listPictures, type PictureFile, requireFolder } from '../picture-files.ts'
import { type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type Format, hasEnding } from './format.ts'
import { pairFiles, sharedPartner } from './pair-files.ts'
import { readRoiCells } from './roi-cells.ts'

/** What ImageJ, Cellpose and habit add to a picture's name for its regions. */
const roiEnding = /[_-]?(?:cp_)?(?:rois?|roi ?sets?)$/i
/** A name of the archive that says nothing of the picture. */
const bareName = /^roi[ _-]?sets?(?:[ _-]?\d+)?$/i
/** Pictures beside the one that the regions were drawn on. */
const labelNames = /(?:^|[_-])(?:labels?|masks?|instances?|ids|outlines?|flows)$/i

/**
 * Pictures with ImageJ regions: `NAME.zip` or `NAME_RoiSet.zip` for a picture of that name, or `NAME.roi` with
 * one region, or a `RoiSet.zip` beside the one picture of its folder; else the overlay inside a TIFF. Pictures without regions come in without annotation.
 *
 * @throws AppError of kind `input` when no picture has regions
 */
export const roi: Format = {
  holds: "ImageJ regions (RoiSet.zip) of the pictures' names",
  guess: {
    ending: ({ named, files }) => {
      if (named) return hasEnding(named.path, '.zip') ? 'it is a zip beside a picture' : loneRegion(files)
      const isArchive = (path: string): boolean => /roi[ _-]?s?(?:et)?s?[^/\\]*\.zip$/i.test(path)
      return files.some(isArchive) ? 'there are archives of ImageJ regions' : undefined
    },
    rest: async ({ files, named }) => loneRegion(files) ?? (named ? undefined : await hiddenRegions(files))
  },
  find: findRois,
  cells: ({ files: [path = ''] }, file, size, log) => readRoiCells(path, file, size, log)
}

function loneRegion(files: readonly string[]): string | undefined {
  return files.some((path) => hasEnding(path, '.roi')) ? 'there is an ImageJ region' : undefined
}

const zipOfName = 'there is an archive of ImageJ regions with the name of a picture'
const overlays = 'there are ImageJ overlays inside the pictures'

/** Regions that no name tells of. */
async function hiddenRegions(files: readonly string[]): Promise<string | undefined> {
  const archive = await firstWith(namedArchives(files), holdsRegions, zipOfName)
  return archive ?? firstWith(files.filter(isTiff), hasOverlay, overlays)
}

const mostOpened = 20

/** The reason, where one of the first few of these files is so. */
async function firstWith(
  files: readonly string[],
  is: (path: string) => Promise<boolean>,
  reason: string
): Promise<string | undefined> {
  for (const path of files.slice(0, mostOpened)) if (await is(path)) return reason
  return undefined
}

/** Zips that have the name of a picture beside them. */
function namedArchives(files: readonly string[]): string[] {
  const stemOf = (path: string) => path.slice(0, path.length - extname(path).length)
  const pictures = new Set(files.filter(isPictureName).map(stemOf))
  return files.filter((path) => hasEnding(path, '.zip') && pictures.has(stemOf(path)))
}

async function holdsRegions(path: string): Promise<boolean> {
  const names = await listZip(path).catch(orNothing)
  return names !== undefined && names.length > 0 && names.every((name) => hasEnding(name, '.roi'))
}

const isTiff = (path: string): boolean => hasEnding(path, '.tif', '.tiff')

async function hasOverlay(path: string): Promise<boolean> {
  return ((await readOverlay(path).catch(orNothing)) ?? []).length > 0
}

/** Of a file that cannot be read, something else will be said. */
function orNothing(thrown: unknown): undefined {
  if (!(thrown instanceof AppError)) throw thrown
}

/** Pictures without a file of regions may have them inside. */
async function addOverlays(pictures: readonly PictureFile[], partners: Map<string, PictureFile>): Promise<void> {
  for (const picture of pictures) {
    if (!partners.has(picture.path) && isTiff(picture.path) && (await hasOverlay(picture.path)))
      partners.set(picture.path, picture)
  }
}

async function findRois(place: SourcePlace, log: Log): Promise<Source> {
  const isFile = (await isFolder(place.source)) === false
  const folder = await requireFolder(place.images ?? (isFile ? dirname(place.source) : place.source), 'the pictures')
  const pictures = (await listPictures(folder)).filter(({ stem }) => !labelNames.test(stem))
  const archives = await findArchives(place, isFile)
  const partners = new Map(pairAll(pictures, archives, log))
  if (place.annotations === undefined && !isFile) await addOverlays(pictures, partners)
  if (partners.size === 0) {
    throw refuse(`No picture in ${folder} has ImageJ regions (RoiSet.zip) that belong to it.`, {
      file: place.source,
      next: 'Give each file the name of its picture: cells.tif and cells_RoiSet.zip, or cells.roi for one region.'
    })
  }
  const images: SourceImage[] = pictures.map((picture) => {
    const archive = partners.get(picture.path)
    return {
      path: picture.path,
      file: picture.relative,
      folders: picture.folders,
      cells: archive && { format: 'roi', files: [archive.path], more: undefined }
    }
  })
  return { images }
}

async function findArchives({ source, annotations }: SourcePlace, isFile: boolean): Promise<PictureFile[]> {
  const place = annotations ?? source
  if (isFile || (await isFolder(place)) === false) {
    const all = await listByEnding(dirname(place), ['.zip', '.roi'])
    return all.filter(({ path }) => path === place)
  }
  // Where a picture has both, all its regions are in the archive.
  return [...(await listByEnding(place, ['.zip'])), ...(await listByEnding(place, ['.roi']))]
}

function pairAll(
  pictures: readonly PictureFile[],
  archives: readonly PictureFile[],
  log: Log
): ReadonlyMap<string, PictureFile> {
  const named = archives.filter(({ stem }) => !bareName.test(stem))
  const { pairs, unused, shared } = pairFiles(pictures, named, [roiEnding])
  const partners = new Map(pairs.flatMap(({ picture, partner }) => (partner ? [[picture.path, partner] as const] : [])))

  // A bare RoiSet.zip belongs to the one picture of its folder.
  const byFolder = groupBy(pictures, ({ folders }) => folders.join('/'))
  for (const archive of archives.filter(({ stem }) => bareName.test(stem))) {
    const beside = byFolder.get(archive.folders.join('/')) ?? []
    const candidates = beside.length === 0 && pictures.length === 1 ? pictures : beside
    const [only] = candidates
    if (only && candidates.length === 1) partners.set(only.path, archive)
    else {
      const reason = `Its folder has ${candidates.length} pictures, and its name does not tell which one it belongs to.`
      log.refuse(archive.relative, reason, 'archives that could belong to several pictures')
    }
  }
  for (const file of shared) log.refuse(file.relative, ...sharedPartner)
  for (const { relative } of unused) {
    log.refuse(relative, 'No picture has the name of this file of regions.', 'files of regions without a picture')
  }
  return partners
}
