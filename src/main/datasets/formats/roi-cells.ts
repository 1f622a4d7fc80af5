import { basename } from 'node:path'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { type ZipPolicy } from '../../files/zip/policy.ts'
import { readZip } from '../../files/zip/reader.ts'
import { type Annotation, CellCollector, outlineFromRings, type Size } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { parseRoi } from './imagej-roi.ts'

/** Reads the cells of one image out of ImageJ's `RoiSet.zip`, numbered from 1 in its order, or out of a single `.roi`. */
export async function readRoiCells(path: string, file: string, size: Size, log: Log): Promise<Annotation | undefined> {
  const cells = new CellCollector(basename(path), file, log)
  const planes = new Set<number>()
  let id = 0
  for await (const { name, bytes } of regionsIn(path)) {
    id++
    const roi = parseRoi(bytes)
    if ('reason' in roi) {
      cells.refuse(name, roi)
      continue
    }
    if (roi.position > 0) planes.add(roi.position)
    cells.add(name, id, outlineFromRings([roi.ring], size))
  }
  if (planes.size > 1) {
    log.warn(
      `Its regions were drawn on ${planes.size} planes of a stack; all of them are taken as cells of this picture.`,
      file,
      'pictures with regions from several planes'
    )
  }
  return cells.finish(size)
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
  if (!isRegion(path)) yield* readZip(path, regionArchive)
  else yield { name: basename(path), bytes: await readInputFile(path, 'ImageJ region', limits.regions.entryBytes) }
}
