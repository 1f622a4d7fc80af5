import * as tf from '@tensorflow/tfjs'
import { invariant, refuse } from '../../../shared/errors.ts'
import { type InceptionResize } from '../../../shared/evaluation.ts'
import { resizePicture, type Resizer } from '../metrics/resize.ts'
import { type TensorMap } from '../safetensors.ts'
import {
  type InceptionBlock,
  inceptionBlocks,
  type InceptionBranch,
  inceptionFeatures,
  type InceptionLayer,
  type InceptionPool,
  inceptionSide
} from './inception-layers.ts'
import { featuresInParts, type PictureNetwork } from './picture-network.ts'

/** How published scores bring pictures to 299 × 299, and gray levels to numbers (docs/method.md §7.2). */
const variants: Record<InceptionResize, { readonly resizer: Resizer; readonly scale: (gray: number) => number }> = {
  tf1: { resizer: 'tf1-bilinear', scale: (gray) => (gray - 128) / 128 },
  pytorch: { resizer: 'half-pixel-bilinear', scale: (gray) => (2 * gray) / 255 - 1 },
  clean: { resizer: 'pil-bicubic', scale: (gray) => (Math.min(255, Math.max(0, gray)) - 128) / 128 }
}

/** Added to the variance by every batch normalisation. */
const varianceFloor = 0.001

/**
 * The network of the published FID and KID: Inception-v3 (Szegedy et al. 2016), 94 convolutions, up to its pooled last
 * block. Batch normalisation is folded into kernels and biases.
 *
 * It owns its weights until `dispose`.
 */
export class InceptionNetwork implements PictureNetwork {
  readonly size = inceptionFeatures
  readonly resize: InceptionResize
  readonly #weights: ReadonlyMap<string, LayerWeights>
  /** The first kernel for gray pictures: to repeat gray three times is to add up the kernel over its inputs. */
  readonly #grayStem: tf.Tensor4D

  private constructor(weights: ReadonlyMap<string, LayerWeights>, resize: InceptionResize) {
    const stem = weights.get(stemName)
    invariant(stem !== undefined, 'the network begins with a convolution')
    this.resize = resize
    this.#weights = weights
    this.#grayStem = tf.sum(stem.kernel, 2, true)
  }

  /**
   * @param tensors the state of the PyTorch port, by its names; what else the file holds (the classifier) is not used
   * @throws AppError of kind `input` when one is missing or of another size
   */
  static load(tensors: TensorMap, resize: InceptionResize): InceptionNetwork {
    const layers = layersWithInputs()
    for (const layer of layers) checkLayer(layer, tensors)
    return new InceptionNetwork(new Map(layers.map((layer) => [layer.path, foldLayer(layer, tensors)])), resize)
  }

  async features(
    pictures: Uint8Array | Float32Array,
    count: number,
    height: number,
    width: number,
    channels: number
  ): Promise<Float32Array> {
    const batch = batchSizes[tf.getBackend()] ?? 8
    return featuresInParts(
      { values: pictures, count, height, width, channels },
      { size: this.size, batch },
      (part, n) => {
        const input = this.#prepare(part, n, [height, width, channels])
        return this.#forward(tf.tensor4d(input, [n, inceptionSide, inceptionSide, channels]))
      }
    )
  }

  dispose(): void {
    tf.dispose([this.#grayStem, ...[...this.#weights.values()].flatMap(({ kernel, bias }) => [kernel, bias])])
  }

  /** @returns [count, 299, 299, channels], scaled to about −1…1 */
  #prepare(
    pictures: Uint8Array | Float32Array,
    count: number,
    [height, width, channels]: readonly [number, number, number]
  ): Float32Array {
    const { resizer, scale } = variants[this.resize]
    const pixels = height * width * channels
    const area = inceptionSide ** 2 * channels
    const prepared = new Float32Array(count * area)
    for (let n = 0; n < count; n++) {
      const values = pictures.subarray(n * pixels, (n + 1) * pixels)
      const resized = resizePicture({ values, height, width, channels }, inceptionSide, inceptionSide, resizer)
      prepared.set(resized.map(scale), n * area)
    }
    return prepared
  }

  #forward(pictures: tf.Tensor4D): tf.Tensor2D {
    let x = pictures
    for (const block of inceptionBlocks) x = tf.tidy(() => this.#applyBlock(x, block))
    return tf.mean(x, [1, 2]) // [N, 2048]
  }

  #applyBlock(x: tf.Tensor4D, { name, branches }: InceptionBlock): tf.Tensor4D {
    const outputs = branches.flatMap((branch) => this.#applyBranch(x, name, branch))
    return outputs.length === 1 && outputs[0] !== undefined ? outputs[0] : tf.concat(outputs, 3)
  }

  #applyBranch(x: tf.Tensor4D, block: string, { pool, layers, fork }: InceptionBranch): tf.Tensor4D[] {
    let y = pool === undefined ? x : applyPool(x, pool)
    for (const layer of layers) y = this.#applyLayer(y, block, layer)
    return fork === undefined ? [y] : fork.map((layer) => this.#applyLayer(y, block, layer))
  }

  #applyLayer(x: tf.Tensor4D, block: string, layer: InceptionLayer): tf.Tensor4D {
    const weights = this.#weights.get(pathOf(block, layer))
    invariant(weights !== undefined, 'the weights were checked when they were loaded')
    const filter = x.shape[3] === 1 ? this.#grayStem : weights.kernel
    const { stride: strides, padding: pad } = layer
    return tf.fused.conv2d({ x, filter, strides, pad, bias: weights.bias, activation: 'relu' })
  }
}

/** Pictures at a time. WebAssembly gives no memory back, and gains nothing from more. */
const batchSizes: Record<string, number> = { wasm: 2, cpu: 1 }

interface LayerWeights {
  /** [height, width, inputs, outputs] */
  readonly kernel: tf.Tensor4D
  readonly bias: tf.Tensor1D
}

interface PlacedLayer extends InceptionLayer {
  /** Its name in a file of weights. */
  readonly path: string
  readonly inputs: number
}

const stemName = 'Conv2d_1a_3x3'

function pathOf(block: string, { name }: InceptionLayer): string {
  return block === '' ? name : `${block}.${name}`
}

function applyPool(x: tf.Tensor4D, pool: InceptionPool): tf.Tensor4D {
  // TensorFlow's padded average leaves padding out of the mean.
  if (pool === 'average') return tf.avgPool(x, 3, 1, 'same')
  return pool === 'max' ? tf.maxPool(x, 3, 1, 'same') : tf.maxPool(x, 3, 2, 'valid')
}

/** All convolutions, with the channels that reach them. */
function layersWithInputs(): PlacedLayer[] {
  const placed: PlacedLayer[] = []
  let channels = 3
  for (const { name, branches } of inceptionBlocks) {
    let joined = 0
    for (const { layers, fork = [] } of branches) {
      let inputs = channels
      for (const layer of layers) {
        placed.push({ ...layer, path: pathOf(name, layer), inputs })
        inputs = layer.outputs
      }
      for (const layer of fork) placed.push({ ...layer, path: pathOf(name, layer), inputs })
      joined += fork.length === 0 ? inputs : fork.reduce((sum, { outputs }) => sum + outputs, 0)
    }
    channels = joined
  }
  return placed
}

const normalisation = ['bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'] as const

function checkLayer({ path, inputs, outputs, kernel }: PlacedLayer, tensors: TensorMap): void {
  const parts: [string, number[]][] = normalisation.map((part) => [part, [outputs]])
  for (const [part, shape] of [['conv.weight', [outputs, inputs, ...kernel]] as const, ...parts]) {
    const found = tensors[`${path}.${part}`]?.shape.join(' × ')
    if (found === shape.join(' × ')) continue
    throw refuse(
      `The weights are not those of the Inception network that FID is defined with: ${path}.${part} should have the size ${shape.join(' × ')}, and ${found === undefined ? 'is missing' : `has ${found}`}.`,
      { next: 'Use the file pt_inception-2015-12-05-6726825d.pth; the weights of torchvision are different.' }
    )
  }
}

/** y = (w∗x − mean)·s + shift with s = gain/√(variance + 0.001), as one kernel and one bias. */
function foldLayer({ path, inputs, outputs, kernel: [height, width] }: PlacedLayer, tensors: TensorMap): LayerWeights {
  const data = (part: string) => {
    const tensor = tensors[`${path}.${part}`]
    invariant(tensor !== undefined, 'the weights were checked before')
    return tensor.data
  }
  const [gain, shift, mean, variance] = normalisation.map(data)
  const scale = Float64Array.from(gain ?? [], (value, o) => value / Math.sqrt((variance?.[o] ?? NaN) + varianceFloor))
  const bias = Float32Array.from(scale, (value, o) => (shift?.[o] ?? NaN) - (mean?.[o] ?? NaN) * value)
  const weights = data('conv.weight') // [outputs, inputs, height, width]
  const taps = inputs * height * width
  const kernel = new Float32Array(weights.length)
  for (let o = 0; o < outputs; o++) {
    for (let tap = 0; tap < taps; tap++) {
      const place = tap % (height * width) // row-major within the kernel
      const input = (tap - place) / (height * width)
      kernel[(place * inputs + input) * outputs + o] = (weights[o * taps + tap] ?? NaN) * (scale[o] ?? NaN)
    }
  }
  return { kernel: tf.tensor4d(kernel, [height, width, inputs, outputs]), bias: tf.tensor1d(bias) }
}
