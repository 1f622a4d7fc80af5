import { get, increase, integer, loadRepeated, plus, set, times, type Code } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'
import { Tile } from './tile.ts'

/** Steps along k that are written out one after another. */
const stepsAtOnce = 4

/**
 * c[i, j] += Σ a[i, k]·b[k, j]: a product of matrices whose rows may lie apart or, in a, overlap, in tiles of `rows` rows i
 * and 4·`vectors` numbers j.
 *
 * Arguments: addresses of a, b and c; a quarter of how many k there are; the bytes from one row to the next in a, b and c; how
 * many tiles there are along i and along j. No count is zero.
 */
export function rowProducts(rows: number, vectors: number): KernelCode {
  const writer = new KernelWriter()
  const [a, b, c] = [writer.argument(), writer.argument(), writer.argument()]
  const steps = writer.argument()
  const [rowBytesA, rowBytesB, rowBytesC] = [writer.argument(), writer.argument(), writer.argument()]
  const [tilesA, tilesB] = [writer.argument(), writer.argument()]
  const tile = new Tile(writer, rows, vectors)
  const rowsOfA = Array.from({ length: rows }, () => writer.integer())
  const [counterA, counterB, counter] = [writer.integer(), writer.integer(), writer.integer()]
  const [tileB, tileC, atB] = [writer.integer(), writer.integer(), writer.integer()]

  const startOf = (row: number) => (row === 0 ? get(a) : plus(get(rowsOfA[row - 1] ?? a), get(rowBytesA)))
  const numberOf = (step: number) => (row: number) => loadRepeated(get(rowsOfA[row] ?? a), 4 * step)
  const someSteps: Code = [
    Array.from({ length: stepsAtOnce }, (_, step) => [
      tile.addProducts(numberOf(step), atB),
      increase(atB, get(rowBytesB))
    ]),
    rowsOfA.map((row) => increase(row, integer(4 * stepsAtOnce)))
  ]
  const alongB: Code = [
    tile.load(tileC, rowBytesC),
    rowsOfA.map((row, i) => set(row, startOf(i))),
    set(atB, get(tileB)),
    times(counter, get(steps), someSteps),
    tile.store(tileC, rowBytesC),
    [tileB, tileC].map((address) => increase(address, integer(16 * vectors)))
  ]
  const alongA: Code = [
    [set(tileB, get(b)), set(tileC, get(c)), times(counterB, get(tilesB), alongB)],
    Array.from({ length: rows }, () => [increase(a, get(rowBytesA)), increase(c, get(rowBytesC))])
  ]
  return writer.finish(rowProductsName(rows, vectors), times(counterA, get(tilesA), alongA))
}

export function rowProductsName(rows: number, vectors: number): string {
  return `rowProducts${String(rows)}x${String(vectors)}`
}
