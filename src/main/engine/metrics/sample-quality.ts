import { invariant, refuse } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type FeatureNetwork } from '../networks/feature-network.ts'
import { type FeatureStatistics, featureStatistics } from './feature-statistics.ts'
import { frechetDistance } from './frechet-distance.ts'
import { drawSubsets, kernelDistance } from './kernel-distance.ts'

/** The Fréchet distance of this program's own feature network. It is not comparable with a published FID. */
export const qualityMetric = 'FD-EffNet'

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

export interface ClassQuality {
  readonly name: string
  readonly frechet: number
  readonly kernel: number
  /** Standard deviation of the kernel distance over subsets. */
  readonly kernelSd: number
  /** Pictures compared. */
  readonly real: number
  readonly fake: number
}

export interface SampleQuality {
  /** Plain mean over the classes compared, as in the paper's Table 1. */
  readonly mean: { readonly frechet: number; readonly kernel: number }
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

  private constructor(features: Float32Array, size: number, classes: Int32Array) {
    this.#features = features
    this.#size = size
    this.#classes = classes
  }

  static async of(network: FeatureNetwork, pictures: PictureSet): Promise<PictureFeatures> {
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
    const rows = this.#rowsOf(group)
    const vectors = new Float32Array(rows.length * this.#size)
    for (const [i, row] of rows.entries()) {
      vectors.set(this.#features.subarray(row * this.#size, (row + 1) * this.#size), i * this.#size)
    }
    return vectors
  }

  statistics(group: number | 'all'): FeatureStatistics {
    const known = this.#statistics.get(group)
    if (known !== undefined) return known
    const statistics = featureStatistics(this.vectors(group), this.#size)
    this.#statistics.set(group, statistics)
    return statistics
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
 * @throws AppError of kind `input` when there are fewer than two pictures of either kind
 */
export async function evaluateSamples(
  network: FeatureNetwork,
  real: PictureFeatures,
  fakePictures: PictureSet,
  classNames: readonly string[]
): Promise<SampleQuality> {
  invariant(real.size === network.size, 'features of the same network')
  const fake = await PictureFeatures.of(network, fakePictures)
  if (real.count('all') < 2 || fake.count('all') < 2) {
    throw refuse('Quality cannot be measured with fewer than two real and two synthetic pictures.', {
      next: 'Evaluate with more pictures.'
    })
  }
  const counted = classNames.map((name, index) => ({ name, index, real: real.count(index), fake: fake.count(index) }))
  const isEnough = (group: { real: number; fake: number }) => group.real >= 2 && group.fake >= 2
  const classes = counted.filter(isEnough).map(({ name, index }) => compare(name, index, real, fake))
  const all = compare('all', 'all', real, fake)

  // Where no class has two pictures of each kind, all of them together are the one group there is.
  const averaged = classes.length > 0 ? classes : [all]
  return {
    mean: {
      frechet: averaged.reduce((sum, { frechet }) => sum + frechet, 0) / averaged.length,
      kernel: averaged.reduce((sum, { kernel }) => sum + kernel, 0) / averaged.length
    },
    classes,
    all,
    leftOut: counted.filter((group) => !isEnough(group)).map(({ index: _, ...group }) => group)
  }
}

/** Subsets of a kernel distance, and the most pictures in one (gan-engine §7.4). */
const kernelSubsets = 100
const largestSubset = 1000

/** The kernel distance compares every picture with every other: of more than this many it takes an even selection. */
const mostKernelPictures = 2000

function compare(name: string, group: number | 'all', real: PictureFeatures, fake: PictureFeatures): ClassQuality {
  const { distance } = frechetDistance(real.statistics(group), fake.statistics(group))
  const a = evenSelection(real.vectors(group), real.size, mostKernelPictures)
  const b = evenSelection(fake.vectors(group), fake.size, mostKernelPictures)
  const counts = [a.length / real.size, b.length / real.size] as const

  // Half of the smaller set: subsets of all of it would be equal, and their deviation 0.
  const subset = Math.min(largestSubset, Math.max(2, Math.floor(Math.min(...counts) / 2)))
  const subsets = drawSubsets(new RandomStream(0, 'kernel-distance'), counts, subset, kernelSubsets)
  const kernel = kernelDistance(a, b, real.size, subsets)
  return {
    name,
    frechet: distance,
    kernel: kernel.mean,
    kernelSd: kernel.standardDeviation,
    real: real.count(group),
    fake: fake.count(group)
  }
}

/** At most so many vectors, at even distances: pictures often come class after class, and each class keeps its share. */
export function evenSelection(vectors: Float32Array, size: number, most: number): Float32Array {
  const count = vectors.length / size
  if (count <= most) return vectors
  const selection = new Float32Array(most * size)
  for (let i = 0; i < most; i++) {
    const row = Math.floor((i * count) / most)
    selection.set(vectors.subarray(row * size, (row + 1) * size), i * size)
  }
  return selection
}
