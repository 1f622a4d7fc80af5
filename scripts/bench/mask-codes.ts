import { readdir, readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { readLabelImage } from '../../src/main/images/label-image.ts'
import { isPictureName } from '../../src/main/images/read.ts'
import { type DecodedMask, decodeGrayMask, decodeToneMask, evenLevels } from '../../src/main/masks/decode.ts'
import { makeGrayMask } from '../../src/main/masks/gray-mask.ts'
import { intersections } from '../../src/main/masks/instance-iou.ts'
import { tonesAsGrays } from '../../src/main/masks/mask-code.ts'
import { type Cell } from '../../src/main/masks/overlap-graph.ts'
import { countPhantoms } from '../../src/main/masks/ramps.ts'
import { rleArea, rleFromLabel, scaledSize, scaleRle } from '../../src/main/masks/rle.ts'
import { microscopyScores } from '../../src/main/study/microscopy-scores.ts'
import { type MaskCode } from '../../src/shared/training.ts'
import { toCell } from '../../test/parity/coco-files.ts'
import { type Truth } from '../../test/parity/data.ts'
import { type TrueMask, type Wear, wornPlanes } from '../../test/support/worn-masks.ts'
import { type BenchResult } from './result.ts'

const labelCount = 4
/** Images at most, by name, and at most this side of each, from the upper left. */
const mostImages = 30
const mostSide = 512
const scales = [1, 0.5]
const codes = ['gray', 'tones'] as const
const wears: readonly Wear[] = [
  { blur: 0, noise: 0 },
  { blur: 0.7, noise: 0.05 },
  { blur: 1, noise: 0.05 },
  { blur: 1, noise: 0.1 }
]

interface Annotated {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly cells: readonly Cell[]
}

/**
 * What comes back of true masks that were blurred and noised plane by plane, in each code of masks. True are the cells
 * that the exact mask gives back.
 * @param source a folder of label images, or a COCO file; the sample's where it is left out
 */
export async function benchMaskCodes(source?: string): Promise<BenchResult[]> {
  const own = resolve(import.meta.dirname, '../../resources/sample/labels/fluorescence')
  const images = await readAnnotated(source ?? own)
  return scales.flatMap((scale) => {
    const masks = images.map((image) => trueMask(image, scale))
    return wears.flatMap((wear) => codes.map((code) => readBack(masks, code, wear, scale)))
  })
}

async function readAnnotated(source: string): Promise<Annotated[]> {
  if (extname(source) === '.json') return readCoco(JSON.parse(await readFile(source, 'utf8')) as Truth)
  const files = (await readdir(source)).filter(isPictureName).sort().slice(0, mostImages)
  return Promise.all(
    files.map(async (name) => {
      const { labels, width, height } = await readLabelImage(join(source, name))
      const cells = [...rleFromLabel(labels, width, height)].map(([id, raster]) => ({
        id,
        raster,
        area: rleArea(raster)
      }))
      return { name, width, height, cells }
    })
  )
}

function readCoco({ images, annotations }: Truth): Annotated[] {
  return images.slice(0, mostImages).map(({ id, file_name: name, width, height }) => {
    const own = annotations.filter(({ image_id }) => image_id === id)
    return { name, width, height, cells: own.map((annotation) => toCell(annotation, height, width)) }
  })
}

function trueMask({ name, cells, ...full }: Annotated, scale: number): TrueMask {
  const [width, height] = [scaledSize(full.width, scale), scaledSize(full.height, scale)]
  const scaled = cells.map(({ id, raster }) => {
    const small = scale === 1 ? raster : scaleRle(raster, scale)
    return { id, raster: small, area: rleArea(small) }
  })
  const { levels } = makeGrayMask(scaled, { width, height })
  const size = { width: Math.min(width, mostSide), height: Math.min(height, mostSide) }
  const cut = new Uint8Array(size.width * size.height)
  for (let y = 0; y < size.height; y++) cut.set(levels.subarray(y * width, y * width + size.width), y * size.width)
  return { name, ...size, levels: cut }
}

function readBack(masks: readonly TrueMask[], code: MaskCode, wear: Wear, scale: number): BenchResult {
  let [seconds, found, phantoms] = [0, 0, 0]
  const comparisons = masks.map((mask) => {
    const exact = decodeWorn(wornPlanes(mask, code, labelCount, { blur: 0, noise: 0 }), mask, code)
    const planes = wornPlanes(mask, code, labelCount, wear)
    const before = performance.now()
    const read = decodeWorn(planes, mask, code)
    seconds += (performance.now() - before) / 1000
    found += read.cells
    phantoms += countPhantoms({ ...read, ...mask, levels: evenLevels(labelCount) })
    const [truth, prediction] = [exact, read].map(({ labels }) => [
      ...rleFromLabel(labels, mask.width, mask.height).values()
    ])
    return {
      truthAreas: (truth ?? []).map(rleArea),
      predictionAreas: (prediction ?? []).map(rleArea),
      overlaps: intersections(truth ?? [], prediction ?? [])
    }
  })
  const { AP50, AP } = microscopyScores(comparisons).meanOverImages
  const size = scale === 1 ? '' : ', half size'
  return {
    name: `mask-codes: ${code}, blur ${wear.blur}, noise ${100 * wear.noise} %${size}`,
    threads: 1,
    seconds: { min: seconds, median: seconds },
    unit: 'images',
    perSecond: masks.length / seconds,
    scores: { AP50, AP, phantoms: found === 0 ? 0 : phantoms / found }
  }
}

/** With the grays that the cells were read from. */
function decodeWorn(
  planes: Float32Array,
  { width, height }: TrueMask,
  code: MaskCode
): DecodedMask & { readonly gray: ArrayLike<number> } {
  if (code === 'tones') {
    const planeCount = labelCount + 1
    const gray = tonesAsGrays(planes, planeCount)
    return { ...decodeToneMask({ planes, planeCount, width, height }), gray }
  }
  const gray = planes.map((value) => Math.max(0, Math.min(255, 127.5 * (value + 1))))
  return { ...decodeGrayMask(gray, width, height, labelCount), gray }
}
