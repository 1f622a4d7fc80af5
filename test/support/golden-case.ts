import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../src/shared/errors.ts'
import { type NpyArray, type NpyData, readNpz } from '../../src/main/files/npz.ts'
import { goldenPath } from './shared-data.ts'

/** The arrays of one engine case of the golden numbers. */
export class GoldenCase {
  readonly #arrays: Record<string, NpyArray>

  private constructor(arrays: Record<string, NpyArray>) {
    this.#arrays = arrays
  }

  static async read(name: string): Promise<GoldenCase> {
    return new GoldenCase(await readNpz(goldenPath('gan', name, 'arrays.npz')))
  }

  array(name: string): NpyArray {
    const array = this.#arrays[name]
    invariant(array !== undefined, `the case holds ${name}`)
    return array
  }

  data(name: string): NpyData {
    return this.array(name).data
  }

  floats(name: string): Float32Array {
    return Float32Array.from(this.data(name))
  }

  integers(name: string): Int32Array {
    return Int32Array.from(this.data(name))
  }

  /** The caller disposes it. */
  tensor<R extends tf.Rank>(name: string): tf.Tensor<R> {
    const { shape, data } = this.array(name)
    return tf.tensor<R>(Float32Array.from(data), [...shape] as tf.ShapeMap[R]) // the caller knows the rank
  }
}

/** How far |got − expected| exceeds absolute + relative·|expected| at worst; at most 0 when all are within. */
export function worstExcess(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: { relative: number; absolute: number }
): number {
  invariant(got.length === expected.length, 'as many numbers as expected')
  let worst = -Infinity
  for (let i = 0; i < expected.length; i++) {
    const target = expected[i] ?? NaN
    const excess = Math.abs((got[i] ?? NaN) - target) - (absolute + relative * Math.abs(target))
    worst = Number.isNaN(excess) ? Infinity : Math.max(worst, excess)
  }
  return worst
}
