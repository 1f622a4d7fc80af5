import { invariant, refuse } from '../../src/shared/errors.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { type DataShape, presetSettings } from '../../src/shared/presets.ts'
import { TrainingSettings } from '../../src/shared/training.ts'
import { type Backend, type BackendRequest, chooseBackend } from '../../src/main/backends/backend.ts'
import { sampleChannels } from '../../src/main/engine/networks/synthesis-block.ts'
import { runIteration } from '../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../src/main/engine/gan/training-state.ts'
import { nativePackFor } from '../native-pack.ts'
import { type BenchResult } from './result.ts'

interface Profile {
  readonly resolution: number
  readonly channelBase: number
  readonly channelMax: number
  readonly batch: number
  readonly classes: number
  /** Of z and w; the embedding is four times as wide. */
  readonly width: number
}

const profiles: Record<string, Profile> = {
  demo32: { resolution: 32, channelBase: 512, channelMax: 64, batch: 8, classes: 2, width: 64 },
  demo64: { resolution: 64, channelBase: 1024, channelMax: 64, batch: 8, classes: 2, width: 64 },
  p64: { resolution: 64, channelBase: 2048, channelMax: 64, batch: 8, classes: 8, width: 64 },
  p128: { resolution: 128, channelBase: 4096, channelMax: 128, batch: 8, classes: 8, width: 128 },
  p256: { resolution: 256, channelBase: 8192, channelMax: 256, batch: 4, classes: 8, width: 256 }
}

/** The paper's two runs, whole: preset networks, batch of 16, all augmentations, as many samples at a time as 24 GiB hold. */
const published: Record<string, Published> = {
  livecell: { data: { resolution: 512, imageChannels: 1, classes: 8 }, microBatch: 2 },
  tissuenet: { data: { resolution: 256, imageChannels: 3, classes: 6 }, microBatch: 4 }
}

interface Published {
  readonly data: DataShape
  readonly microBatch: number
}

interface Intervals {
  readonly pathLength: number
  readonly r1: number
}

/** Settings of a profile, with its regularisers in each iteration or in none. */
type SettingsOf = (intervals: Intervals) => TrainingSettings

const pathLengthShare = 1 / 4
const r1Share = 1 / 16

/**
 * Seconds of one training iteration: G and D, the path-length step at a quarter and the R1 step at a sixteenth of their
 * time; and of each of the three by itself, with the most memory that the process had held by its end. The small
 * profiles are without augmentation.
 */
export async function benchGanStep(profileName = 'p64', engine: BackendRequest = 'auto'): Promise<BenchResult[]> {
  const settings = settingsFor(profileName)
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const [main, withPathLength, withR1] = await timeIterations(settings, Object.hasOwn(published, profileName))
  const pathLength = difference(withPathLength, main)
  const r1 = difference(withR1, main)
  const all = {
    min: main.min + pathLength.min * pathLengthShare + r1.min * r1Share,
    median: main.median + pathLength.median * pathLengthShare + r1.median * r1Share,
    peakBytes: Math.max(main.peakBytes, withPathLength.peakBytes, withR1.peakBytes)
  }
  return [
    result(`gan-step ${profileName}`, backend, all),
    result(`gan-step ${profileName}: generator and discriminator`, backend, main),
    result(`gan-step ${profileName}: path length`, backend, pathLength),
    result(`gan-step ${profileName}: R1`, backend, r1)
  ]
}

/** One iteration with both regularisers, on the backend in use. */
export async function iterateOnce(profileName: string): Promise<void> {
  const settings = settingsFor(profileName)({ pathLength: 1, r1: 1 })
  const state = TrainingState.create(settings)
  await runIteration(settings, state, randomBatch(settings))
  state.dispose()
}

function settingsFor(name: string): SettingsOf {
  const profile = profiles[name]
  if (profile) return (intervals) => settingsOf(profile, intervals)
  const whole = published[name]
  if (whole) return (intervals) => publishedSettings(name as 'livecell' | 'tissuenet', whole, intervals) // its keys
  const known = [...Object.keys(profiles), ...Object.keys(published)].join(', ')
  throw refuse(`There is no profile ${name} for the training step.`, { next: `Choose one of ${known}.` })
}

type Seconds = BenchResult['seconds']
type Stage = Seconds & { readonly peakBytes: number }

function result(name: string, { name: engine, threads }: Backend, { peakBytes, ...seconds }: Stage): BenchResult {
  return { name, engine, threads, seconds, peakBytes, unit: 'iterations', perSecond: 1 / seconds.median }
}

function difference(a: Stage, b: Stage): Stage {
  return { min: a.min - b.min, median: a.median - b.median, peakBytes: a.peakBytes }
}

/**
 * Times of an iteration without regularisers, with path length, and with R1: in turn, so that what else the machine does
 * meets all three. Warms up, then repeats for about six seconds, at least three times and at most forty; `once` is for what takes
 * minutes.
 */
async function timeIterations(settingsOf: SettingsOf, once: boolean): Promise<[Stage, Stage, Stage]> {
  const kinds = [
    { pathLength: 0, r1: 0 },
    { pathLength: 1, r1: 0 },
    { pathLength: 0, r1: 1 }
  ].map((intervals) => ({ settings: settingsOf(intervals), times: [] as number[], peakBytes: 0 }))
  const state = TrainingState.create(settingsOf({ pathLength: 1, r1: 1 }))
  const batch = randomBatch(settingsOf({ pathLength: 0, r1: 0 }))
  const [warmUps, least] = once ? [0, 1] : [2, 5]
  let total = 0
  for (let round = 0; round < 42 && (round < least || total < 6); round++) {
    for (const kind of kinds) {
      const { settings, times } = kind
      const start = performance.now()
      await runIteration(settings, state, batch)
      const seconds = (performance.now() - start) / 1000
      kind.peakBytes = process.resourceUsage().maxRSS * 1024
      if (round < warmUps) continue // the first ones build caches
      times.push(seconds)
      total += seconds
    }
  }
  state.dispose()
  const [main, pathLength, r1] = kinds.map(({ times, peakBytes }) => ({ ...summary(times), peakBytes }))
  invariant(main && pathLength && r1, 'three kinds of iterations are timed')
  return [main, pathLength, r1]
}

function summary(times: number[]): Seconds {
  const sorted = times.toSorted((a, b) => a - b)
  return { min: sorted[0] ?? NaN, median: sorted[sorted.length >> 1] ?? NaN }
}

function publishedSettings(name: 'livecell' | 'tissuenet', whole: Published, intervals: Intervals): TrainingSettings {
  const preset = presetSettings(name, whole.data, 1)
  return {
    ...preset,
    microBatch: whole.microBatch,
    r1: { ...preset.r1, interval: intervals.r1 },
    pathLength: { ...preset.pathLength, interval: intervals.pathLength }
  }
}

export function settingsOf(profile: Profile, intervals: Intervals): TrainingSettings {
  const { resolution, channelBase, channelMax, batch, classes, width } = profile
  const network = {
    generator: 'paper',
    resolution,
    imageChannels: 1,
    maskChannels: 1,
    classes,
    zDim: width,
    wDim: width,
    mappingLayers: 2,
    channelBase,
    channelMax,
    mergePadding: 'edge',
    embedDim: 4 * width,
    minibatchStdGroup: 4
  }
  return TrainingSettings.parse({
    preset: 'bench',
    network,
    seed: 1,
    iterations: 1,
    batch,
    learningRate: { generator: 0.0025, discriminator: 0.0025 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: { weight: 0.5, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' },
    r1: { gamma: 0.2, interval: intervals.r1 },
    pathLength: { weight: 2, interval: intervals.pathLength, decay: 0.01, batchShare: 0.5 },
    styleMixing: 0.9,
    alignClassesUntil: 0,
    ema: { halfLifeKimg: 20, rampUp: 0 },
    wAverageBeta: 0.998,
    augmentation: { flips: 'none', diffAugment: [] },
    evaluateEvery: 1,
    evaluationPictures: 1,
    checkpointEvery: 1,
    sampleEvery: 1
  })
}

export function randomBatch({ network, batch }: TrainingSettings) {
  const random = new RandomStream(1, 'bench')
  const size = batch * network.resolution ** 2 * sampleChannels(network)
  return {
    samples: Float32Array.from({ length: size }, () => 2 * random.uniform() - 1),
    labels: Int32Array.from({ length: batch }, () => random.integer(network.classes))
  }
}
