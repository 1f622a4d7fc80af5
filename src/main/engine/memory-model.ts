import { type NetworkSettings, type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'

/**
 * How the memory of an engine process grows with what it trains, as measured: highest resident memory of 16 runs on
 * native-cpu and on wasm, of networks from 8² to 128² pixels with 8 to 256 channels, batches of 4 to 16 whole and in
 * parts, with and without adaptive augmentation. After two iterations the fit is within 5 % on native-cpu and 11 % on wasm; the
 * heap of JavaScript grows for some hundred more, which the base has in it.
 */
interface MemoryCosts {
  /** Bytes of a process that has trained the smallest networks for 600 iterations; JavaScript's heap is 0.2 GB of it. */
  readonly base: number
  /** Bytes for each byte of both networks' parameters: average, moments, gradients, and copies while they change. */
  readonly perParameterByte: number
  /** Bytes for each byte of feature maps (see `featureMapBytes`) of the samples that are computed at a time. */
  readonly perFeatureByte: number
  /** Bytes for each byte of the samples of a whole batch. */
  readonly perSampleByte: number
  /** The same for samples that are computed at a time, where ADA resamples them at twice their size. */
  readonly perResampledByte: number
  /**
   * What is kept of the many sizes that ADA brings pictures to, at 32² pixels and more: it grows for some hundred iterations.
   * Measured on native-cpu: 0.33 GB at 32² and 0.32 GB at 64² after 60 and 80 iterations, 0.08 GB at 8²; nothing on wasm.
   */
  readonly manySizes: number
  /**
   * The feature network at work, beyond the base: measured, 0.45 GB in all on wasm; on native-cpu 1.35 GB in an evaluation, which
   * looks at each picture twice, and 1.6 GB in a run of 64² that trained and scored for hours.
   */
  readonly looking: number
}

const bytesPerNumber = 4
/** Pictures made at once where memory is no matter, and the bytes that those of larger networks may take. */
const usualBatch = 16
const mostDrawingBytes = 0.6e9
/** Bytes for each byte of both networks' parameters between two iterations: weights, moments, averages, a copy to save. */
const keptPerParameterByte = 8
/** The same for a process that only makes pictures, which has one network: measured, 0.6 to 1.5. */
const drawnPerParameterByte = 1.5

/**
 * Most memory, in bytes, that the engine process has at a time while it trains with these settings.
 *
 * @param microBatch samples that go through the networks at once
 */
export function predictPeak(settings: TrainingSettings, engine: BackendName, microBatch: number): number {
  return Math.max(predictIterations(settings, engine, microBatch), predictScores(settings, engine))
}

/** Most memory of the iterations alone. */
export function predictIterations(settings: TrainingSettings, engine: BackendName, microBatch: number): number {
  const { network, batch, augmentation } = settings
  const costs = memoryCosts[engine]
  const sample = network.resolution ** 2 * (network.imageChannels + network.maskChannels) * bytesPerNumber
  const [resampled, sizes] = augmentation.ada === 'full' ? [microBatch * sample, network.resolution / 32] : [0, 0]
  return (
    costs.base +
    costs.perParameterByte * parameterBytes(network) +
    costs.perFeatureByte * secondShare(network, secondMaps) * microBatch * featureMapBytes(network) +
    costs.perSampleByte * (settings.unannotated === undefined ? 1 : annotatedShare) * batch * sample +
    costs.perResampledByte * resampled +
    costs.manySizes * Math.min(1, sizes)
  )
}

/** The feature maps of a second discriminator, half as wide, beside those of generator and first discriminator. */
const secondMaps = 0.25
/** Where masks are learned from other samples than the image: with these, their augmentation, and the next ones in waiting. */
const annotatedShare = 1.1
/** Its parameters beside theirs. */
const secondParameters = 0.125

/** What layers of the mask's own add, one convolution to a block beside two in each of the other networks; maps and parameters alike. */
const branchShare = 0.25

function secondShare({ discriminators, maskChannels, maskBranch }: NetworkSettings, share: number): number {
  const second = discriminators === 'separate' && maskChannels > 0 ? share : 0
  return 1 + second + (maskBranch === 'none' ? 0 : branchShare)
}

/** The scores of a run, made beside what it keeps between two iterations. */
function predictScores({ network }: TrainingSettings, engine: BackendName): number {
  return memoryCosts[engine].base + keptPerParameterByte * parameterBytes(network) + pictureBytes(network, engine)
}

/** Most memory, in bytes, of a process that makes pictures with a model and looks at them. */
export function predictPictures(network: NetworkSettings, engine: BackendName): number {
  return memoryCosts[engine].base + drawnPerParameterByte * parameterBytes(network) + pictureBytes(network, engine)
}

/** Bytes that making a batch of pictures takes, or looking at one, whichever is more. */
function pictureBytes(network: NetworkSettings, engine: BackendName): number {
  return Math.max(drawingBytes(network, samplingBatch(network)), memoryCosts[engine].looking)
}

/**
 * Pictures made at once. It follows from the network alone, not from the memory of this computer: engines may round
 * otherwise in another batch, and the same seed is to give the same pictures everywhere.
 */
export function samplingBatch(network: NetworkSettings): number {
  let batch = usualBatch
  while (batch > 1 && drawingBytes(network, batch) > mostDrawingBytes) batch /= 2
  return batch
}

/** Bytes that making so many pictures at once takes: measured, 16.5 to 17.1 for each byte of their feature maps. */
function drawingBytes(network: NetworkSettings, pictures: number): number {
  return 17 * pictures * featureMapBytes(network)
}

/** Feature maps of one sample: one of r² · c(r) numbers at every resolution r of the generator. */
export function featureMapBytes(network: NetworkSettings): number {
  return bytesPerNumber * resolutions(network).reduce((sum, r) => sum + r * r * channels(network, r), 0)
}

/**
 * Parameters of all networks, to a few percent: 3×3 convolutions, two to a block in each network, make up nearly all
 * of them (docs/method.md §1.5, §3).
 */
export function parameterBytes(network: NetworkSettings): number {
  const { wDim, zDim, mappingLayers, embedDim } = network
  let count = mappingLayers * wDim * wDim + zDim * wDim + 2 * embedDim * channels(network, 4)
  count += 16 * channels(network, 4) ** 2 // the discriminator's first full layer
  for (const r of resolutions(network)) {
    const [here, below] = [channels(network, r), channels(network, Math.max(4, r / 2))]
    count += 2 * 9 * (here * here + here * below) + 3 * wDim * here
  }
  return bytesPerNumber * count * secondShare(network, secondParameters)
}

function channels({ channelBase, channelMax }: NetworkSettings, resolution: number): number {
  return Math.min(Math.floor(channelBase / resolution), channelMax)
}

function resolutions({ resolution }: NetworkSettings): number[] {
  return Array.from({ length: Math.log2(resolution) - 1 }, (_, i) => 2 ** (i + 2))
}

const native: MemoryCosts = {
  base: 640e6,
  perParameterByte: 15,
  perFeatureByte: 36,
  perSampleByte: 234,
  perResampledByte: 103,
  manySizes: 0.33e9,
  looking: 0.75e9
}
const wasm: MemoryCosts = {
  base: 360e6,
  perParameterByte: 17.2,
  perFeatureByte: 27,
  perSampleByte: 210,
  perResampledByte: 100,
  manySizes: 0,
  looking: 0.1e9
}
/** Engines on a graphics card keep the same tensors there; plain JavaScript keeps those of wasm, swept now and then. */
const memoryCosts: Record<BackendName, MemoryCosts> = {
  'native-gpu': native,
  'native-cpu': native,
  webgpu: native,
  wasm,
  cpu: wasm
}
