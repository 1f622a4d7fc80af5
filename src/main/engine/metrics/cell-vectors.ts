import { type PictureNetwork } from '../networks/picture-network.ts'
import { cellNumberNames, cellNumbers } from './cell-numbers.ts'
import { type CellView, pictureWithMask } from './cell-view.ts'

/** Length of a vector that the cell distance compares. */
export function cellVectorSize(network: PictureNetwork): number {
  return network.size + cellNumberNames.length
}

/**
 * What the cell distance compares: of each picture what the network sees in picture and mask, then the numbers of its cells.
 *
 * @returns [views, cellVectorSize]
 */
export async function cellVectors(network: PictureNetwork, views: readonly CellView[]): Promise<Float32Array> {
  const [first] = views
  const size = cellVectorSize(network)
  const vectors = new Float32Array(views.length * size)
  if (first === undefined) return vectors
  const { side } = first
  const pixels = new Uint8Array(views.length * side * side * 3)
  for (const [i, view] of views.entries()) pixels.set(pictureWithMask(view), i * side * side * 3)
  const features = await network.features(pixels, views.length, side, side, 3)
  for (const [i, view] of views.entries()) {
    vectors.set(features.subarray(i * network.size, (i + 1) * network.size), i * size)
    vectors.set(cellNumbers(view), i * size + network.size)
  }
  return vectors
}
