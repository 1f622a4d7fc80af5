import { join } from 'node:path'
import { runIteration } from '../engine/gan/iteration.ts'
import { type TrainingState } from '../engine/gan/training-state.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { bytesBelow } from '../files/disk-use.ts'
import { type TrainJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { loadPictureNetwork } from './picture-networks.ts'
import { startingPoint } from './run-start.ts'
import { imageBytes } from './sample-bytes.ts'
import { SampleSheets } from './sample-sheets.ts'
import { TileFeeder } from './tile-feeder.ts'
import { iterationKinds, meanSeconds } from './trial-iterations.ts'

/** Iterations are repeated until they took this long together; one of each kind is enough where they take longer. */
const enoughSeconds = 4
/** Where one of each kind would take longer than this, the most frequent kind stands for the others. */
const mostSeconds = 20
/** Pixels of the pictures that are made and compared with others, to see how long that takes. */
const pixelsToMake = 4 * 256 ** 2
/** ADA costs nothing while its strength is 0; later in a training it is somewhere below its limit. */
const laterStrength = 0.3

/** What a part of a training took. */
export interface Cost {
  readonly seconds: number
  /** On the disk. */
  readonly bytes: number
}

export interface TrialCosts {
  /** Seconds of an iteration, in the mean over its kinds. */
  readonly iteration: number
  /** Seconds of one picture. */
  readonly making: number
  readonly comparing: number
  readonly safePoint: Cost
  readonly sheet: Cost
}

/** A training that is tried part by part, into a folder that nobody keeps. */
export class TrainingTrial {
  readonly #job: TrainJob
  readonly #channel: Channel
  readonly #state: TrainingState

  private constructor(job: TrainJob, channel: Channel, state: TrainingState) {
    this.#job = job
    this.#channel = channel
    this.#state = state
  }

  static async open(job: TrainJob, channel: Channel): Promise<TrainingTrial> {
    const { state } = await startingPoint(job, channel)
    const { settings } = job
    if (settings.augmentation.ada !== 'off' || settings.augmentation.apa) {
      state.adaptation = { ...state.adaptation, probability: laterStrength }
    }
    return new TrainingTrial(job, channel, state)
  }

  async measure(): Promise<TrialCosts> {
    const kinds = iterationKinds(this.#job.settings)
    const steps = kinds.length + 4
    let done = 0
    const step = async <T>(work: Promise<T>): Promise<T> => {
      const result = await work
      await this.#channel.send({ type: 'progress', stage: 'trial', done: ++done, total: steps })
      return result
    }
    const feeder = new TileFeeder(this.#job)
    try {
      const iteration = await this.#measureIterations(feeder, step)
      const { making, comparing } = await step(this.#measurePictures())
      const safePoint = await step(this.#measureSafePoint())
      const sheet = await step(this.#measureSheet())
      return { iteration, making, comparing, safePoint, sheet }
    } finally {
      await feeder.close()
      this.#state.dispose()
    }
  }

  /** Iteration 0 has every regulariser, and makes what the later ones use again: it counts for what was not measured. */
  async #measureIterations(feeder: TileFeeder, step: (work: Promise<number>) => Promise<number>): Promise<number> {
    const kinds = iterationKinds(this.#job.settings)
    const began = performance.now()
    const first = await step(this.#iterate(feeder, 0))
    const measured: number[][] = kinds.map(() => [])
    for (const [i, { iteration }] of kinds.entries()) {
      if (i > 0 && secondsSince(began) > mostSeconds) break
      measured[i]?.push(await step(this.#iterate(feeder, iteration)))
    }
    while (secondsSince(began) < enoughSeconds) {
      for (const [i, { iteration }] of kinds.entries()) measured[i]?.push(await this.#iterate(feeder, iteration))
    }
    return meanSeconds(kinds, measured, first)
  }

  async #iterate(feeder: TileFeeder, iteration: number): Promise<number> {
    const { settings } = this.#job
    this.#state.iteration = iteration
    const batch = await feeder.batch(iteration)
    return secondsOf(() => runIteration(settings, this.#state, batch))
  }

  /** The second time: the first makes what the later ones use again. */
  async #measurePictures(): Promise<{ making: number; comparing: number }> {
    const { settings, resources } = this.#job
    const { resolution, imageChannels, classes } = settings.network
    const pictures = Math.max(2, Math.min(16, pixelsToMake / resolution ** 2))
    const labels = Int32Array.from({ length: pictures }, (_, i) => i % classes)
    const make = () =>
      sampleGenerator(this.#state.generatorEma, { labels, seed: settings.seed, firstIndex: 0, batch: pictures })
    const pixels = imageBytes(await make(), settings.network)
    const { network } = await loadPictureNetwork(resources, { network: 'effnet' })
    const compare = () => network.features(pixels, pictures, resolution, resolution, imageChannels)
    await compare()
    const making = (await secondsOf(make)) / pictures
    const comparing = (await secondsOf(compare)) / pictures
    network.dispose()
    return { making, comparing }
  }

  async #measureSafePoint(): Promise<Cost> {
    const { runFolder, settings, classes } = this.#job
    const seconds = await secondsOf(async () => {
      const saved = await this.#state.save()
      await new CheckpointFolder(runFolder).write(saved, { isBest: false, settings, classes })
    })
    return { seconds, bytes: await bytesBelow(join(runFolder, 'checkpoints')) }
  }

  async #measureSheet(): Promise<Cost> {
    const { runFolder, settings, classes } = this.#job
    const sheets = new SampleSheets(runFolder, settings, [...classes])
    await sheets.draw(this.#state.generatorEma, 0)
    const seconds = await secondsOf(() => sheets.draw(this.#state.generatorEma, 0))
    return { seconds, bytes: await bytesBelow(join(runFolder, 'samples')) }
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return secondsSince(began)
}

export function secondsSince(milliseconds: number): number {
  return (performance.now() - milliseconds) / 1000
}
