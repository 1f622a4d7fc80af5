import { invariant, refuse } from '../../shared/errors.ts'
import { RandomStream } from '../../shared/random.ts'
import { type SegmenterScore, type SegmenterSettings } from '../../shared/segmentation.ts'
import { AdamW } from './common/adam-w.ts'
import { readTensors, type TensorMap, writeTensors } from './common/tensor-map.ts'
import { EffnetFlowNetwork } from './networks/effnet-flow-network.ts'
import { type FeatureNetwork } from './networks/feature-network.ts'
import { FlowNetwork, type FlowNet } from './networks/flow-network.ts'
import { type SegmenterBatch, segmenterStep } from './segmentation-step.ts'

export interface SavedSegmenter {
  readonly iteration: number
  readonly seconds: number
  readonly best?: SegmenterScore | undefined
  readonly tensors: {
    readonly network: TensorMap
    /** `m.<parameter>` and `v.<parameter>`. */
    readonly optimizer: TensorMap
  }
}

/** A batch below this says too little of the statistics of a channel. */
const leastBatch = 4

const widths = {
  full: [32, 64, 128, 256],
  half: [24, 48, 96, 192],
  quarter: [16, 32, 64, 128]
} as const

/**
 * A segmentation network with random weights, which depend on the seed alone. The caller's to dispose.
 *
 * @param encoder for the network that stands on it; stays the caller's
 */
export function createSegmenter({ network, width, batch, seed }: SegmenterSettings, encoder?: FeatureNetwork): FlowNet {
  const norm = batch < leastBatch ? 'group' : 'batch'
  if (network === 'flows-effnet') {
    invariant(encoder !== undefined, 'a network on EfficientNet is given it')
    return new EffnetFlowNetwork(encoder, norm, new RandomStream(seed, 'segmenter weights'))
  }
  return new FlowNetwork({ inputChannels: 1, widths: widths[width], norm }, new RandomStream(seed, 'segmenter weights'))
}

/** A trained network, for use alone. @throws AppError when the saved tensors are not those of these settings */
export function restoreFlowNet(settings: SegmenterSettings, saved: TensorMap, encoder?: FeatureNetwork): FlowNet {
  const network = createSegmenter(settings, encoder)
  const [missing] = writeTensors(network.variables(), saved).fresh
  if (missing === undefined) return network
  network.dispose()
  throw refuseModel(missing)
}

/** All that changes while a segmenter is trained. Random numbers need no state: each iteration names its own streams. */
export class SegmenterState {
  readonly network: FlowNet
  readonly #optimizer: AdamW
  readonly #settings: SegmenterSettings
  /** Iterations done. */
  iteration = 0
  /** Wall time of training. */
  seconds = 0
  /** The best score so far: higher is better. */
  best: SegmenterScore | undefined

  private constructor(settings: SegmenterSettings, network: FlowNet) {
    this.#settings = settings
    this.network = network
    this.#optimizer = new AdamW(network, settings.learningRate, settings.weightDecay)
  }

  static create(settings: SegmenterSettings, encoder?: FeatureNetwork): SegmenterState {
    return new SegmenterState(settings, createSegmenter(settings, encoder))
  }

  /** Goes on where `save` was called. @throws AppError when the saved tensors are not those of these settings */
  static restore(settings: SegmenterSettings, saved: SavedSegmenter, encoder?: FeatureNetwork): SegmenterState {
    const state = new SegmenterState(settings, restoreFlowNet(settings, saved.tensors.network, encoder))
    const missing = state.#optimizer.restore(saved.tensors.optimizer, '', saved.iteration)
    if (missing !== undefined) throw refuseModel(missing)
    state.iteration = saved.iteration
    state.seconds = saved.seconds
    state.best = saved.best
    return state
  }

  /** One iteration. @returns the loss of the batch before it */
  async step(batch: SegmenterBatch): Promise<number> {
    const started = performance.now()
    const loss = segmenterStep(this.network, this.#paced(), batch)
    const [value = NaN] = await loss.data()
    loss.dispose()
    this.iteration++
    this.seconds += (performance.now() - started) / 1000
    return value
  }

  /** Reads everything back from the engine. Nothing may change the state meanwhile. */
  async save(): Promise<SavedSegmenter> {
    const { iteration, seconds, best } = this
    const network = await readTensors(this.network.variables())
    return { iteration, seconds, best, tensors: { network, optimizer: await this.#optimizer.save('') } }
  }

  dispose(): void {
    this.network.dispose()
    this.#optimizer.dispose()
  }

  /** The optimiser at the learning rate of this iteration. */
  #paced() {
    const optimizer = this.#optimizer
    const pace = paceAt(this.iteration, this.#settings)
    return {
      parameters: optimizer.parameters,
      apply: (gradients: Parameters<AdamW['apply']>[0]) => optimizer.apply(gradients, pace)
    }
  }
}

/** Share of the learning rate after so many iterations: it rises evenly, then stays or falls along half a cosine. */
function paceAt(iteration: number, { warmUp, schedule, iterations }: SegmenterSettings): number {
  if (iteration < warmUp) return iteration / warmUp
  if (schedule === 'constant') return 1
  return (1 + Math.cos((Math.PI * (iteration - warmUp)) / Math.max(1, iterations - warmUp))) / 2
}

function refuseModel(tensor: string) {
  return refuse(`The saved model does not fit its settings: its tensor ${tensor} is missing or has another shape.`, {
    next: 'Go on from another safe point, or train a new model.'
  })
}
