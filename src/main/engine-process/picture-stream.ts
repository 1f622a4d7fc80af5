import { type PictureNetwork } from '../engine/networks/picture-network.ts'

/** Pictures of one size that are read or made when they are needed: all together they may not fit into memory. */
export interface PictureStream {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Index of each picture's class, [N]. */
  readonly classes: Int32Array
  /** Some of them: [to − from, height, width, channels], 0…255. */
  readonly pixels: (from: number, to: number) => Promise<Uint8Array>
  /** The cells of the same: each pixel's number within its picture, 0 for background; absent where there are no masks. */
  readonly cells?: ((from: number, to: number) => Promise<Uint32Array>) | undefined
}

/** What is heard after each part of a longer work: where it is, and a chance to break it off by throwing. */
export type AfterPart = (done: number, total: number) => Promise<void>

/** Pictures at a time: a multiple of what each network takes at once, so that parts give the same bits as the whole. */
const partSize = 16

/** Goes through a stream part by part. */
export async function forEachPart(
  stream: PictureStream,
  take: (pixels: Uint8Array, from: number, to: number) => Promise<void> | void,
  afterPart?: AfterPart
): Promise<void> {
  const count = stream.classes.length
  for (let from = 0; from < count; from += partSize) {
    const to = Math.min(from + partSize, count)
    await take(await stream.pixels(from, to), from, to)
    await afterPart?.(to, count)
  }
}

/** The feature vectors of all pictures, [N, size of a vector]. */
export async function featuresOf(
  network: PictureNetwork,
  stream: PictureStream,
  afterPart?: AfterPart
): Promise<Float32Array> {
  const { height, width, channels, classes } = stream
  const features = new Float32Array(classes.length * network.size)
  const take = async (pixels: Uint8Array, from: number, to: number) => {
    features.set(await network.features(pixels, to - from, height, width, channels), from * network.size)
  }
  await forEachPart(stream, take, afterPart)
  return features
}
