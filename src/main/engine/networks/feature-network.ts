import * as tf from '@tensorflow/tfjs'
import { invariant, refuse } from '../../../shared/errors.ts'
import { type TensorMap } from '../safetensors.ts'
import { featuresInParts, type PictureNetwork } from './picture-network.ts'

/**
 * The network whose features picture-quality scores compare: EfficientNet-Lite0 (Tan and Le 2019) up to its pooled last
 * layer, with batch normalisation folded into kernels and biases.
 *
 * It owns its weights until `dispose`.
 */
export class FeatureNetwork implements PictureNetwork {
  readonly size: number
  readonly #stages: readonly Stage[]
  /** The stem's kernel for gray pictures: to repeat gray three times is to add up the kernel over its inputs. */
  readonly #grayStem: tf.Tensor4D

  private constructor(stages: readonly Stage[], size: number) {
    const stem = stages[0]?.layers[0]
    invariant(stem?.kind === 'conv', 'the network begins with a convolution')
    this.#stages = stages
    this.#grayStem = tf.sum(stem.kernel, 2, true)
    this.size = size
  }

  /**
   * @param architecture the parsed `architecture.json` of resources/efficientnet-lite0
   * @param tensors `NAME/kernel` and `NAME/bias` of each of its layers
   * @throws AppError of kind `input` when the weights do not belong to the architecture
   */
  static load(architecture: unknown, tensors: TensorMap): FeatureNetwork {
    const { stages, features } = readArchitecture(architecture)
    for (const layer of stages.flatMap(({ layers }) => layers)) checkWeights(layer, tensors)
    const loaded = stages.map(({ residual, layers }) => ({
      residual,
      layers: layers.map((layer) => loadLayer(layer, tensors))
    }))
    return new FeatureNetwork(loaded, features)
  }

  /** Features of pictures, resized to 224 × 224 by half-pixel bilinear interpolation; see `PictureNetwork`. */
  async features(
    pictures: Uint8Array | Float32Array,
    count: number,
    height: number,
    width: number,
    channels: number
  ): Promise<Float32Array> {
    const batch = batchSizes[tf.getBackend()] ?? 16
    return featuresInParts(
      { values: pictures, count, height, width, channels },
      { size: this.size, batch },
      (part, n) => this.#forward(tf.tensor4d(Float32Array.from(part), [n, height, width, channels]))
    )
  }

  /** Channels of each of the maps of `maps`. */
  get mapChannels(): number[] {
    return this.#scales().map((stages) => {
      const last = stages.at(-1)?.layers.at(-1)
      return last === undefined ? 0 : last.kernel.shape[last.kind === 'conv' ? 3 : 2]
    })
  }

  /**
   * What the network sees at half the size, a quarter …, the last before each halving: an encoder for other networks.
   *
   * @param pictures gray, 0 … 255, [N, H, W, 1] with sides that are multiples of 32
   * @returns [N, H/2, W/2, …], [N, H/4, W/4, …] … [N, H/32, W/32, …], the caller's
   */
  maps(pictures: tf.Tensor4D): tf.Tensor4D[] {
    return tf.tidy(() => {
      let x: tf.Tensor4D = tf.div(tf.sub(pictures, 127), 128)
      return this.#scales().map((stages) => {
        for (const stage of stages) x = this.#applyStage(x, stage)
        return x
      })
    })
  }

  /** All stages but the widening at the end, those of one size together. */
  #scales(): Stage[][] {
    const scales: Stage[][] = []
    for (const stage of this.#stages.slice(0, -1)) {
      if (stage.layers.some(({ stride }) => stride === 2)) scales.push([])
      scales.at(-1)?.push(stage)
    }
    return scales
  }

  #applyStage(x: tf.Tensor4D, { layers, residual }: Stage): tf.Tensor4D {
    let y = x
    for (const layer of layers) y = applyLayer(y, y.shape[3] === 1 ? { ...layer, kernel: this.#grayStem } : layer)
    return residual ? tf.add(x, y) : y
  }

  dispose(): void {
    const weights = this.#stages.flatMap(({ layers }) => layers.map(({ kernel, bias }) => [kernel, bias]))
    tf.dispose([this.#grayStem, ...weights.flat()])
  }

  #forward(pictures: tf.Tensor4D): tf.Tensor2D {
    const resized = tf.image.resizeBilinear(pictures, [inputSide, inputSide], false, true)
    let x: tf.Tensor4D = tf.div(tf.sub(resized, 127), 128) // [N, 224, 224, 1 or 3]
    for (const stage of this.#stages) x = this.#applyStage(x, stage)
    return tf.mean(x, [1, 2]) // [N, size]
  }
}

const inputSide = 224

/** Pictures at a time. WebAssembly gives no memory back, and gains nothing from more. */
const batchSizes: Record<string, number> = { wasm: 4, cpu: 1 }

interface LayerDescription {
  readonly name: string
  readonly kind: 'conv' | 'depthwise'
  /** Height, width, inputs, outputs; the last is 1 for a depthwise layer. */
  readonly kernel: [number, number, number, number]
  readonly stride: 1 | 2
  readonly activation: 'relu6' | 'linear'
}

interface Layer extends Omit<LayerDescription, 'name' | 'kernel'> {
  readonly kernel: tf.Tensor4D
  readonly bias: tf.Tensor1D
}

/** Layers in a row, whose input is added to their output if the stage is residual. */
interface StageOf<L> {
  readonly residual: boolean
  readonly layers: readonly L[]
}
type Stage = StageOf<Layer>

function applyLayer(x: tf.Tensor4D, { kind, kernel, bias, stride, activation }: Layer): tf.Tensor4D {
  const settings = { x, filter: kernel, strides: stride, pad: 'same' as const, bias, activation }
  return kind === 'conv' ? tf.fused.conv2d(settings) : tf.fused.depthwiseConv2d(settings)
}

function loadLayer({ name, kernel, ...layer }: LayerDescription, tensors: TensorMap): Layer {
  const [weights, bias] = [tensors[`${name}/kernel`]?.data, tensors[`${name}/bias`]?.data]
  invariant(weights !== undefined && bias !== undefined, 'the weights were checked before')
  return { ...layer, kernel: tf.tensor4d(weights, kernel), bias: tf.tensor1d(bias) }
}

function checkWeights({ name, kind, kernel }: LayerDescription, tensors: TensorMap): void {
  const outputs = kind === 'conv' ? kernel[3] : kernel[2]
  for (const [part, shape] of [['kernel', kernel] as const, ['bias', [outputs]] as const]) {
    const found = tensors[`${name}/${part}`]?.shape.join(' × ')
    if (found !== shape.join(' × ')) {
      throw refuse(
        `The feature network needs ${name}/${part} of size ${shape.join(' × ')}; its weights hold ${found ?? 'none'}.`,
        { next: 'Use the weights that belong to this architecture.' }
      )
    }
  }
}

function readArchitecture(architecture: unknown): { stages: StageOf<LayerDescription>[]; features: number } {
  const { layers, features } = fieldsOf(architecture)
  if (!Array.isArray(layers) || typeof features !== 'number') throw notAnArchitecture('layers and features')
  const stages = layers.map((entry: unknown) => {
    const { residual, layers: inner } = fieldsOf(entry)
    if (inner === undefined) return { residual: false, layers: [readLayer(entry)] }
    if (!Array.isArray(inner) || typeof residual !== 'boolean') throw notAnArchitecture('blocks with layers')
    return { residual, layers: inner.map(readLayer) }
  })
  return { stages, features }
}

function readLayer(entry: unknown): LayerDescription {
  const { name, kind, kernel, stride, activation } = fieldsOf(entry)
  if (typeof name !== 'string') throw notAnArchitecture('named layers')
  if (kind !== 'conv' && kind !== 'depthwise') throw notAnArchitecture(`the kind of ${name}`)
  if (stride !== 1 && stride !== 2) throw notAnArchitecture(`the stride of ${name}`)
  if (activation !== 'relu6' && activation !== 'linear') throw notAnArchitecture(`the activation of ${name}`)
  if (!isKernelShape(kernel)) throw notAnArchitecture(`the kernel of ${name}`)
  return { name, kind, kernel, stride, activation }
}

function isKernelShape(kernel: unknown): kernel is [number, number, number, number] {
  return Array.isArray(kernel) && kernel.length === 4 && kernel.every((size) => Number.isInteger(size))
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw notAnArchitecture('objects')
  return { ...value }
}

function notAnArchitecture(missing: string) {
  return refuse(`The architecture of the feature network is not one that can be read: it lacks ${missing}.`)
}
