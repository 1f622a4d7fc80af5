import {
  add,
  get,
  increase,
  integer,
  load,
  loadRepeated,
  multiply,
  set,
  store,
  times,
  type Code,
  type Local
} from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/** Rows of a tile: numbers of a pixel of a that meet those of b at once. */
export const tileRows = 4
/** Vectors of four in a row of a tile. All sums of a tile of this size stay in the processor's sixteen registers. */
export const tileVectors = 2

/**
 * c[i, j] += Σ a[image, row, column, i]·b[image, row, column, j]: products of pixels of two images, which may each step
 * over some, in tiles of `rows` numbers i and 4·`vectors` numbers j.
 *
 * Arguments: addresses of a, b and c; for columns, for rows and for images how many there are and the bytes from one to the
 * next in a and in b; how many tiles there are along i and along j; the bytes from one row of c to the next. No count is zero.
 */
export function outerProducts(rows: number, vectors: number): KernelCode {
  const writer = new KernelWriter()
  const [a, b, c] = [writer.argument(), writer.argument(), writer.argument()]
  const axes = Array.from({ length: 3 }, () => ({
    count: writer.argument(),
    stepA: writer.argument(),
    stepB: writer.argument()
  }))
  const [tilesA, tilesB] = [writer.argument(), writer.argument()]
  const rowBytes = writer.argument()
  const tile = new Tile(writer, rows, vectors)

  /** The products of all pixels from a and b on; moves both. */
  const overPixels = axes.reduce<Pixels>(
    (inner, { count, stepA, stepB }, axis) => {
      const [counter, startA, startB] = [writer.integer(), writer.integer(), writer.integer()]
      return (atA, atB) =>
        times(counter, get(count), [
          axis === 0 ? inner(atA, atB) : [set(startA, get(atA)), set(startB, get(atB)), inner(startA, startB)],
          [increase(atA, get(stepA)), increase(atB, get(stepB))]
        ])
    },
    (atA, atB) => tile.addProducts(atA, atB)
  )

  const [counterA, counterB] = [writer.integer(), writer.integer()]
  const [tileB, tileC, atA, atB] = [writer.integer(), writer.integer(), writer.integer(), writer.integer()]
  const alongB: Code = [
    tile.load(tileC, rowBytes),
    [set(atA, get(a)), set(atB, get(tileB)), overPixels(atA, atB)],
    tile.store(tileC, rowBytes),
    [tileB, tileC].map((address) => increase(address, integer(16 * vectors)))
  ]
  const alongA: Code = [
    [set(tileB, get(b)), set(tileC, get(c)), times(counterB, get(tilesB), alongB)],
    increase(a, integer(4 * rows)),
    Array.from({ length: rows }, () => increase(c, get(rowBytes)))
  ]
  return writer.finish(outerProductsName(rows, vectors), times(counterA, get(tilesA), alongA))
}

export function outerProductsName(rows: number, vectors: number): string {
  return `outerProducts${String(rows)}x${String(vectors)}`
}

type Pixels = (atA: Local, atB: Local) => Code

/** Sums that are kept in variables: rows of vectors. */
class Tile {
  readonly #sums: Local[][]
  readonly #numberOfA: Local
  readonly #numbersOfB: Local[]
  readonly #row: Local

  constructor(writer: KernelWriter, rows: number, vectors: number) {
    const vectorsOf = () => Array.from({ length: vectors }, () => writer.vector())
    this.#sums = Array.from({ length: rows }, vectorsOf)
    this.#numbersOfB = vectorsOf()
    this.#numberOfA = writer.vector()
    this.#row = writer.integer()
  }

  load(from: Local, rowBytes: Local): Code {
    return this.#forEachRow(from, rowBytes, (sum, offset) => set(sum, load(get(this.#row), offset)))
  }

  store(to: Local, rowBytes: Local): Code {
    return this.#forEachRow(to, rowBytes, (sum, offset) => store(get(this.#row), get(sum), offset))
  }

  /** The products of one pixel. */
  addProducts(atA: Local, atB: Local): Code {
    return [
      this.#numbersOfB.map((numbers, j) => set(numbers, load(get(atB), 16 * j))),
      this.#sums.map((row, i) => [
        set(this.#numberOfA, loadRepeated(get(atA), 4 * i)),
        this.#numbersOfB.map((numbers, j) => {
          const product = multiply(get(this.#numberOfA), get(numbers))
          return row.slice(j, j + 1).map((sum) => set(sum, add(get(sum), product)))
        })
      ])
    ]
  }

  #forEachRow(start: Local, rowBytes: Local, work: (sum: Local, offset: number) => Code): Code {
    return [
      set(this.#row, get(start)),
      this.#sums.map((row) => [row.map((sum, j) => work(sum, 16 * j)), increase(this.#row, get(rowBytes))])
    ]
  }
}
