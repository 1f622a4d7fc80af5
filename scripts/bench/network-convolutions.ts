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
  const convolutions = await recordConvolutions(() => iterateOnce(profile))
  return convolutions.flatMap((convolution) => benchConvolution(backend, convolution))
}

/** The different convolutions that happen meanwhile, whichever of the three kernels computes them. */
async function recordConvolutions(work: () => Promise<void>): Promise<Convolution[]> {
  const found = new Map<string, Convolution>()
  let inside = false // one kernel may be made of another
  const record = (kernel: string, describe: (call: Call, result: Shape) => Omit<Convolution, 'attributes'>) => {
    const { kernelFunc } = tf.getKernel(kernel, tf.getBackend())
    replaceKernel(kernel, tf.getBackend(), (call: Call) => {
      if (inside) return kernelFunc(call as never)
      inside = true
      const result = kernelFunc(call as never) as tf.TensorInfo // convolutions return one tensor
      inside = false
      const { strides, pad, dataFormat, dilations } = call.attrs
      const convolution = {
        ...describe(call, result.shape as Shape),
        attributes: { strides, pad, dataFormat, dilations }
      }
      found.set(nameOf(convolution), convolution as Convolution)
      return result
    })
    return () => replaceKernel(kernel, tf.getBackend(), (call: Call) => kernelFunc(call as never))
  }
  const shape = ({ inputs }: Call, name: string) => inputs[name]?.shape as Shape // images and kernels have rank 4
  const restore = [
    record('Conv2D', (call, y) => ({ x: shape(call, 'x'), filter: shape(call, 'filter'), y })),
    record('Conv2DBackpropInput', (call, x) => ({ x, filter: shape(call, 'filter'), y: shape(call, 'dy') })),
    record('Conv2DBackpropFilter', (call, filter) => ({ x: shape(call, 'x'), filter, y: shape(call, 'dy') }))
  ]
  await work()
  for (const kernel of restore) kernel()
  return [...found.values()].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }))
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
