import { asMatrix, at, squaredDistances } from './matrix.ts'
import { evenSelection, type PictureFeatures } from './sample-quality.ts'

/** Fewer pictures say nothing; of more an even selection is taken, as many of either kind. */
const fewest = 16
const most = 256

/**
 * Adds to each class how varied its synthetic pictures are: the distance from a picture to the nearest other one of its kind,
 * the median of all, as a share of the same among real pictures. About 1 where they vary as real ones do, 0 where each is
 * there twice (docs/decisions/0044).
 *
 * @param names of the classes by index
 * @param columns of each vector that tell how a picture looks, the first ones
 */
export function withVariety<Compared extends { readonly name: string }>(
  compared: readonly Compared[],
  names: readonly string[],
  [real, fake]: readonly [real: PictureFeatures, fake: PictureFeatures],
  columns: number
): (Compared & { variety?: number })[] {
  return compared.map((each) => {
    const group = names.indexOf(each.name)
    const count = Math.min(most, real.count(group), fake.count(group))
    if (count < fewest) return each
    const [among, own] = [real, fake].map((features) => usualNearest(looks(features, group, columns), columns, count))
    return among === undefined || own === undefined || among === 0 ? each : { ...each, variety: own / among }
  })
}

/** What the network saw of each picture of a class. */
function looks(features: PictureFeatures, group: number, columns: number): Float32Array {
  const vectors = features.vectors(group)
  const { size } = features
  if (columns === size) return vectors
  return vectors.filter((_, i) => i % size < columns)
}

/** Distance of the median picture from its nearest other one. */
function usualNearest(vectors: Float32Array, size: number, count: number): number {
  const chosen = asMatrix(evenSelection(vectors, size, count), size)
  const distances = squaredDistances(chosen, chosen)
  const nearest = Float64Array.from({ length: count }, (_, i) => {
    const row = distances.data.subarray(i * count, (i + 1) * count)
    return row.reduce((best, distance, j) => (i === j ? best : Math.min(best, distance)), Infinity)
  })
  return Math.sqrt(at(nearest.sort(), Math.floor(count / 2)))
}
