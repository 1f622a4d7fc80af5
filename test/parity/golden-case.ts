import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { invariant, refuse } from '../../src/shared/errors.ts'
import { type NpyArray, readNpz } from '../../src/main/files/npz.ts'
import { type Module } from '../../src/main/engine/networks/module.ts'
import { type NoiseMaps } from '../../src/main/engine/networks/noise.ts'
import { type TensorMap, writeTensors } from '../../src/main/engine/common/tensor-map.ts'
import { type ParityResult } from './result.ts'

const CaseFile = z.object({
  kind: z.string(),
  config: z.record(z.string(), z.unknown()),
  arrays: z.record(z.string(), z.object({ role: z.string(), rtol: z.number().optional(), atol: z.number().optional() }))
})

interface Worst {
  readonly array: string
  /** Largest difference in units of its tolerance. */
  readonly strain: number
  readonly tolerance: string
}

/** One folder of golden numbers: `case.json` says what it is, `arrays.npz` holds inputs and expected results. */
export class GoldenCase {
  readonly kind: string
  readonly config: z.infer<typeof CaseFile>['config']
  readonly #name: string
  readonly #file: z.infer<typeof CaseFile>
  readonly #arrays: ReadonlyMap<string, NpyArray>
  readonly #unchecked: Set<string>
  readonly #networks: Module[] = []
  #relative = 0
  #absolute = 0
  #worst: Worst = { array: '', strain: 0, tolerance: '' }

  private constructor(folder: string, file: z.infer<typeof CaseFile>, arrays: ReadonlyMap<string, NpyArray>) {
    this.#name = basename(folder)
    this.#file = file
    this.#arrays = arrays
    this.kind = file.kind
    this.config = file.config
    const expected = Object.keys(file.arrays).filter((name) => file.arrays[name]?.role === 'expected')
    // The intermediate features are there for finding faults; a case need not compare them.
    this.#unchecked = new Set(expected.filter((name) => !name.startsWith('dbg.')))
  }

  static async load(folder: string): Promise<GoldenCase> {
    const path = join(folder, 'case.json')
    const parsed = CaseFile.safeParse(JSON.parse(await readFile(path, 'utf8')))
    if (!parsed.success) throw refuse(`${path} does not describe a golden case.`, { file: path })
    const arrays = await readNpz(join(folder, 'arrays.npz'))
    return new GoldenCase(folder, parsed.data, new Map(Object.entries(arrays)))
  }

  has(name: string): boolean {
    return this.#arrays.has(name)
  }

  /** The names of the arrays that begin so, without that beginning. */
  namesUnder(prefix: string): string[] {
    return [...this.#arrays.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  }

  numbers(name: string): ArrayLike<number> {
    return this.#array(name).data
  }

  /** An array as a tensor, or one step of it along its first axis. Integers stay integers. */
  tensor(name: string, step?: number): tf.Tensor {
    const { shape, data, dtype } = this.#array(name)
    const values = dtype.startsWith('i') ? Int32Array.from(data) : Float32Array.from(data)
    if (step === undefined) return tf.tensor(values, [...shape])
    const size = values.length / (shape[0] ?? 1)
    return tf.tensor(values.slice(step * size, (step + 1) * size), shape.slice(1))
  }

  /** `tensor` where the golden README states the rank: one number a sample, a row a sample, or a picture or map. */
  vector(name: string, step?: number): tf.Tensor1D {
    return this.tensor(name, step).as1D()
  }

  matrix(name: string, step?: number): tf.Tensor2D {
    const columns = this.#array(name).shape.at(-1) ?? 1
    const values = this.tensor(name, step)
    return values.as2D(values.size / columns, columns)
  }

  images(name: string): tf.Tensor4D {
    const [samples = 0, height = 0, width = 0, channels = 0] = this.#array(name).shape
    return this.tensor(name).as4D(samples, height, width, channels)
  }

  noise(prefix = 'in.'): NoiseMaps {
    const names = this.namesUnder(`${prefix}noise.`)
    return Object.fromEntries(names.map((name) => [name, this.images(`${prefix}noise.${name}`)]))
  }

  /** Sets all parameters of a network from the arrays that begin with `prefix`; `dispose` disposes of it. */
  fill(network: Module, prefix: string): void {
    const saved: TensorMap = {}
    for (const name of this.namesUnder(prefix)) {
      const { shape, data } = this.#array(prefix + name)
      saved[name] = { shape: [...shape], data: Float32Array.from(data) }
    }
    const { taken } = writeTensors(network.variables(), saved)
    const fresh = [...network.parameters().keys()].filter((name) => !taken.includes(name))
    this.#networks.push(network)
    invariant(fresh.length === 0, `the case ${this.#name} gives every weight (not ${fresh.join(', ')})`)
  }

  /** Compares a result, and disposes of it; an array that the case does not hold is left out. */
  async check(name: string, got: tf.Tensor): Promise<void> {
    const values = await got.data()
    got.dispose()
    if (this.has(name)) this.checkNumbers(name, values)
  }

  checkNumbers(name: string, got: ArrayLike<number>): void {
    const { rtol, atol } = this.#file.arrays[name] ?? {}
    const expected = this.numbers(name)
    invariant(rtol !== undefined && atol !== undefined, `${name} is an expected array with a tolerance`)
    this.#unchecked.delete(name)
    const tolerance = `${rtol} relative + ${atol}`
    if (got.length !== expected.length) this.#note({ array: name, strain: Infinity, tolerance })
    for (let i = 0; i < expected.length; i++) {
      const wanted = expected[i] ?? NaN
      const difference = Math.abs((got[i] ?? NaN) - wanted)
      this.#absolute = largest(this.#absolute, difference)
      if (Math.abs(wanted) > atol) this.#relative = largest(this.#relative, difference / Math.abs(wanted))
      this.#note({
        array: name,
        strain: difference === 0 ? 0 : difference / (atol + rtol * Math.abs(wanted)),
        tolerance
      })
    }
  }

  /** Compares the variables of a network with every expected array that begins with `prefix`. */
  async checkNetwork(network: Module, prefix: string): Promise<void> {
    const variables = network.variables()
    for (const name of this.namesUnder(prefix)) {
      const variable = variables.get(name)
      invariant(variable !== undefined, `the network has ${name}`)
      await this.check(prefix + name, tf.clone(variable))
    }
  }

  result(): ParityResult {
    const [missing] = this.#unchecked
    if (missing !== undefined) this.#note({ array: `${missing} was not compared`, strain: Infinity, tolerance: 'none' })
    const { array, strain, tolerance } = this.#worst
    const name = `${this.#name}: ${array}`
    return { name, relative: this.#relative, absolute: this.#absolute, tolerance, ok: strain <= 1 }
  }

  /** Disposes of the networks that were filled. */
  dispose(): void {
    for (const network of this.#networks) network.dispose()
  }

  #array(name: string): NpyArray {
    const array = this.#arrays.get(name)
    if (array === undefined) throw refuse(`The golden case ${this.#name} holds no array named ${name}.`)
    return array
  }

  #note(candidate: Worst): void {
    const isWorse = Number.isNaN(candidate.strain) || candidate.strain > this.#worst.strain || this.#worst.array === ''
    if (isWorse && !Number.isNaN(this.#worst.strain)) this.#worst = candidate
  }
}

/** NaN, which nothing deviates more than, stays. */
function largest(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b)
}
