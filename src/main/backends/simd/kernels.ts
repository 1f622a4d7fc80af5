import { invariant } from '../../../shared/errors.ts'
import { activate, passGate } from './activation.ts'
import { callAll } from './calls.ts'
import { copyPixels } from './copy-pixels.ts'
import { mixRows } from './mix-rows.ts'
import { outerProducts } from './outer-products.ts'
import { tileRows, tileVectors } from './tile.ts'
import { transpose } from './transpose.ts'

/** All kernels. A call names one by its index here. */
export const kernels = [
  callAll(),
  ...range(tileRows).flatMap((rows) => range(tileVectors).map((vectors) => outerProducts(rows, vectors))),
  copyPixels(),
  transpose(),
  mixRows(),
  activate(),
  passGate()
]

const places = new Map(kernels.map(({ name }, i) => [name, i]))

export function kernelIndex(name: string): number {
  const index = places.get(name)
  invariant(index !== undefined, `there is a kernel ${name}`)
  return index
}

/** 1 … last */
function range(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1)
}
