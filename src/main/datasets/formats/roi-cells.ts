import { basename } from 'node:path'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { type ZipPolicy } from '../../files/zip/policy.ts'
import { readZip } from '../../files/zip/reader.ts'
import { type Annotation, CellCollector, type CellOutline, type CellProblem, outlineFromRings } from '../annotation.ts'
import { findRegions } from './enclosing-regions.ts'
import { readOverlay } from './imagej-overlay.ts'
import { type StackSizes } from '../../images/tiff-stack.ts'
import { type Log } from '../import-log.ts'
import { type PictureFacts, hasEnding } from './format.ts'
import { parseRoi, type Roi } from './imagej-roi.ts'
import { onChosenPlane, type OutlinePlane } from './outline-planes.ts'

/**
 * Reads the cells of one image out of ImageJ's `RoiSet.zip`, numbered from 1 in its order, out of `.roi` files, or out of
 * the overlay inside the picture.
 */
export async function readRoiCells(
  paths: readonly string[],
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const [path = ''] = paths
  const cells = new CellCollector(basename(path), file, log)
  const all = (await regionsOf(paths)).map((region) => ({ ...region, outline: outlineOf(region.roi, picture) }))
  if (all.length === 0) {
    log.warn(`${basename(path)} holds no ImageJ region, so the picture comes in without annotation.`, file, emptySets)
    return undefined
  }
  const here = onChosenPlane(all, ({ roi }) => planeOf(roi, picture.stack), picture, file, log)
  for (const { name, id, outline } of here ?? []) cells.add(name, id, outline)
  cells.requireSameScale(picture)
  const { regions } = findRegions(here ?? [], ({ outline }) => ('rle' in outline ? outline.rle : undefined))
  if (regions.size > 0) {
    const reason = `${regions.size} of its regions enclose others, and were taken as cells. If they are frames or fields of view, remove them and import again.`
    log.warn(reason, file, 'pictures with regions around others')
  }
  return here && cells.finish(picture)
}

const emptySets = 'pictures whose sets of regions are empty'

function outlineOf(roi: Roi | CellProblem, picture: PictureFacts): CellOutline | CellProblem {
  return 'reason' in roi ? roi : outlineFromRings([roi.ring], picture)
}

/** The groups of the regions for a picture, as the names of their categories; none where no region is in one. */
export async function readRoiGroups(paths: readonly string[]): Promise<string[]> {
  const groups = (await regionsOf(paths)).map(({ roi }) => ('reason' in roi ? 0 : roi.group))
  return groups.some((group) => group > 0) ? groups.map((group) => (group > 0 ? `group ${group}` : 'no group')) : []
}

interface Region {
  readonly name: string
  /** From 1, in their order. */
  readonly id: number
  readonly roi: Roi | CellProblem
}

async function regionsOf(paths: readonly string[]): Promise<Region[]> {
  const regions: Region[] = []
  for (const path of paths) {
    for await (const { name, bytes } of regionsIn(path)) {
      regions.push({ name, id: regions.length + 1, roi: parseRoi(bytes) })
    }
  }
  return regions
}

/** A region of a hyperstack names its depth and time; of other stacks, a number that counts channels, depths, times. */
function planeOf(roi: Roi | CellProblem, stack: StackSizes | undefined): OutlinePlane {
  if ('reason' in roi) return {}
  const { position, z, t } = roi
  if (z > 0 || t > 0) return { z: z || undefined, t: t || undefined }
  if (position === 0) return {}
  if (!stack) return { z: position }
  const { sizeC, sizeZ } = stack
  const plane = Math.floor((position - 1) / sizeC)
  return { z: (plane % sizeZ) + 1, t: Math.floor(plane / sizeZ) + 1 }
}

const isRegion = (name: string): boolean => /\.roi$/i.test(name)

/** Names are labels here: two regions may have the same. */
const regionArchive: ZipPolicy = {
  what: 'zip archive',
  verdict: 'cannot be read as a zip archive',
  next: 'Save it again with the program that made it, or copy it again.',
  ...limits.regions,
  skips: (name) => !isRegion(name),
  sameNames: 'accepted'
}

async function* regionsIn(path: string): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer }> {
  if (hasEnding(path, '.tif', '.tiff')) {
    for (const [i, bytes] of (await readOverlay(path)).entries())
      yield { name: `Region ${i + 1} of its overlay`, bytes }
  } else if (!isRegion(path)) yield* readZip(path, regionArchive)
  else yield { name: basename(path), bytes: await readInputFile(path, 'ImageJ region', limits.regions.entryBytes) }
}
