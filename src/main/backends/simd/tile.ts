import { add, get, increase, load, multiply, set, store, type Code, type Local } from './code.ts'
import { type KernelWriter } from './module.ts'

/** Rows of a tile of sums. */
export const tileRows = 4
/** Vectors of four in a row of a tile. All sums of a tile of this size stay in the processor's sixteen registers. */
export const tileVectors = 2

/** Cuts a length into as many tiles as fit and a smaller one: the size of a tile, where they begin, how many there are. */
export function tilings(length: number, size: number): [size: number, first: number, count: number][] {
  const count = Math.floor(length / size)
  const rest = length - count * size
  const whole: [number, number, number][] = count > 0 ? [[size, 0, count]] : []
  return rest > 0 ? [...whole, [rest, count * size, 1]] : whole
}

/** Sums that are kept in variables: rows of vectors. */
export class Tile {
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

  /** Adds a row of vectors at `atB` to each row of sums, as many times as `numberOf` says for that row. */
  addProducts(numberOf: (row: number) => Code, atB: Local): Code {
    return [
      this.#numbersOfB.map((numbers, j) => set(numbers, load(get(atB), 16 * j))),
      this.#sums.map((row, i) => [
        set(this.#numberOfA, numberOf(i)),
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
