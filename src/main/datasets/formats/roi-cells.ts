import { basename } from 'node:path'
import { limits } from '../../../shared/limits.ts'
import { readInputFile } from '../../files/input-file.ts'
import { readZipEntries } from '../../files/zip-entries.ts'
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

async function* regionsIn(path: string): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer }> {
  if (!isRegion(path)) yield* readZipEntries(path, limits.regions, isRegion)
  else yield { name: basename(path), bytes: await readInputFile(path, 'ImageJ region', limits.regions.entryBytes) }
}
