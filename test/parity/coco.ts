import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { encodeCounts, rleFromString } from '../../src/main/masks/rle-string.ts'
import { rleArea, rleBox, rleFromCounts } from '../../src/main/masks/rle.ts'
import { compareDetail, compareEdgeCases, compareScenarios } from './coco-evaluation.ts'
import { type CocoAnnotation, segmentationToRle } from './coco-files.ts'
import { missingData, readLivecell } from './data.ts'
import { Deviation } from './deviation.ts'
import { compareLabelMetrics } from './label-metrics.ts'
import { type ParityResult } from './result.ts'

/** Files that compare the annotations of LIVECell, which stand elsewhere. */
const ofLivecell = ['polygon-rle.json', 'coco-eval.json', 'coco-eval-detail.json']

/** Compares masks and evaluation with pycocotools: the files of a folder `coco` as its README describes them. */
export async function* runCoco(folder: string): AsyncGenerator<ParityResult> {
  const has = (file: string) => existsSync(join(folder, file))
  if (has('rle-vectors.json')) yield* compareVectors(folder)
  if (has('edge-cases.json')) yield* compareEdgeCases(folder)
  if (has('label-metrics.json')) yield* compareLabelMetrics(folder)
  if (!ofLivecell.some(has)) return
  const truth = await readLivecell(folder)
  if (truth === undefined) {
    yield missingData('LIVECell annotations')
    return
  }
  if (has('polygon-rle.json')) yield comparePolygons(folder, truth.annotations)
  if (has('coco-eval.json')) yield* compareScenarios(folder, truth)
  if (has('coco-eval-detail.json')) yield* compareDetail(folder, truth)
}

interface Vector {
  polygon?: number[]
  rings?: number[][]
  size: [height: number, width: number]
  counts: number[]
  compressed: string
  area: number
  bbox: number[]
}

function* compareVectors(folder: string): Generator<ParityResult> {
  const { polygons, uncompressed } = JSON.parse(readFileSync(join(folder, 'rle-vectors.json'), 'utf8')) as {
    polygons: Vector[]
    uncompressed: Vector[]
  }
  const rasters = new Deviation()
  for (const { polygon, rings, size, counts, compressed } of polygons) {
    const rle = rasterizeRings(rings ?? [polygon ?? []], ...size)
    rasters.compareAll(rle.counts, counts)
    rasters.compareEqual(encodeCounts(rle.counts) === compressed)
  }
  yield rasters.exact('rle-vectors.json: polygons')

  const runs = new Deviation()
  for (const { size, counts, compressed, area, bbox } of uncompressed) {
    const rle = rleFromCounts(counts, ...size)
    const { x, y, width, height } = rleBox(rle)
    runs.compareAll([rleArea(rle), x, y, width, height], [area, ...bbox])
    runs.compareEqual(encodeCounts(counts) === compressed)
    runs.compareAll(rleFromString(compressed, ...size).counts, counts)
  }
  yield runs.exact('rle-vectors.json: uncompressed')
}

function comparePolygons(folder: string, annotations: readonly CocoAnnotation[]): ParityResult {
  const golden = JSON.parse(readFileSync(join(folder, 'polygon-rle.json'), 'utf8')) as {
    size: [height: number, width: number]
    annotations: [id: number, image: number, counts: string, area: number, box: number[]][]
  }
  const segmentations = new Map(annotations.map(({ id, segmentation }) => [id, segmentation]))
  const deviation = new Deviation()
  for (const [id, , counts, area, box] of golden.annotations) {
    const rle = segmentationToRle(segmentations.get(id) ?? [], ...golden.size)
    const { x, y, width, height } = rleBox(rle)
    deviation.compareEqual(encodeCounts(rle.counts) === counts)
    deviation.compareAll([rleArea(rle), x, y, width, height], [area, ...box])
  }
  return deviation.exact('polygon-rle.json')
}
