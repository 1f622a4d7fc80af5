import { type StageEstimate } from '../../shared/estimates.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'
import { parameterBytes } from '../engine/memory-model.ts'
import { measureSpeed } from '../engine/speed.ts'
import { samplingWork, trainingWork } from '../engine/work-model.ts'
import { type TrialJob, type TrialOutcome, type TrialWay } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { freeMemory, memoryOutlook, planMemory } from './memory-plan.ts'
import { startEngine } from './start-engine.ts'
import { secondsSince, TrainingTrial, type TrialCosts } from './training-trial.ts'

/** An iteration of a trial should not take longer than this, as far as the engine's speed can tell. */
const bearableSeconds = 10
/** Multiplications are two operations, and an iteration passes through a network about thirteen times. */
const operationsPerMultiplication = 26
/**
 * TensorFlow on the processor beside WebAssembly, on one computer (docs/performance.md): how much faster convolutions are
 * with their gradients, and alone; and the share of that speed which an iteration of wide networks reaches.
 */
const speedOfPack = { training: 7.5, making: 3.2, reached: 0.87 }

/**
 * Tries a training: some iterations of each kind on the real networks and pictures, some pictures scored, a safe point,
 * a sheet. Where it does not fit into memory or an iteration would take minutes, fewer samples or thinner networks are
 * tried, and what was measured is taken in proportion to the work.
 */
export async function tryTraining(job: TrialJob, channel: Channel): Promise<void> {
  const began = performance.now()
  const { name } = await startEngine(job, channel)
  const place = { engine: name, free: freeMemory(name) }
  const { trainGflops } = await measureSpeed()
  const tried = settingsToTry(job.settings, place, (bearableSeconds * trainGflops * 1e9) / operationsPerMultiplication)
  const isWhole = tried.network === job.settings.network
  const trial = await TrainingTrial.open(
    { ...job, job: 'train', settings: tried, fromRunFolder: isWhole ? job.fromRunFolder : undefined },
    channel
  )
  const start = secondsSince(began)
  const costs = await trial.measure()
  await channel.send({ type: 'tried', outcome: outcomeOf(job, place, { tried, start, costs, trainGflops }) })
}

interface Place {
  readonly engine: BackendName
  /** Memory that the process may have; undefined where nobody can tell. */
  readonly free: number | undefined
}

/** How much thinner networks may be: with fewer than 16 channels, convolutions are slower than in proportion. */
const thinnings = [1, 2, 4]

/**
 * The settings as asked where they fit and an iteration is quick; else with a smaller batch, or with thinner networks.
 *
 * @param bearableWork multiplications of an iteration
 * @throws AppError of kind `resources` where nothing fits
 */
function settingsToTry(settings: TrainingSettings, { engine, free }: Place, bearableWork: number): TrainingSettings {
  const choices = thinnings
    .map((factor) => withFewerChannels(settings, factor))
    .flatMap(withSmallerBatches)
    .filter((choice) => memoryOutlook(choice, engine, free)?.fits !== false)
  const choice = choices.find((tried) => trainingWork(tried) <= bearableWork) ?? choices.at(-1) ?? settings
  const { microBatch } = planMemory(choice, engine, free) // refuses what does not fit
  return microBatch === choice.batch ? choice : { ...choice, microBatch }
}

function withFewerChannels(settings: TrainingSettings, factor: number): TrainingSettings {
  if (factor === 1) return settings
  const { channelBase, channelMax } = settings.network
  const thin = { channelBase: channelBase / factor, channelMax: Math.max(1, Math.floor(channelMax / factor)) }
  return { ...settings, network: { ...settings.network, ...thin } }
}

/** Two samples are the fewest: half of a batch goes into the penalty of the path lengths. */
function withSmallerBatches(settings: TrainingSettings): TrainingSettings[] {
  const { microBatch: _, ...rest } = settings
  const all = [settings]
  for (let batch = settings.batch / 2; batch >= 2 && Number.isInteger(batch); batch /= 2) {
    const network = { ...settings.network, minibatchStdGroup: Math.min(settings.network.minibatchStdGroup, batch) }
    all.push({ ...rest, batch, network })
  }
  return all
}

interface Measured {
  readonly tried: TrainingSettings
  /** Seconds until the first iteration. */
  readonly start: number
  readonly costs: TrialCosts
  /** Of this engine, in a convolution with its gradients. */
  readonly trainGflops: number
}

function outcomeOf(
  { settings, smaller, thinner }: TrialJob,
  { engine, free }: Place,
  measured: Measured
): TrialOutcome {
  const { tried, costs } = measured
  const outlook = memoryOutlook(settings, engine, free)
  return {
    isInProportion: trainingWork(tried) < trainingWork(settings),
    stages: stagesOf(settings, measured),
    bytes: {
      safePoint: costs.safePoint.bytes * (parameterBytes(settings.network) / parameterBytes(tried.network)),
      sheet: costs.sheet.bytes
    },
    ...(outlook && { memory: outlook.memory }),
    thinner: thinner.map((choice) => {
      const { memory, fits = true } = memoryOutlook(choice, engine, free) ?? {}
      return { stages: stagesOf(choice, measured), fits, ...(memory && { memory }) }
    }),
    ways: outlook?.fits === false ? waysToFit(settings, smaller, { engine, free }, measured) : []
  }
}

/** The engine without WebAssembly's limit, and the largest tile for which this engine suffices. */
function waysToFit(
  settings: TrainingSettings,
  smaller: readonly TrainingSettings[],
  { engine, free }: Place,
  measured: Measured
): TrialWay[] {
  const wayOf = (choice: TrainingSettings, on: BackendName, way: Omit<TrialWay, 'neededBytes'>): TrialWay[] => {
    const outlook = memoryOutlook(choice, on, free)
    return outlook?.fits === true ? [{ ...way, neededBytes: outlook.memory.neededBytes }] : []
  }
  const withPack = { engine: 'native-cpu', stages: stagesWithPack(settings, measured) } as const
  const pack = engine === 'wasm' ? wayOf(settings, 'native-cpu', withPack) : []
  const tiles = smaller.flatMap((choice) =>
    wayOf(choice, engine, { tile: choice.network.resolution, stages: stagesOf(choice, measured) })
  )
  return [...pack, ...tiles.slice(0, 1)]
}

/**
 * The same with TensorFlow on the processor, from how fast this computer multiplies: networks that do not fit into
 * WebAssembly are wide, and thin ones, which were tried, say little about those.
 */
function stagesWithPack(settings: TrainingSettings, measured: Measured): StageEstimate {
  const { start, evaluation, safePoint, sample } = stagesOf(settings, measured)
  const gflops = measured.trainGflops * speedOfPack.training * speedOfPack.reached
  return {
    start: start / speedOfPack.making,
    iteration: (operationsPerMultiplication * trainingWork(settings)) / (gflops * 1e9),
    evaluation: evaluation / speedOfPack.making,
    safePoint,
    sample: sample / speedOfPack.making
  }
}

/** What each part takes with these settings, from what it took with those that were tried. */
function stagesOf(settings: TrainingSettings, { tried, start, costs }: Measured): StageEstimate {
  const parameters = parameterBytes(settings.network) / parameterBytes(tried.network)
  const sampling = samplingWork(settings.network) / samplingWork(tried.network)
  const { evaluationPictures } = settings
  return {
    start: start + evaluationPictures * costs.comparing, // the real pictures are looked at once
    iteration: costs.iteration * (trainingWork(settings) / trainingWork(tried)),
    evaluation: evaluationPictures * (costs.making * sampling + costs.comparing),
    safePoint: costs.safePoint.seconds * parameters,
    sample: costs.sheet.seconds * sampling
  }
}
