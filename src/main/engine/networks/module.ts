import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { ParameterVector } from './parameter-vector.ts'

/**
 * A part of a network. It finds its weights by walking its own fields, so that the path of fields is the name of the
 * weight: `synthesis.b8.conv0.weight`. Names of fields are written in snake case, and a field that holds a Map of
 * modules adds the keys of the Map instead of its own name.
 */
export abstract class Module {
  #vector: ParameterVector | undefined

  /** What the optimiser changes, in the order of the fields. */
  parameters(): Map<string, tf.Variable> {
    return new Map([...this.variables()].filter(([, variable]) => variable.trainable))
  }

  /** Parameters, and running means that are saved with them but not trained. */
  variables(): Map<string, tf.Variable> {
    return new Map(variablesOf(this))
  }

  /** The parameters as one vector, which lives as long as the network. */
  get vector(): ParameterVector {
    return (this.#vector ??= new ParameterVector(this.parameters()))
  }

  countParameters(): number {
    return [...this.parameters().values()].reduce((total, parameter) => total + parameter.size, 0)
  }

  /** Copies every variable of a network of the same shape. */
  copyFrom(other: Module): void {
    const source = other.variables()
    for (const [name, variable] of this.variables()) {
      const value = source.get(name)
      invariant(value !== undefined, `both networks have ${name}`)
      tf.tidy(() => variable.assign(tf.clone(value)))
    }
  }

  dispose(): void {
    this.#vector?.dispose()
    for (const variable of this.variables().values()) variable.dispose()
  }
}

function* variablesOf(module: Module, prefix = ''): Generator<[string, tf.Variable]> {
  for (const [field, value] of Object.entries(module) as [string, unknown][]) {
    const name = prefix + field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (value instanceof tf.Variable) yield [name, value]
    else if (value instanceof Module) yield* variablesOf(value, `${name}.`)
    else if (value instanceof Map) yield* variablesOfMap(value, prefix)
  }
}

function* variablesOfMap(modules: Map<unknown, unknown>, prefix: string): Generator<[string, tf.Variable]> {
  for (const [key, value] of modules) if (value instanceof Module) yield* variablesOf(value, `${prefix}${String(key)}.`)
}

/** A trained tensor that starts with independent normal values of the given standard deviation. */
export function normalParameter<R extends tf.Rank>(
  random: RandomStream,
  shape: tf.ShapeMap[R],
  deviation = 1
): tf.Variable<R> {
  const values = random.normals(tf.util.sizeFromShape(shape))
  if (deviation !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * deviation
  return variableOf(tf.tensor(values, shape))
}

/** A trained tensor that starts with one value everywhere. */
export function constantParameter<R extends tf.Rank>(shape: tf.ShapeMap[R], value: number): tf.Variable<R> {
  return variableOf(tf.fill(shape, value))
}

/** A tensor that is kept with the weights but not trained. */
export function untrained<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Variable<R> {
  return variableOf(tf.zeros(shape), false)
}

function variableOf<R extends tf.Rank>(initial: tf.Tensor<R>, trainable = true): tf.Variable<R> {
  const variable = tf.variable(initial, trainable)
  initial.dispose()
  return variable
}
