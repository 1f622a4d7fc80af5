import { get, increase, load, pick, set, store, times, vectorBytes, type Code, type Local } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/**
 * y[j, i] = x[i, j], four by four numbers at a time.
 *
 * Arguments: addresses of x and y; a quarter of the rows of x and of its columns, neither zero; the bytes of a row of x and
 * of a row of y.
 */
export function transpose(): KernelCode {
  const writer = new KernelWriter()
  const [x, y] = [writer.argument(), writer.argument()]
  const [rows, columns] = [writer.argument(), writer.argument()]
  const [bytesOfX, bytesOfY] = [writer.argument(), writer.argument()]
  const [row, column] = [writer.integer(), writer.integer()]
  const [tileX, atX, atY] = [writer.integer(), writer.integer(), writer.integer()]
  const [a, b, c, d] = [writer.vector(), writer.vector(), writer.vector(), writer.vector()]

  const tile: Code = [
    set(atX, get(tileX)),
    [a, b, c, d].map((line) => [set(line, load(get(atX))), increase(atX, get(bytesOfX))]),
    turned(a, b, c, d).map((line) => [store(get(atY), line), increase(atY, get(bytesOfY))])
  ]
  const fourRows: Code = [
    [set(tileX, get(x)), set(atY, get(y))],
    times(column, get(columns), [tile, increase(tileX, vectorBytes)]),
    Array.from({ length: 4 }, () => increase(x, get(bytesOfX))),
    increase(y, vectorBytes)
  ]
  return writer.finish('transpose', times(row, get(rows), fourRows))
}

/** The columns of four lines of four. */
function turned(a: Local, b: Local, c: Local, d: Local): Code[] {
  const pairs = (first: Local, second: Local) => ({
    front: pick(get(first), get(second), [0, 4, 1, 5]),
    back: pick(get(first), get(second), [2, 6, 3, 7])
  })
  const [ab, cd] = [pairs(a, b), pairs(c, d)]
  return [
    pick(ab.front, cd.front, [0, 1, 4, 5]),
    pick(ab.front, cd.front, [2, 3, 6, 7]),
    pick(ab.back, cd.back, [0, 1, 4, 5]),
    pick(ab.back, cd.back, [2, 3, 6, 7])
  ]
}
