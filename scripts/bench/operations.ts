import * as tf from '@tensorflow/tfjs'
import { chooseBackend, type Backend, type BackendRequest } from '../../src/main/backends/backend.ts'
import { type KernelCall, replaceKernel } from '../../src/main/backends/kernel-registry.ts'
import { nativePackFor } from '../native-pack.ts'
import { finish } from './finish.ts'
import { iterateOnce } from './gan-step.ts'
import { type BenchResult } from './result.ts'

type Call = KernelCall<string, Record<string, unknown>, unknown>

/** What one kind of operation takes in one iteration. */
interface Total {
  calls: number
  seconds: number
  /** 10⁹ multiplications and additions; counted for convolutions and matrix products alone. */
  gflop: number
}

const rounds = 5

/**
 * Where the time of a training iteration with both regularisers goes: seconds of each kind of operation, and for
 * convolutions and matrix products GFLOP/s, to compare with the first line: a product of large matrices, the most that
 * this machine does. Each operation is waited for, so that together they take longer than an iteration.
 */
export async function benchOperations(profile = 'p64', engine: BackendRequest = 'auto'): Promise<BenchResult[]> {
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const peak = largeProduct()
  await iterateOnce(profile) // builds caches
  const seen = Array.from({ length: rounds }, () => new Map<string, Total>())
  for (const totals of seen) {
    const restore = timeKernels(totals)
    await iterateOnce(profile)
    restore()
  }
  const kernels = [...(seen[0]?.keys() ?? [])]
  const results = kernels.map((kernel) => {
    const ofRounds = seen.map((totals) => totals.get(kernel)).filter((total) => total !== undefined)
    return resultOf(backend, kernel, ofRounds)
  })
  return [
    resultOf(backend, 'product of matrices 2048²', peak),
    ...results.toSorted((a, b) => b.seconds.median - a.seconds.median)
  ]
}

function resultOf({ name: engine, threads }: Backend, kernel: string, rounds: Total[]): BenchResult {
  const times = rounds.map(({ seconds }) => seconds).toSorted((a, b) => a - b)
  const median = times[times.length >> 1] ?? NaN
  const { calls, gflop } = rounds[0] ?? { calls: 0, gflop: 0 }
  const [unit, count] = gflop > 0 ? ['GFLOP', gflop] : ['calls', calls]
  const name = calls === 1 ? kernel : `${kernel} (${calls} calls)`
  return { name, engine, threads, seconds: { min: times[0] ?? NaN, median }, unit, perSecond: count / median }
}

/** Adds up the time of every kernel until the returned function is called. A kernel made of others counts as itself. */
function timeKernels(totals: Map<string, Total>): () => void {
  const name = tf.getBackend()
  let isInside = false
  const known = tf.getKernelsForBackend(name)
  for (const { kernelName, kernelFunc } of known) {
    replaceKernel(kernelName, name, (call: Call) => {
      if (isInside) return kernelFunc(call as never)
      isInside = true
      const start = performance.now()
      const result = kernelFunc(call as never)
      const [first] = [result].flat()
      if (first !== undefined && kernelName !== 'Identity') finish(first) // an identity computes nothing
      const seconds = (performance.now() - start) / 1000
      isInside = false
      const total = totals.get(kernelName) ?? { calls: 0, seconds: 0, gflop: 0 }
      total.calls++
      total.seconds += seconds
      total.gflop += (operationCounts[kernelName]?.(call, first?.shape ?? []) ?? 0) / 1e9
      totals.set(kernelName, total)
      return result
    })
  }
  return () => {
    for (const { kernelName, kernelFunc } of known) replaceKernel(kernelName, name, (c: Call) => kernelFunc(c as never))
  }
}

/** Multiplications and additions of the kernels that are worth comparing with the machine, by their shapes. */
const operationCounts: Record<string, (call: Call, result: Shape) => number> = {
  Conv2D: ({ inputs }, result) => productsOf(result, inputs['filter']?.shape),
  Conv2DBackpropInput: ({ inputs }) => productsOf(inputs['dy']?.shape, inputs['filter']?.shape),
  Conv2DBackpropFilter: ({ inputs, attrs }) => productsOf(inputs['dy']?.shape, attrs['filterShape'] as Shape), // as tfjs names it
  BatchMatMul: ({ inputs, attrs }, result) => {
    const shared = inputs['a']?.shape.at(attrs['transposeA'] === true ? -2 : -1) ?? 0
    return 2 * shared * tf.util.sizeFromShape([...result])
  }
}

type Shape = readonly number[]

/** Each value of the output is a sum over the filter's height, width and input channels. */
function productsOf(output: Shape = [0], [height = 0, width = 0, inputs = 0]: Shape = []): number {
  return 2 * tf.util.sizeFromShape([...output]) * height * width * inputs
}

/** The best of ten products of two matrices of 2048×2048. */
function largeProduct(): Total[] {
  const side = 2048
  const a = tf.randomNormal<tf.Rank.R2>([side, side], 0, 1, 'float32', 1)
  const times = Array.from({ length: 10 }, () => {
    const start = performance.now()
    const product = tf.matMul(a, a)
    finish(product)
    product.dispose()
    return { calls: 1, seconds: (performance.now() - start) / 1000, gflop: (2 * side ** 3) / 1e9 }
  })
  a.dispose()
  return times
}
