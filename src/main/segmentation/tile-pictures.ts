import { type NetworkOutput } from './decode-flows.ts'
import { taper, type Tile, tilesOf } from './tiles.ts'

interface Gray {
  /** Normalised, row-major. */
  readonly image: Float32Array
  readonly width: number
  readonly height: number
}

/** Of a tile's side, in pixels, as Cellpose has it. */
const tileSide = 224

/**
 * Half of this is the least width of the zeros on each side of a picture, in pixels (Cellpose's `get_pad_yx`). Networks
 * learn from crops, whose border cuts cells that go on beyond it: by the zeros they tell the end of a picture from that.
 */
const leastStep = 16

/** A picture with zeros around it, in tiles of one size that a network takes. */
export class TiledPicture {
  readonly tiles: readonly Tile[]
  readonly tileWidth: number
  readonly tileHeight: number
  readonly #picture: Gray
  readonly #left: number
  readonly #top: number
  readonly #width: number
  readonly #height: number
  readonly #sums: Float32Array
  readonly #weights: Float32Array
  readonly #taper: Float32Array

  /** @param divisor the sides of a tile are multiples of this; a power of two that divides 224 */
  constructor(picture: Gray, divisor: number) {
    const step = Math.max(leastStep, divisor)
    const padded = (size: number): number => Math.ceil(size / step) * step + step
    this.#picture = picture
    this.#width = padded(picture.width)
    this.#height = padded(picture.height)
    this.#left = Math.floor((this.#width - picture.width) / 2)
    this.#top = Math.floor((this.#height - picture.height) / 2)
    this.tiles = tilesOf(this.#width, this.#height, tileSide)
    this.tileWidth = Math.min(tileSide, this.#width)
    this.tileHeight = Math.min(tileSide, this.#height)
    this.#sums = new Float32Array(3 * this.#width * this.#height)
    this.#weights = new Float32Array(this.#width * this.#height)
    this.#taper = taper(this.tileWidth, this.tileHeight)
  }

  /** The pixels of a tile, written to `into` from `start`. */
  cut({ x, y, width, height }: Tile, into: Float32Array, start: number): void {
    const { image, width: columns, height: rows } = this.#picture
    for (let row = 0; row < height; row++) {
      const sourceRow = y + row - this.#top
      if (sourceRow < 0 || sourceRow >= rows) continue
      const from = Math.max(0, x - this.#left)
      const to = Math.min(columns, x + width - this.#left)
      const line = image.subarray(sourceRow * columns + from, sourceRow * columns + to)
      into.set(line, start + row * width + from + this.#left - x)
    }
  }

  /** Takes in what the network said of a tile: from `start`, flow along y, along x and logit side by side. */
  add({ x, y, width, height }: Tile, output: Float32Array, start: number): void {
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) {
        const place = (y + row) * this.#width + x + column
        const weight = this.#taper[i] ?? 0
        this.#weights[place] = (this.#weights[place] ?? 0) + weight
        for (let map = 0; map < 3; map++) {
          const value = output[start + 3 * i + map] ?? 0
          this.#sums[3 * place + map] = (this.#sums[3 * place + map] ?? 0) + weight * value
        }
      }
    }
  }

  /** All tiles, each counted by its taper. */
  blended(): NetworkOutput {
    const { width, height } = this.#picture
    const maps = [0, 1, 2].map((map) => {
      const values = new Float32Array(width * height)
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const place = (y + this.#top) * this.#width + x + this.#left
          values[i] = (this.#sums[3 * place + map] ?? 0) / (this.#weights[place] ?? 1)
        }
      }
      return values
    })
    const [flowY = new Float32Array(), flowX = new Float32Array(), logit = new Float32Array()] = maps
    return { flowY, flowX, logit, width, height }
  }
}
