import { RandomStream } from '../../shared/random.ts'
import { studentQuantile } from './distributions.ts'

/** What a study draws by chance, and so has to be drawn again: test images in their wells, and repeats of the training. */
export interface Sampled {
  /** The well (plate, donor, frame) of each test image. */
  readonly wells: readonly string[]
  readonly repeats: readonly Repeat[]
}

/** One repeat: a draw of the real images, a generator trained on it, a seed of the segmentation network. */
export interface Repeat {
  readonly draw: number
  readonly generator: number
  readonly seed: number
}

/** A number from a resample: how often each image, and each repeat, was drawn. */
export type Statistic = (images: Float64Array, repeats: Float64Array, drawn: DrawnImages) => number

/**
 * Which images were drawn: for the same images and the same choice, the same place of the same list. What was computed for
 * them in one comparison holds in others.
 */
export interface DrawnImages {
  readonly list: string
  readonly place: number
}

/** Every image once. */
export const allImages: DrawnImages = { list: 'all', place: 0 }

/** What chance does to a number, by its causes. */
export interface Spread {
  readonly estimate: number
  /** Undefined where there is nothing to tell chance from: one repeat, or one test image. */
  readonly interval: readonly [number, number] | undefined
  /** Of the estimate. */
  readonly variance: number
  readonly degrees: number
  /** Of a single image, of a single repeat, and of an image in a repeat. */
  readonly components: { readonly image: number; readonly repeat: number; readonly both: number }
  /** What was drawn again: the interval speaks of others of these kinds. */
  readonly imageUnits: { readonly kind: 'well' | 'image'; readonly count: number }
  readonly repeatUnits: { readonly kind: keyof Repeat; readonly count: number }
}

export interface BootstrapChoice {
  readonly seed: number
  readonly resamples: number
  /** Two-sided. */
  readonly confidence: number
}

export const usualBootstrap: BootstrapChoice = { seed: 0, resamples: 2000, confidence: 0.95 }

/**
 * A hierarchical bootstrap over two crossed causes of chance (docs/method.md §13.1): test images and repeats are drawn with
 * replacement at the same time, each in whole units of the highest level of which there are at least two (a well with all
 * its images, a draw with all its generators and seeds: a lower level drawn again would be counted twice). The joint
 * resamples give the shape of the interval. Its width is that of the percentile interval, mended for what few units do to
 * it: each cause alone gives its part of the variance, n/(n − 1) times what resampling shows, the part that both share is
 * counted once, and Student's t replaces the normal distribution (Satterthwaite's degrees of freedom).
 */
export function bootstrap(sampled: Sampled, statistic: Statistic, choice: BootstrapChoice = usualBootstrap): Spread {
  const images = imageUnitsOf(sampled.wells)
  const repeats = repeatUnitsOf(sampled.repeats)
  const all = { images: ones(sampled.wells.length), repeats: ones(sampled.repeats.length) }
  const estimate = statistic(all.images, all.repeats, allImages)
  const units = { imageUnits: describe(images), repeatUnits: describe(repeats) }
  const random = (purpose: string) => new RandomStream(choice.seed, purpose)
  const draw = (purpose: string, which: 'images' | 'repeats' | 'both'): Float64Array => {
    const stream = random(purpose)
    // Of both, each is drawn after the other: which images come depends on how many repeats there are.
    const list = which === 'images' ? which : `${which} ${repeats.units.length}`
    return Float64Array.from({ length: choice.resamples }, (_, place) =>
      statistic(
        which === 'repeats' ? all.images : resample(images, stream),
        which === 'images' ? all.repeats : resample(repeats, stream),
        which === 'repeats' ? allImages : { list, place }
      )
    )
  }
  const [i, r] = [images.units.length, repeats.units.length]
  if (i < 2 || r < 2) return { ...oneCause(estimate, { i, r }, draw), ...units }
  const joint = draw('bootstrap', 'both')
  const parts = partition({
    image: variance(draw('bootstrap images', 'images')),
    repeat: variance(draw('bootstrap repeats', 'repeats')),
    joint: variance(joint),
    i,
    r
  })
  return { estimate, ...parts, interval: widened(estimate, joint, parts, choice.confidence), ...units }
}

/** With one repeat or one image nobody can tell what another would have brought: there is no interval. */
function oneCause(
  estimate: number,
  { i, r }: { readonly i: number; readonly r: number },
  draw: (purpose: string, which: 'images' | 'repeats') => Float64Array
): Omit<Spread, 'imageUnits' | 'repeatUnits'> {
  const [n, which] = i >= 2 ? ([i, 'images'] as const) : ([r, 'repeats'] as const)
  const known = n < 2 ? 0 : (variance(draw(`bootstrap ${which}`, which)) * n) / (n - 1)
  const components = { image: which === 'images' ? known * n : 0, repeat: which === 'repeats' ? known * n : 0, both: 0 }
  return { estimate, interval: undefined, variance: known, degrees: Math.max(0, n - 1), components }
}

interface Parts {
  readonly variance: number
  readonly degrees: number
  readonly components: Spread['components']
}

/** The variance of the estimate by its causes, from what resampling each alone and both together shows. */
function partition({
  image,
  repeat,
  joint,
  i,
  r
}: {
  readonly image: number
  readonly repeat: number
  readonly joint: number
  readonly i: number
  readonly r: number
}): Parts {
  const ofImages = (image * i) / (i - 1)
  const ofRepeats = (repeat * r) / (r - 1)
  const shared = (joint - image - repeat) / ((1 - 1 / i) * (1 - 1 / r))
  const both = Math.min(Math.max(0, shared), ofImages, ofRepeats)
  const total = ofImages + ofRepeats - both
  const spread = ofImages ** 2 / (i - 1) + ofRepeats ** 2 / (r - 1) + both ** 2 / ((i - 1) * (r - 1))
  return {
    variance: total,
    degrees: spread === 0 ? i - 1 + (r - 1) : total ** 2 / spread,
    components: { image: i * (ofImages - both), repeat: r * (ofRepeats - both), both: i * r * both }
  }
}

function widened(estimate: number, joint: Float64Array, parts: Parts, confidence: number): [number, number] {
  const tail = (1 - confidence) / 2
  const seen = Math.sqrt(variance(joint)) * studentQuantile(1 - tail, Infinity)
  if (seen === 0) return [estimate, estimate]
  const factor = (Math.sqrt(parts.variance) * studentQuantile(1 - tail, parts.degrees)) / seen
  const sorted = joint.toSorted()
  const centre = mean(joint)
  return [
    estimate + factor * (quantile(sorted, tail) - centre),
    estimate + factor * (quantile(sorted, 1 - tail) - centre)
  ]
}

/** Positions that are drawn together. */
interface Units<Kind> {
  readonly kind: Kind
  readonly length: number
  readonly units: readonly (readonly number[])[]
}

function imageUnitsOf(wells: readonly string[]): Units<'well' | 'image'> {
  const grouped = [...Map.groupBy(wells.keys(), (i) => wells[i] ?? '').values()]
  const areWells = grouped.length > 1 && grouped.length < wells.length
  return {
    kind: areWells ? 'well' : 'image',
    length: wells.length,
    units: areWells ? grouped : [...wells.keys()].map((i) => [i])
  }
}

/** The highest level that was repeated. */
function repeatUnitsOf(repeats: readonly Repeat[]): Units<keyof Repeat> {
  const by = (key: (repeat: Repeat) => string): number[][] => [
    ...Map.groupBy(repeats.keys(), (i) => (repeats[i] === undefined ? '' : key(repeats[i]))).values()
  ]
  const draws = by(({ draw }) => String(draw))
  if (draws.length > 1) return { kind: 'draw', length: repeats.length, units: draws }
  const generators = by(({ draw, generator }) => `${draw} ${generator}`)
  if (generators.length > 1) return { kind: 'generator', length: repeats.length, units: generators }
  return { kind: 'seed', length: repeats.length, units: [...repeats.keys()].map((i) => [i]) }
}

function describe<Kind>({ kind, units }: Units<Kind>): { readonly kind: Kind; readonly count: number } {
  return { kind, count: units.length }
}

function resample({ length, units }: Units<unknown>, random: RandomStream): Float64Array {
  const weights = new Float64Array(length)
  for (const _ of units) {
    for (const position of units[random.integer(units.length)] ?? []) weights[position] = (weights[position] ?? 0) + 1
  }
  return weights
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1)
}

export function mean(values: Float64Array | readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** As numpy's `var`: divided by n. */
function variance(values: Float64Array): number {
  const centre = mean(values)
  let sum = 0
  for (const value of values) sum += (value - centre) ** 2
  return sum / values.length
}

/** As numpy's `quantile`: linear between the two nearest. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below] ?? 0
  return low + (place - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] ?? low) - low)
}
