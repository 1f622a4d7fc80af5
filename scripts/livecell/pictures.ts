import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { forEachRun } from '../../src/main/masks/rle.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { imageHeight, imageWidth, type Outline } from './outlines.ts'

const background = 128
/** Gray values that a cell is darker within, and its edge brighter. */
const [inside, edge] = [10, 26]
/** Standard deviation of the noise, in gray values. */
const noise = 6

/** Draws pictures that look like phase contrast from far: gray noise, dark cells with bright rims. */
export class PictureDrawer {
  readonly #noise: Int8Array
  readonly #random: RandomStream

  /** @param seed of the noise; each picture takes its own part of it */
  constructor(seed: number) {
    const random = new RandomStream(seed, 'noise')
    this.#noise = Int8Array.from({ length: 2 * imageWidth * imageHeight }, () => noise * random.normal())
    this.#random = new RandomStream(seed, 'pictures')
  }

  /** Row by row, 8 bits. */
  draw(outlines: readonly Outline[]): Uint8Array {
    const pixels = new Uint8Array(imageWidth * imageHeight)
    const from = this.#random.integer(pixels.length)
    for (let i = 0; i < pixels.length; i++) pixels[i] = background + (this.#noise[from + i] ?? 0)
    for (const outline of outlines) drawCell(pixels, outline)
    return pixels
  }
}

function drawCell(pixels: Uint8Array, outline: Outline): void {
  forEachRun(rasterizeRings([outline], imageHeight, imageWidth), (x, top, bottom) => {
    for (let y = top; y < bottom; y++) {
      const isEdge = y === top || y === bottom - 1
      const at = y * imageWidth + x
      pixels[at] = Math.min(255, Math.max(0, (pixels[at] ?? 0) + (isEdge ? edge : -inside)))
    }
  })
}
