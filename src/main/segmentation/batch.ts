import { RandomStream } from '../../shared/random.ts'
import { flowFactor } from './decode-flows.ts'
import { pasteCells } from './copy-paste.ts'
import { type Crop, drawWarp, warpPicture } from './warp.ts'
import { type TrainingPicture } from './training-picture.ts'

/** What a step of the network learns from, row-major [N, side, side]. */
export interface CropBatch {
  readonly count: number
  readonly side: number
  readonly image: Float32Array
  /** Along y and x side by side, as the network is to say them. */
  readonly flows: Float32Array
  readonly cells: Float32Array
  /** Absent where everything counts. */
  readonly counted?: Float32Array | undefined
}

interface CropSettings {
  readonly crop: number
  readonly scaleRange: number
  readonly intensity: 'none' | 'usual' | 'doubled'
  readonly copyPaste: number
  readonly seed: number
}

/** Which crop of which training: the i-th of an iteration. It depends on these and the seed alone. */
interface CropPlace {
  readonly iteration: number
  readonly i: number
}

/**
 * A random crop of a picture (docs/method.md §12.4).
 *
 * @param donors how many real pictures there are to paste cells from
 */
export async function drawCrop(
  picture: TrainingPicture,
  settings: CropSettings,
  { iteration, i }: CropPlace,
  donors: { readonly count: number; readonly load: (index: number) => Promise<TrainingPicture> }
): Promise<Crop> {
  const { crop: side, scaleRange, intensity, copyPaste, seed } = settings
  const random = new RandomStream(seed, `crop ${i}`, iteration)
  const crop = warpPicture(picture, drawWarp(random, picture, side, scaleRange), side)
  if (copyPaste > 0 && donors.count > 0 && random.uniform() < copyPaste) {
    pasteCells(crop, await donors.load(random.integer(donors.count)), random)
  }
  if (intensity !== 'none') changeIntensity(crop.image, intensity === 'usual' ? 1 : 2, random)
  return crop
}

/** Brightness within a fifth, and noise of a fiftieth of what lies between dark and bright; or twice as much. */
function changeIntensity(image: Float32Array, strength: number, random: RandomStream): void {
  const gain = 1 + 0.2 * strength * (2 * random.uniform() - 1)
  for (let i = 0; i < image.length; i++) image[i] = gain * (image[i] ?? 0) + 0.02 * strength * random.normal()
}

/** Crops of one size as the network takes them. */
export function batchOf(crops: readonly Crop[]): CropBatch {
  const side = crops[0]?.side ?? 0
  const size = side * side
  const batch = {
    count: crops.length,
    side,
    image: new Float32Array(crops.length * size),
    flows: new Float32Array(2 * crops.length * size),
    cells: new Float32Array(crops.length * size)
  }
  const counted = new Float32Array(crops.length * size)
  for (const [n, crop] of crops.entries()) {
    const start = n * size
    batch.image.set(crop.image, start)
    counted.set(crop.counted, start)
    for (let i = 0; i < size; i++) {
      batch.cells[start + i] = (crop.labels[i] ?? 0) > 0 ? 1 : 0
      batch.flows[2 * (start + i)] = flowFactor * (crop.flowY[i] ?? 0)
      batch.flows[2 * (start + i) + 1] = flowFactor * (crop.flowX[i] ?? 0)
    }
  }
  return counted.includes(0) ? { ...batch, counted } : batch
}
