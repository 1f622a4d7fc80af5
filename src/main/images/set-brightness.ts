import { type DatasetImage, type ValueRange } from '../../shared/datasets.ts'
import { type BrightnessRule } from '../../shared/masks.ts'
import { type Brightness, percentileRange, separateScales } from './eight-bit.ts'
import { readPicture } from './read.ts'

/** What some pictures come to 8 bits by; `set` by these alone. */
export async function brightnessOfEach(
  imageFiles: readonly string[],
  rule: BrightnessRule | undefined
): Promise<(Brightness | undefined)[]> {
  if (rule !== 'set') return imageFiles.map(() => rule)
  const ranges = settleRanges(await Promise.all(imageFiles.map(sampleValues)))
  return ranges.map((range) => range ?? 'percentiles')
}

/** Values taken from each picture where one range is settled for all. */
const valuesPerPicture = 4096

/**
 * Values of one picture, evenly spread over it: one list for all channels, or one for each stain. Nothing for a picture
 * of 8 bits, whose values stay.
 */
export async function sampleValues(imageFile: string): Promise<Float64Array[]> {
  const picture = await readPicture(imageFile)
  if (picture.bits === 8) return []
  return separateScales(picture).map((values) => {
    const count = Math.min(valuesPerPicture, values.length)
    const sample = Float64Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)] ?? 0)
    return sample.filter((value) => Number.isFinite(value))
  })
}

/**
 * The 1st to 99.8th percentile over all pictures together, by the number of their scales: pictures of one stain and of
 * two have nothing to compare.
 *
 * @returns for each picture the ranges of its kind; `undefined` for one of 8 bits
 */
export function settleRanges(samples: readonly (readonly Float64Array[])[]): (ValueRange[] | undefined)[] {
  const kinds = new Map<number, ValueRange[]>()
  for (const { length: scales } of samples) {
    if (scales === 0 || kinds.has(scales)) continue
    const alike = samples.filter((sample) => sample.length === scales)
    kinds.set(
      scales,
      Array.from({ length: scales }, (_, scale) => percentileRange(join(alike.map((sample) => sample[scale]))))
    )
  }
  return samples.map((sample) => kinds.get(sample.length))
}

function join(parts: readonly (Float64Array | undefined)[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0))
  let at = 0
  for (const part of parts) {
    joined.set(part ?? [], at)
    at += part?.length ?? 0
  }
  return joined
}

/** Whether the pictures of a data set have values that have to be brought to 8 bits. */
export function needsBrightness(images: readonly DatasetImage[]): boolean {
  return images.some(({ bits }) => bits > 8)
}
