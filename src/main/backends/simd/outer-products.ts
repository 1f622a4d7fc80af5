import { get, increase, integer, loadRepeated, set, times, type Code, type Local } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'
import { Tile } from './tile.ts'

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
    (atA, atB) => tile.addProducts((i) => loadRepeated(get(atA), 4 * i), atB)
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
