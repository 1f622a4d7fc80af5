import { basename, dirname } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { listZip } from '../../files/zip/unpack.ts'
import { readOverlay } from './imagej-overlay.ts'
import { isPictureName } from '../../images/read.ts'
import { mostFrequent } from '../annotation.ts'
import { groupBy } from '../group-by.ts'
import { type Log } from '../import-log.ts'
import { isFolder, listByEnding, listPictures, type PictureFile, requireFolder } from '../picture-files.ts'
import { type CountCategories, type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type Format, hasEnding } from './format.ts'
import { chooseBoth, pairFiles, sharedPartner } from './pair-files.ts'
import { countOrNone, warnOfMixed } from './one-file-each.ts'
import { readRoiCells, readRoiGroups } from './roi-cells.ts'
import { splitOfFolders } from './splits.ts'

/** What ImageJ, Cellpose and habit add to a picture's name for its regions, behind it or before it. */
const roiEnding = /[ ._-]?(?:cp_)?(?:rois?|roi ?sets?)$/i
const roiWords = [roiEnding, /^(?:rois?|roi ?sets?)[ _-](?=.)/i]
/** A name of the archive that says nothing of the picture. */
const bareName = /^roi[ _-]?sets?(?:[ _-]?\d+)?$/i
/** Pictures beside the one that the regions were drawn on. */
const labelNames = /(?:^|[_-])(?:labels?|masks?|instances?|ids|outlines?|flows)$/i

/**
 * Pictures with ImageJ regions: `NAME.zip` or `NAME_RoiSet.zip` for a picture of that name, `NAME.roi` with one region, a
 * folder `NAME` of such files, or a `RoiSet.zip` beside the one picture of its folder; else the overlay inside a TIFF. A
 * region's group is its category. Pictures without regions come in without annotation.
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
  cells: ({ files }, file, size, log) => readRoiCells(files, file, size, log),
  categories: ({ files }) => readRoiGroups(files)
}

function loneRegion(files: readonly string[]): string | undefined {
  return files.some((path) => hasEnding(path, '.roi')) ? 'there is an ImageJ region' : undefined
}

const zipOfName = 'there is an archive of nothing but ImageJ regions'
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

/** Zips beside pictures, or in folders of their own. */
function namedArchives(files: readonly string[]): string[] {
  return files.some(isPictureName) ? files.filter((path) => hasEnding(path, '.zip')) : []
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

/** The files of regions of each picture, by its path. */
type Partners = Map<string, readonly PictureFile[]>

/** Pictures without a file of regions may have them inside. */
async function addOverlays(pictures: readonly PictureFile[], partners: Partners): Promise<void> {
  for (const picture of pictures) {
    if (!partners.has(picture.path) && isTiff(picture.path) && (await hasOverlay(picture.path)))
      partners.set(picture.path, [picture])
  }
}

async function findRois(place: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  const isFile = (await isFolder(place.source)) === false
  const folder = await requireFolder(place.images ?? (isFile ? dirname(place.source) : place.source), 'the pictures')
  const pictures = (await listPictures(folder)).filter(({ stem }) => !labelNames.test(stem))
  const archives = await findArchives(place, isFile)
  const partners = pairAll(pictures, archives, log)
  if (place.annotations === undefined && !isFile) await addOverlays(pictures, partners)
  if (partners.size === 0) throw noRegions(place, folder, pictures[0], archives[0])
  const images: SourceImage[] = []
  let mixed = 0
  for (const picture of pictures) {
    const files = partners.get(picture.path)
    const cells = files && { format: 'roi' as const, files: files.map(({ path }) => path), more: undefined }
    const categories = cells ? await countOrNone(cells, count) : new Map<string, number>()
    if (categories.size > 1) mixed++
    const split = splitOfFolders(picture.folders)
    const { path, relative: file, folders } = picture
    images.push({ path, file, folders, split, category: mostFrequent(categories), cells })
  }
  warnOfMixed(mixed, log)
  return { images }
}

function noRegions(
  { source }: SourcePlace,
  folder: string,
  picture: PictureFile | undefined,
  archive: PictureFile | undefined
): AppError {
  const names = picture && archive ? `: there are ${picture.relative} and ${archive.relative}, for example` : ''
  return refuse(`No picture in ${folder} has ImageJ regions (RoiSet.zip) that belong to it${names}.`, {
    file: source,
    next: 'Give each file the name of its picture: cells.tif and cells_RoiSet.zip, or cells.roi for one region. Or choose both folders.',
    remedies: chooseBoth
  })
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

function pairAll(pictures: readonly PictureFile[], archives: readonly PictureFile[], log: Log): Partners {
  const named = archives.filter(({ stem }) => !bareName.test(stem))
  const { pairs, unused, shared } = pairFiles(pictures, named, roiWords)
  const partners: Partners = new Map()
  for (const { picture, partner } of pairs) if (partner) partners.set(picture.path, [partner])

  addBare(pictures, archives, partners, log)
  for (const file of shared) log.refuse(file.relative, ...sharedPartner)
  for (const { relative } of addLoose(pictures, unused, partners)) {
    log.refuse(relative, 'No picture has the name of this file of regions.', 'files of regions without a picture')
  }
  return partners
}

/** A bare RoiSet.zip belongs to the one picture of its folder. */
function addBare(
  pictures: readonly PictureFile[],
  archives: readonly PictureFile[],
  partners: Partners,
  log: Log
): void {
  const byFolder = groupBy(pictures, ({ folders }) => folders.join('/'))
  for (const archive of archives.filter(({ stem }) => bareName.test(stem))) {
    const beside = byFolder.get(archive.folders.join('/')) ?? []
    const candidates = beside.length === 0 && pictures.length === 1 ? pictures : beside
    const [only] = candidates
    if (only && candidates.length === 1) partners.set(only.path, [archive])
    else {
      const reason = `Its folder has ${candidates.length} pictures, and its name does not tell which one it belongs to.`
      log.refuse(archive.relative, reason, 'archives that could belong to several pictures')
    }
  }
}

/**
 * Single regions in a folder that has the name of a picture, or beside the only picture, are its regions.
 *
 * @returns those that are left
 */
function addLoose(
  pictures: readonly PictureFile[],
  files: readonly PictureFile[],
  partners: Partners
): readonly PictureFile[] {
  const free = pictures.filter(({ path }) => !partners.has(path))
  const loose = groupBy(
    files.filter(({ name }) => hasEnding(name, '.roi')),
    ({ path }) => dirname(path)
  )
  const folders = new Map(
    [...loose].map(([path, [first]]) => [folderAsFile(path, first?.folders ?? []), loose.get(path) ?? []])
  )
  const { pairs } = pairFiles(free, [...folders.keys()], roiWords)
  const used = new Set<PictureFile>()
  for (const { picture, partner } of pairs) {
    const regions = (partner && folders.get(partner)) ?? (pictures.length === 1 ? [...loose.values()].flat() : [])
    if (regions.length === 0) continue
    partners.set(picture.path, regions)
    for (const region of regions) used.add(region)
  }
  return files.filter((file) => !used.has(file))
}

function folderAsFile(path: string, folders: readonly string[]): PictureFile {
  const name = basename(path)
  return { path, relative: folders.join('/'), name, stem: name, folders: folders.slice(0, -1) }
}
