import { outputOf } from '../engine/segmentation-output.ts'
import { type FlowNet } from '../engine/networks/flow-network.ts'
import { type NetworkOutput } from '../segmentation/decode-flows.ts'
import { normalisePercentiles } from '../segmentation/normalise.ts'
import { TiledPicture } from '../segmentation/tile-pictures.ts'

/** Tiles at a time. */
const tilesAtOnce = 4

/** What the network says of a picture of any size (docs/method.md §12.5). @param gray brightness in any unit, row-major */
export function predictPicture(
  network: FlowNet,
  gray: Float32Array,
  width: number,
  height: number
): Promise<NetworkOutput> {
  return predictNormalised(network, normalisePercentiles(gray), width, height)
}

/** The same of a picture that is normalised already. */
export async function predictNormalised(
  network: FlowNet,
  image: Float32Array,
  width: number,
  height: number
): Promise<NetworkOutput> {
  const tiled = new TiledPicture({ image, width, height }, network.divisor)
  const { tileWidth, tileHeight, tiles } = tiled
  const size = tileWidth * tileHeight
  for (let first = 0; first < tiles.length; first += tilesAtOnce) {
    const part = tiles.slice(first, first + tilesAtOnce)
    const pixels = new Float32Array(part.length * size)
    for (const [i, tile] of part.entries()) tiled.cut(tile, pixels, i * size)
    const output = await outputOf(network, { count: part.length, width: tileWidth, height: tileHeight, pixels })
    for (const [i, tile] of part.entries()) tiled.add(tile, output, 3 * i * size)
  }
  return tiled.blended()
}
