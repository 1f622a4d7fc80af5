import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'

/**
 * The parameters of a network as one long vector. What is done to every weight alike (Adam, averaging) then takes a
 * dozen operations for the network instead of a dozen for each of its hundred tensors.
 */
export class ParameterVector {
  readonly names: readonly string[]
  readonly #variables: readonly tf.Variable[]
  readonly #sizes: readonly number[]
  /** The last vector, and what each variable held then: it is right as long as they hold it still. */
  #latest: { readonly vector: tf.Tensor1D; readonly held: readonly object[] } | undefined

  constructor(parameters: ReadonlyMap<string, tf.Variable>) {
    this.names = [...parameters.keys()]
    this.#variables = [...parameters.values()]
    this.#sizes = this.#variables.map(({ size }) => size)
  }

  get size(): number {
    return this.#sizes.reduce((total, size) => total + size, 0)
  }

  get variables(): readonly tf.Variable[] {
    return this.#variables
  }

  /** The present values [size]; they stay this object's. */
  values(): tf.Tensor1D {
    const isCurrent = this.#latest?.held.every((data, i) => data === this.#variables[i]?.dataId) ?? false
    if (this.#latest && isCurrent) return this.#latest.vector
    return this.#keep(flatten(this.#variables))
  }

  dispose(): void {
    this.#latest?.vector.dispose()
  }

  /** Tensors by name, laid out in the order of the parameters [size]; a name that is absent counts as 0. */
  gather(tensors: ReadonlyMap<string, tf.Tensor>): tf.Tensor1D {
    return flatten(this.names.map((name, i) => tensors.get(name) ?? tf.zeros([this.#sizes[i] ?? 0])))
  }

  /** The parts of a vector [size], with the names and shapes of the parameters. The caller owns them. */
  scatter(vector: tf.Tensor1D): Map<string, tf.Tensor> {
    const parts = tf.tidy(() => this.#split(vector))
    return new Map(this.names.map((name, i) => [name, part(parts, i)]))
  }

  /** Sets every parameter from a vector [size]. */
  assign(vector: tf.Tensor1D): void {
    tf.tidy(() => {
      const parts = this.#split(vector)
      for (const [i, variable] of this.#variables.entries()) variable.assign(part(parts, i))
    })
    this.#keep(tf.clone(vector))
  }

  #keep(vector: tf.Tensor1D): tf.Tensor1D {
    this.#latest?.vector.dispose()
    this.#latest = { vector: tf.keep(vector), held: this.#variables.map(({ dataId }) => dataId) }
    return vector
  }

  #split(vector: tf.Tensor1D): tf.Tensor[] {
    const parts = tf.split(vector, [...this.#sizes])
    return this.#variables.map(({ shape }, i) =>
      shape.length === 1 ? part(parts, i) : tf.reshape(part(parts, i), shape)
    )
  }
}

function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() =>
    tf.concat1d(
      tensors.map((tensor) => (tensor.rank === 1 ? tensor : tf.reshape(tensor, [tensor.size])) as tf.Tensor1D)
    )
  )
}

function part(parts: readonly tf.Tensor[], i: number): tf.Tensor {
  const found = parts[i]
  invariant(found !== undefined, 'a vector has a part for each parameter')
  return found
}
