import * as tf from '@tensorflow/tfjs'
import { type GeneratorInputs } from '../networks/generator.ts'

/** Some samples of a batch, one after another. */
export interface Part {
  readonly first: number
  readonly size: number
}

/** A batch of `count` samples, `size` at a time; the last part may be smaller. */
export function partsOf(count: number, size: number): Part[] {
  const parts: Part[] = []
  for (let first = 0; first < count; first += size) parts.push({ first, size: Math.min(size, count - first) })
  return parts
}

/** [N, …] → [size, …]; the tensor itself where the part is all of it. */
export function rowsOf<T extends tf.Tensor>(x: T, { first, size }: Part): T {
  if (size === x.shape[0]) return x
  const begin = x.shape.map((_, axis) => (axis === 0 ? first : 0))
  return tf.slice(x, begin, [size, ...x.shape.slice(1)])
}

/** What the samples of a part are made from. */
export function inputsOf({ z, labels, mixing, truncation, noise }: GeneratorInputs, part: Part): GeneratorInputs {
  return {
    z: rowsOf(z, part),
    labels: rowsOf(labels, part),
    mixing: mixing && { ...mixing, z2: rowsOf(mixing.z2, part) },
    truncation,
    noise: Object.fromEntries(Object.entries(noise).map(([layer, map]) => [layer, rowsOf(map, part)]))
  }
}

/** Computes each part by itself and forgets what it needed for it: [size, …] of each → [N, …] */
export function partByPart<T extends tf.Tensor>(parts: readonly Part[], compute: (part: Part) => T): T {
  const results = parts.map((part) => tf.tidy(() => compute(part)))
  const [only] = results
  if (only !== undefined && results.length === 1) return only
  const joined = tf.concat(results, 0)
  for (const result of results) result.dispose()
  return joined
}
