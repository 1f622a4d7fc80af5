import * as tf from '@tensorflow/tfjs'
import { chooseBackend, type Backend, type BackendRequest } from '../../src/main/backends/backend.ts'
import { replaceKernel, type KernelCall } from '../../src/main/backends/kernel-registry.ts'
import { measure } from './convolution.ts'
import { iterateOnce } from './gan-step.ts'
import { nativePackFor } from '../native-pack.ts'
import { type BenchResult } from './result.ts'

type Shape = [number, number, number, number]

/** A convolution as the networks of a profile have it. */
interface Convolution {
  readonly x: Shape
  readonly filter: Shape
  readonly y: Shape
  readonly attributes: tf.NamedAttrMap
}

/**
 * GFLOP/s of every convolution that a training iteration of the profile makes: forward, and both of its gradients.
 * Multiplications and additions count one each.
 */
export async function benchNetworkConvolutions(
  profile: string,
  engine: BackendRequest = 'auto'
): Promise<BenchResult[]> {
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const calls = await countConvolutions(() => iterateOnce(profile))
  const different = new Map(calls.map((call) => [nameOf(call), call]))
  const sorted = [...different.values()].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }))
  return sorted.flatMap((convolution) => benchConvolution(backend, convolution))
}

/** A convolution, or a gradient of one, and how often it happened. */
interface CountedConvolution extends Convolution {
  readonly kind: 'forward' | 'input' | 'filter'
  readonly count: number
}

/** The convolutions that happen meanwhile, and their gradients by images and by filters. */
export async function countConvolutions(work: () => Promise<void>): Promise<CountedConvolution[]> {
  const found = new Map<string, CountedConvolution>()
  let inside = false // one kernel may be made of another
  const record = (
    kernel: string,
    describe: (call: Call, result: Shape) => Omit<CountedConvolution, 'attributes' | 'count'>
  ) => {
    const { kernelFunc } = tf.getKernel(kernel, tf.getBackend())
    replaceKernel(kernel, tf.getBackend(), (call: Call) => {
      if (inside) return kernelFunc(call as never)
      inside = true
      const result = kernelFunc(call as never) as tf.TensorInfo // convolutions return one tensor
      inside = false
      const { strides, pad, dataFormat, dilations } = call.attrs
      const described = describe(call, result.shape as Shape)
      const key = `${described.kind} ${nameOf(described)}`
      const count = (found.get(key)?.count ?? 0) + 1
      const attributes: Record<string, unknown> = { strides, pad, dataFormat, dilations }
      found.set(key, { ...described, attributes: attributes as tf.NamedAttrMap, count }) // as the kernel got them
      return result
    })
    return () => replaceKernel(kernel, tf.getBackend(), (call: Call) => kernelFunc(call as never))
  }
  const shape = ({ inputs }: Call, name: string) => inputs[name]?.shape as Shape // images and kernels have rank 4
  const restore = [
    record('Conv2D', (call, y) => ({ kind: 'forward', x: shape(call, 'x'), filter: shape(call, 'filter'), y })),
    record('Conv2DBackpropInput', (call, x) => ({
      kind: 'input',
      x,
      filter: shape(call, 'filter'),
      y: shape(call, 'dy')
    })),
    record('Conv2DBackpropFilter', (call, filter) => ({
      kind: 'filter',
      x: shape(call, 'x'),
      filter,
      y: shape(call, 'dy')
    }))
  ]
  await work()
  for (const kernel of restore) kernel()
  return [...found.values()]
}

type Call = KernelCall<string, Record<string, unknown>, unknown>

function nameOf({ x, filter, y }: Pick<Convolution, 'x' | 'filter' | 'y'>): string {
  return `[${x.join(', ')}] × [${filter.join(', ')}] → [${y.join(', ')}]`
}

function benchConvolution(backend: Backend, convolution: Convolution): BenchResult[] {
  const { attributes } = convolution
  const x = tf.randomNormal<tf.Rank.R4>(convolution.x, 0, 1, 'float32', 1)
  const dy = tf.randomNormal<tf.Rank.R4>(convolution.y, 0, 1, 'float32', 2)
  const filter = tf.randomNormal<tf.Rank.R4>(convolution.filter, 0, 1, 'float32', 3)
  const [height, width, inputs] = convolution.filter
  const count = (2 * height * width * inputs * tf.util.sizeFromShape(convolution.y)) / 1e9
  const of = (name: string, kernel: string, tensors: tf.NamedTensorMap, more: tf.NamedAttrMap = {}) =>
    measure(backend, { name, unit: 'GFLOP', count, leastSeconds: 0.1 }, () =>
      tf.engine().runKernel<tf.Tensor>(kernel, tensors, { ...attributes, ...more })
    )
  const results = [
    of(nameOf(convolution), 'Conv2D', { x, filter }),
    of('… input gradient', 'Conv2DBackpropInput', { dy, filter }, { inputShape: convolution.x }),
    of('… filter gradient', 'Conv2DBackpropFilter', { x, dy }, { filterShape: convolution.filter })
  ]
  tf.dispose([x, dy, filter])
  return results
}
