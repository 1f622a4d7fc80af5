/** A gray picture of 8 bits. */
export interface GrayPicture {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/** A square part of a picture. */
export interface Part {
  readonly x: number
  readonly y: number
  readonly side: number
}

/** Grays of less spread than this show nothing to be compared. */
const leastSpread = 3

/**
 * Sums over any part of a picture at the price of four look-ups, and with them the picture of a part on a coarse grid:
 * what remains of it when brightness and contrast are taken away.
 */
export class CoarseParts {
  readonly #sums: Float64Array
  readonly #stride: number

  constructor({ pixels, width, height }: GrayPicture) {
    this.#stride = width + 1
    this.#sums = new Float64Array((width + 1) * (height + 1))
    for (let y = 0; y < height; y++) {
      let row = 0
      for (let x = 0; x < width; x++) {
        row += pixels[y * width + x] ?? 0
        this.#sums[(y + 1) * this.#stride + x + 1] = (this.#sums[y * this.#stride + x + 1] ?? 0) + row
      }
    }
  }

  /** `cells` × `cells` numbers of mean 0 and length 1; undefined where there is nothing to be seen. */
  describe({ x, y, side }: Part, cells: number): Float32Array | undefined {
    const means = new Float32Array(cells * cells)
    const at = (i: number) => Math.round((i * side) / cells)
    for (let row = 0; row < cells; row++) {
      for (let column = 0; column < cells; column++) {
        const [left, right, top, bottom] = [x + at(column), x + at(column + 1), y + at(row), y + at(row + 1)]
        means[row * cells + column] = this.#sum(left, top, right, bottom) / ((right - left) * (bottom - top))
      }
    }
    return standardised(means)
  }

  #sum(left: number, top: number, right: number, bottom: number): number {
    const at = (x: number, y: number) => this.#sums[y * this.#stride + x] ?? 0
    return at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top)
  }
}

function standardised(values: Float32Array): Float32Array | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const centred = values.map((value) => value - mean)
  const length = Math.hypot(...centred)
  if (length / Math.sqrt(values.length) < leastSpread) return undefined
  return centred.map((value) => value / length)
}

/** From −1 to 1, of two descriptions on the same grid: 1 for the same picture, whatever its brightness and contrast. */
export function likeness(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

/** A description as it is when the picture is mirrored and turned by quarters: eight in all. */
export function turns(description: Float32Array, cells: number): Float32Array[] {
  const mirrored = moved(description, cells, (x, y) => y * cells + (cells - 1 - x))
  return [description, mirrored].flatMap((first) => {
    const all = [first]
    for (let quarter = 1; quarter < 4; quarter++) {
      all.push(moved(all[quarter - 1] ?? first, cells, (x, y) => (cells - 1 - x) * cells + y))
    }
    return all
  })
}

function moved(values: Float32Array, cells: number, from: (x: number, y: number) => number): Float32Array {
  return Float32Array.from(values, (_, at) => values[from(at % cells, Math.floor(at / cells))] ?? 0)
}
