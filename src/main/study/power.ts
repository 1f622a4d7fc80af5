import { RandomStream } from '../../shared/random.ts'
import { studentCdf, studentQuantile } from './distributions.ts'
import type { Spread } from './hierarchical-bootstrap.ts'

/** The share of studies that should find what is there. */
const usualPower = 0.8

/** The smallest difference that a study of this spread finds in four of five tries, at two-sided 5 %. */
export function smallestDetectable({ variance, degrees }: Pick<Spread, 'variance' | 'degrees'>): number {
  if (degrees <= 0) return Infinity
  return Math.sqrt(variance) * (studentQuantile(0.975, degrees) + studentQuantile(usualPower, degrees))
}

/** How large a study is meant to be. */
export interface Size {
  /** Units of repeats, as the pilot had them (draws, generators or seeds), and of images (wells or images). */
  readonly repeats: number
  readonly images: number
}

/**
 * The share of simulated studies of this size that would find the effect, each with its own interval; chance is as a pilot
 * showed it.
 */
export function simulatedPower(
  components: Spread['components'],
  effect: number,
  { repeats, images }: Size,
  { seed, studies }: { readonly seed: number; readonly studies: number }
): number {
  if (repeats < 2 || images < 2) return 0
  let found = 0
  for (let study = 0; study < studies; study++) {
    const random = new RandomStream(seed, 'power', study)
    const { estimate, variance, degrees } = twoWay(simulated(components, effect, { repeats, images }, random))
    if (2 * (1 - studentCdf(Math.abs(estimate) / Math.sqrt(variance), degrees)) < 0.05) found++
  }
  return found / studies
}

/** The smallest effect that such a study finds with the usual power, to a hundredth of it. */
export function findableEffect(
  components: Spread['components'],
  size: Size,
  choice: { readonly seed: number; readonly studies: number }
): number {
  const all = components.image + components.repeat + components.both
  if (size.repeats < 2 || size.images < 2) return Infinity
  let [low, high] = [0, Math.sqrt(all)]
  while (high < 1 && simulatedPower(components, high, size, choice) < usualPower) high *= 2
  for (let i = 0; i < 7; i++) {
    const middle = (low + high) / 2
    if (simulatedPower(components, middle, size, choice) < usualPower) low = middle
    else high = middle
  }
  return high
}

function simulated(
  { image, repeat, both }: Spread['components'],
  effect: number,
  { repeats, images }: Size,
  random: RandomStream
): number[][] {
  const ofImages = Array.from({ length: images }, () => random.normal() * Math.sqrt(image))
  return Array.from({ length: repeats }, () => {
    const ofRepeat = effect + random.normal() * Math.sqrt(repeat)
    return ofImages.map((ofImage) => ofRepeat + ofImage + random.normal() * Math.sqrt(both))
  })
}

/** The mean of a table of repeats and images, with its variance as `bootstrap` takes it apart, in closed form. */
function twoWay(rows: readonly (readonly number[])[]): { estimate: number; variance: number; degrees: number } {
  const r = rows.length
  const i = rows[0]?.length ?? 0
  const rowMeans = rows.map(average)
  const columnMeans = Array.from({ length: i }, (_, column) => average(rows.map((row) => row[column] ?? 0)))
  const estimate = average(rowMeans)
  const ofRepeats = squares(rowMeans, estimate) / (r - 1) / r
  const ofImages = squares(columnMeans, estimate) / (i - 1) / i
  let rest = 0
  for (const [row, values] of rows.entries()) {
    for (const [column, value] of values.entries())
      rest += (value - (rowMeans[row] ?? 0) - (columnMeans[column] ?? 0) + estimate) ** 2
  }
  const both = Math.min(rest / ((r - 1) * (i - 1)) / (r * i), ofRepeats, ofImages)
  const variance = ofRepeats + ofImages - both
  const spread = ofRepeats ** 2 / (r - 1) + ofImages ** 2 / (i - 1) + both ** 2 / ((i - 1) * (r - 1))
  return { estimate, variance, degrees: spread === 0 ? r + i - 2 : variance ** 2 / spread }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function squares(values: readonly number[], centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
}
