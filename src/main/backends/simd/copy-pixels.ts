import { get, increase, load, set, store, times, vectorBytes, type Code } from './code.ts'
import { KernelWriter, type KernelCode } from './module.ts'

/**
 * Copies pixels that lie side by side to places further apart.
 *
 * Arguments: addresses of source and target; how many vectors of four a pixel has, how many columns and rows, none of them
 * zero; the bytes from one column and one row of the target to the next.
 */
export function copyPixels(): KernelCode {
  const writer = new KernelWriter()
  const [source, target] = [writer.argument(), writer.argument()]
  const [vectors, columns, rows] = [writer.argument(), writer.argument(), writer.argument()]
  const [columnBytes, rowBytes] = [writer.argument(), writer.argument()]
  const [vector, column, row] = [writer.integer(), writer.integer(), writer.integer()]
  const [atColumn, at] = [writer.integer(), writer.integer()]

  const eachVector: Code = [
    store(get(at), load(get(source))),
    [source, at].map((address) => increase(address, vectorBytes))
  ]
  const eachColumn: Code = [
    [set(at, get(atColumn)), times(vector, get(vectors), eachVector)],
    increase(atColumn, get(columnBytes))
  ]
  const eachRow: Code = [
    [set(atColumn, get(target)), times(column, get(columns), eachColumn)],
    increase(target, get(rowBytes))
  ]
  return writer.finish('copyPixels', times(row, get(rows), eachRow))
}
