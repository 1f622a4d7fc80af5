import { invariant, refuse } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type PictureNetwork } from '../networks/picture-network.ts'
import { type FeatureStatistics, featureStatistics } from './feature-statistics.ts'
import { frechetDistance } from './frechet-distance.ts'
import { drawSubsets, kernelDistance } from './kernel-distance.ts'
import { type NeighbourScores, neighbourScores } from './neighbours.ts'

/** Pictures of one size with their classes. */
export interface PictureSet {
  /** [N, height, width, channels], 0…255: the image planes, never the mask. */
  readonly pixels: Uint8Array | Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Index of each picture's class, [N]. */
  readonly classes: ArrayLike<number>
}

/** How far the pictures of a class are from the real ones, by what a run's history keeps of it. */
export interface ClassDistance {
  readonly name: string
  readonly frechet: number
  /** Pictures compared. */
  readonly real: number
  readonly fake: number
}

export interface ClassQuality extends ClassDistance, NeighbourScores {
  readonly kernel: number
  /** Standard deviation of the kernel distance over subsets. */
  readonly kernelSd: number
  /** The Fréchet distance of one half of the real pictures to the other; absent where there are fewer than four. */
  readonly realHalves?: number
  /** What to know before the numbers are compared with others. */
  readonly note?: string
}

/** The numbers that are averaged over the classes. */
const averagedScores = ['frechet', 'kernel', 'precision', 'recall', 'density', 'coverage'] as const

export interface SampleQuality {
  /** Plain mean over the classes compared, as in the paper's Table 1. */
  readonly mean: Readonly<Record<(typeof averagedScores)[number], number>>
  readonly classes: readonly ClassQuality[]
  /** All pictures together, whatever their class. */
  readonly all: ClassQuality
  /** Classes with fewer than two real or two synthetic pictures, which have no covariance to compare. */
  readonly leftOut: readonly { readonly name: string; readonly real: number; readonly fake: number }[]
}

/**
 * The features of a set of pictures. Keep the one of the real pictures: their features and statistics are worked out
 * once, however often synthetic ones are compared with them.
 */
export class PictureFeatures {
  readonly #features: Float32Array
  readonly #size: number
  readonly #classes: Int32Array
  readonly #statistics = new Map<number | 'all', FeatureStatistics>()
  readonly #halves = new Map<number | 'all', number>()

  /** @param features [pictures, size], as the network of that feature size gave them */
  constructor(features: Float32Array, size: number, classes: Int32Array) {
    invariant(features.length === size * classes.length, 'a vector for each picture')
    this.#features = features
    this.#size = size
    this.#classes = classes
  }

  static async of(network: PictureNetwork, pictures: PictureSet): Promise<PictureFeatures> {
    const { pixels, height, width, channels } = pictures
    const classes = Int32Array.from(pictures.classes)
    const features = await network.features(pixels, classes.length, height, width, channels)
    return new PictureFeatures(features, network.size, classes)
  }

  get size(): number {
    return this.#size
  }

  count(group: number | 'all'): number {
    return this.#rowsOf(group).length
  }

  /** Feature vectors of one class or of all pictures, one after the other, in their order. */
  vectors(group: number | 'all'): Float32Array {
    if (group === 'all') return this.#features
    return takeRows(this.#features, this.#size, this.#rowsOf(group))
  }

  /** Feature vectors of chosen pictures, in the chosen order. */
  rows(rows: readonly number[]): Float32Array {
    return takeRows(this.#features, this.#size, rows)
  }

  statistics(group: number | 'all'): FeatureStatistics {
    const known = this.#statistics.get(group)
    if (known !== undefined) return known
    const statistics = featureStatistics(this.vectors(group), this.#size)
    this.#statistics.set(group, statistics)
    return statistics
  }

  /**
   * The Fréchet distance between two halves, drawn at random, which would be 0 if there were enough pictures.
   *
   * @returns undefined where there are fewer than four pictures
   */
  distanceOfHalves(group: number | 'all'): number | undefined {
    const known = this.#halves.get(group)
    if (known !== undefined) return known
    const vectors = this.vectors(group)
    const count = vectors.length / this.#size
    if (count < 4) return undefined
    const rows = new RandomStream(0, 'halves').shuffled(Array.from({ length: count }, (_, row) => row))
    const statistics = (part: readonly number[]) => featureStatistics(takeRows(vectors, this.#size, part), this.#size)
    const half = Math.floor(count / 2)
    const { distance } = frechetDistance(statistics(rows.slice(0, half)), statistics(rows.slice(half, 2 * half)))
    this.#halves.set(group, distance)
    return distance
  }

  #rowsOf(group: number | 'all'): number[] {
    const rows = Array.from(this.#classes.keys())
    return group === 'all' ? rows : rows.filter((row) => this.#classes[row] === group)
  }
}

/**
 * How far synthetic pictures are from real ones, for each class, over all, and as the mean over classes.
 *
 * A Fréchet distance of few pictures is too large by an amount that shrinks with their number: compare values only where
 * the counts agree. The kernel distance has no such bias.
 *
 * @param classNames by class index
 * @param afterGroup called after each class; what it throws ends the work
 * @throws AppError of kind `input` when there are fewer than two pictures of either kind
 */
export async function compareFeatures(
  real: PictureFeatures,
  fake: PictureFeatures,
  classNames: readonly string[],
  afterGroup?: () => Promise<void>
): Promise<SampleQuality> {
  const { enough, leftOut } = splitByCount(real, fake, classNames)
  const classes: ClassQuality[] = []
  for (const { name, index } of enough) {
    classes.push(compare(name, index, real, fake))
    await afterGroup?.()
  }
  const all = compare('all', 'all', real, fake)

  // Where no class has two pictures of each kind, all of them together are the one group there is.
  const averaged = classes.length > 0 ? classes : [all]
  const [frechet, kernel, precision, recall, density, coverage] = averagedScores.map((score) =>
    mean(averaged.map((quality) => quality[score]))
  ) as [number, number, number, number, number, number] // one for each of the six scores
  return { mean: { frechet, kernel, precision, recall, density, coverage }, classes, all, leftOut }
}

/** The Fréchet distances alone, which is what a training run asks for again and again. */
export function frechetDistances(
  real: PictureFeatures,
  fake: PictureFeatures,
  classNames: readonly string[]
): { mean: number; classes: ClassDistance[] } {
  const distance = (name: string, group: number | 'all'): ClassDistance => ({
    name,
    frechet: frechetDistance(real.statistics(group), fake.statistics(group)).distance,
    real: real.count(group),
    fake: fake.count(group)
  })
  const { enough } = splitByCount(real, fake, classNames)
  const classes = enough.map(({ name, index }) => distance(name, index))
  const averaged = classes.length > 0 ? classes : [distance('all', 'all')]
  return { mean: mean(averaged.map(({ frechet }) => frechet)), classes }
}

function splitByCount(real: PictureFeatures, fake: PictureFeatures, classNames: readonly string[]) {
  invariant(fake.size === real.size, 'features of the same network')
  if (Math.min(real.count('all'), fake.count('all')) < 2) {
    throw refuse('Pictures cannot be compared with fewer than two real and two synthetic pictures.', {
      next: 'Evaluate with more pictures.'
    })
  }
  const counted = classNames.map((name, index) => ({ name, index, real: real.count(index), fake: fake.count(index) }))
  const isEnough = (group: { real: number; fake: number }) => group.real >= 2 && group.fake >= 2
  const leftOut = counted.filter((group) => !isEnough(group)).map(({ index: _, ...group }) => group)
  return { enough: counted.filter(isEnough), leftOut }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Subsets of a kernel distance, and the most pictures in one (docs/method.md §7.4). */
const kernelSubsets = 100
const largestSubset = 1000

/** Scores that compare every picture with every other take an even selection of more than this many. */
export const mostInPairs = 2000

function compare(name: string, group: number | 'all', real: PictureFeatures, fake: PictureFeatures): ClassQuality {
  const { distance } = frechetDistance(real.statistics(group), fake.statistics(group))
  const a = evenSelection(real.vectors(group), real.size, mostInPairs)
  const b = evenSelection(fake.vectors(group), fake.size, mostInPairs)
  const counts = [a.length / real.size, b.length / real.size] as const

  // Half of the smaller set: subsets of all of it would be equal, and their deviation 0.
  const subset = Math.min(largestSubset, Math.max(2, Math.floor(Math.min(...counts) / 2)))
  const subsets = drawSubsets(new RandomStream(0, 'kernel-distance'), counts, subset, kernelSubsets)
  const kernel = kernelDistance(a, b, real.size, subsets)
  const realHalves = real.distanceOfHalves(group)
  return {
    name,
    frechet: distance,
    kernel: kernel.mean,
    kernelSd: kernel.standardDeviation,
    ...neighbourScores(a, b, real.size),
    real: real.count(group),
    fake: fake.count(group),
    ...(realHalves === undefined ? {} : { realHalves }),
    ...(Math.min(real.count(group), fake.count(group)) > enoughPictures * real.size
      ? {}
      : { note: biasNote(realHalves, real.count(group)) })
  }
}

/** Pictures per feature from which the bias of a Fréchet distance is small beside it (50,000 to 2,048 are usual). */
const enoughPictures = 10

function biasNote(realHalves: number | undefined, real: number): string {
  if (realHalves === undefined) {
    return `With ${real} real pictures a Fréchet distance says next to nothing: it is far too large, and even two halves of them cannot be compared. Compare more pictures.`
  }
  const half = Math.floor(real / 2)
  return `With so few pictures a Fréchet distance is too large: two halves of the real ones, ${half} pictures each, are ${realHalves.toPrecision(3)} apart. Compare it with distances of as many pictures only; the kernel distance has no such bias.`
}

/** At most so many vectors, at even distances: pictures often come class after class, and each class keeps its share. */
export function evenSelection(vectors: Float32Array, size: number, most: number): Float32Array {
  const count = vectors.length / size
  return count <= most ? vectors : takeRows(vectors, size, evenRows(count, most))
}

/** The numbers of the vectors that an even selection takes. */
export function evenRows(count: number, most: number): number[] {
  const taken = Math.min(count, most)
  return Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken))
}

function takeRows(vectors: Float32Array, size: number, rows: readonly number[]): Float32Array {
  const taken = new Float32Array(rows.length * size)
  for (const [i, row] of rows.entries()) taken.set(vectors.subarray(row * size, (row + 1) * size), i * size)
  return taken
}
