import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeGrayMask } from '../../src/main/masks/decode.ts'
import { applyGrayLevels, grayLevels } from '../../src/main/masks/gray-levels.ts'
import { makeGrayMask } from '../../src/main/masks/gray-mask.ts'
import { instanceIous } from '../../src/main/masks/instance-iou.ts'
import { rleArea, rleFromLabel } from '../../src/main/masks/rle.ts'
import { averagePrecision, evaluateInstances } from '../../src/main/study/coco-evaluation.ts'
import { type EvaluationImage, livecellConvention } from '../../src/main/study/coco-matching.ts'
import { defaultMaskSettings } from '../../src/shared/masks.ts'
import { toCell } from './coco-files.ts'
import { type Truth } from './data.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

/** Score ties are resolved by the order of cells, which an equal mask need not share. */
const tolerance = 0.005

/** Mask, decoder, average precision: what a perfect generator would score, for each setting that the reference has. */
export function* compareRoundTrips(folder: string, truth: Truth): Generator<ParityResult> {
  const file = join(folder, 'graphs.json')
  if (!existsSync(file)) return
  const { totals } = JSON.parse(readFileSync(file, 'utf8')) as {
    totals: { 'round trip': Record<string, { AP: number; AP50: number }> }
  }
  for (const [name, { AP, AP50 }] of Object.entries(totals['round trip'])) {
    const setting = /^(overlap(?: \+ contact)?), K=(\d+), ([48])-connected, at least (\d+) px$/.exec(name)
    if (setting === null) continue
    const [, edges, cap, connectivity, minimumArea] = setting
    const mask = {
      ...defaultMaskSettings,
      neighbours: edges === 'overlap' ? ('overlap' as const) : ('contact' as const),
      grayLevels: Number(cap)
    }
    const decoder = {
      connectivity: connectivity === '4' ? (4 as const) : (8 as const),
      minimumArea: Number(minimumArea)
    }
    const evaluation = evaluateInstances(
      roundTrip(truth, mask, { method: 'nearest', ...decoder }),
      [1],
      livecellConvention
    )
    const deviation = new Deviation()
    // A labelling that drops fewer cells may score higher.
    deviation.compare(Math.min(averagePrecision(evaluation), AP), AP)
    deviation.compare(Math.min(averagePrecision(evaluation, { threshold: 0 }), AP50), AP50)
    yield deviation.within(`graphs.json: round trip, ${name}`, tolerance)
  }
}

/** The masks of all images, decoded again, as detections of equal score. */
export function roundTrip(
  { images, annotations }: Truth,
  mask: Parameters<typeof makeGrayMask>[2],
  decoder: Parameters<typeof decodeGrayMask>[4]
): EvaluationImage[] {
  const labelCount = mask?.grayLevels ?? defaultMaskSettings.grayLevels
  return images.map(({ id, width, height }) => {
    const truths = annotations.filter(({ image_id }) => image_id === id)
    const cells = truths.map((annotation) => toCell(annotation, height, width))
    const { levels } = makeGrayMask(cells, { width, height }, mask)
    const gray = applyGrayLevels(levels, grayLevels(labelCount))
    const { labels } = decodeGrayMask(gray, width, height, labelCount, decoder)
    const found = [...rleFromLabel(labels, width, height).values()]
    return {
      imageId: id,
      truths: truths.map(({ category_id, area }) => ({ category: category_id, area })),
      detections: found.map((rle) => ({ category: 1, area: rleArea(rle), score: 1 })),
      ious: instanceIous(
        found,
        cells.map(({ raster }) => raster)
      )
    }
  })
}
