import { basename } from 'node:path'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { type ZipPolicy } from '../../files/zip/policy.ts'
import { readZip } from '../../files/zip/reader.ts'
import { type Annotation, CellCollector, type CellProblem, outlineFromRings } from '../annotation.ts'
import { readOverlay } from './imagej-overlay.ts'
import { type StackSizes } from '../../images/tiff-stack.ts'
import { type Log } from '../import-log.ts'
import { type PictureFacts, hasEnding } from './format.ts'
import { parseRoi, type Roi } from './imagej-roi.ts'
import { onChosenPlane, type OutlinePlane } from './outline-planes.ts'

/**
 * Reads the cells of one image out of ImageJ's `RoiSet.zip`, numbered from 1 in its order, out of a single `.roi`, or out
 * of the overlay inside the picture.
 */
export async function readRoiCells(
  path: string,
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const cells = new CellCollector(basename(path), file, log)
  const drawn: { readonly name: string; readonly id: number; readonly roi: Roi | CellProblem }[] = []
  let id = 0
  for await (const { name, bytes } of regionsIn(path)) {
    id++
    drawn.push({ name, id, roi: parseRoi(bytes) })
  }
  const here = onChosenPlane(drawn, ({ roi }) => planeOf(roi, picture.stack), picture, file, log)
  for (const { name, id: number, roi } of here ?? []) {
    cells.add(name, number, 'reason' in roi ? roi : outlineFromRings([roi.ring], picture))
  }
  cells.requireSameScale(picture)
  return here && cells.finish(picture)
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
