import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { invariant } from '../../src/shared/errors.ts'
import { EngineRequest } from '../../src/shared/runs.ts'
import { TrainingSettings } from '../../src/shared/training.ts'
import { type BackendRequest, chooseBackend } from '../../src/main/backends/backend.ts'
import { runIteration } from '../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../src/main/engine/gan/training-state.ts'
import { predictIterations } from '../../src/main/engine/memory-model.ts'
import { nativePackFor } from '../native-pack.ts'
import { randomBatch, settingsOf as profileSettings } from './gan-step.ts'
import { type BenchResult } from './result.ts'

/** What the memory of a training depends on: side, channel base and most channels, batch, samples at a time, with ADA or not. */
type Design = readonly [
  side: number,
  base: number,
  most: number,
  batch: number,
  atATime: number,
  ada: boolean,
  separate?: boolean
]

/** As the memory model was fitted to, and in the end two that it was not. */
const designs: readonly Design[] = [
  [8, 64, 8, 4, 4, true],
  [16, 1024, 64, 8, 8, false],
  [32, 512, 64, 8, 8, false],
  [32, 512, 64, 16, 4, true],
  [32, 8192, 256, 4, 4, false],
  [64, 1024, 64, 8, 8, false],
  [64, 2048, 64, 8, 8, false],
  [64, 2048, 64, 16, 4, false],
  [64, 2048, 64, 8, 2, true],
  [64, 16384, 256, 4, 1, false],
  [64, 8192, 128, 8, 2, false],
  [128, 4096, 128, 4, 4, false],
  [128, 4096, 128, 8, 1, true],
  [128, 1024, 64, 16, 16, false],
  [128, 2048, 64, 16, 4, true],
  [128, 4096, 256, 4, 1, false],
  [128, 16384, 256, 4, 1, false],
  [64, 2048, 64, 8, 4, true, true]
]

/** The first iterations make every tensor that there will be; what grows from then on is JavaScript's heap. */
const first = 3
const most = 600
const longest = 90 // s, where the first take less

const run = promisify(execFile)

/** The most memory that training takes, each design in a process of its own; beside it what the model predicts. */
export async function benchMemory(engine: BackendRequest = 'auto'): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const position of designs.keys()) results.push(await measured(position, engine))
  return results
}

/** A process that starts itself anew with other settings of the system's allocator has no channel left, so it prints. */
async function measured(position: number, engine: BackendRequest): Promise<BenchResult> {
  const { stdout } = await run(process.execPath, [fileURLToPath(import.meta.url), String(position), engine])
  return JSON.parse(stdout) as BenchResult // what is printed below
}

async function train(position: number, engine: BackendRequest): Promise<BenchResult> {
  const design = designs[position]
  invariant(design !== undefined, 'it is asked for a design that there is')
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  const settings = settingsOf(design)
  const state = TrainingState.create(settings)
  const start = performance.now()
  let [iteration, early] = [0, 0]
  for (; iteration < first || (iteration < most && performance.now() - start < 1000 * longest); iteration++) {
    await runIteration(settings, state, randomBatch(settings))
    state.iteration++
    if (iteration === first - 1) early = peakBytes()
  }
  const seconds = (performance.now() - start) / 1000 / iteration
  const predicted = predictIterations(settings, backend.name, settings.microBatch ?? settings.batch)
  const [side, base, channels, batch, atATime, ada, separate] = design
  const parts = [`${side}²`, `${base}/${channels} channels`, `${atATime} of ${batch}`]
  return {
    name: `memory ${[...parts, ...(ada ? ['ADA'] : []), ...(separate === true ? ['separate'] : [])].join(', ')}`,
    engine: backend.name,
    threads: backend.threads,
    seconds: { min: seconds, median: seconds },
    peakBytes: peakBytes(),
    unit: 'iterations',
    perSecond: 1 / seconds,
    scores: { 'GB at first': early / 1e9, 'GB predicted': predicted / 1e9, iterations: iteration }
  }
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

function settingsOf([
  resolution,
  channelBase,
  channelMax,
  batch,
  microBatch,
  ada,
  isSeparate
]: Design): TrainingSettings {
  const profile = { resolution, channelBase, channelMax, batch, classes: 2, width: channelMax }
  const settings = profileSettings(profile, { pathLength: 2, r1: 2 })
  return TrainingSettings.parse({
    ...settings,
    network: { ...settings.network, discriminators: isSeparate === true ? 'separate' : 'joint' },
    microBatch,
    augmentation: {
      ...settings.augmentation,
      ...(ada && { ada: 'full', adaptation: { target: -1, kimg: 0.05 } }) // its strength rises from the first iteration
    }
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [position, engine] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await train(Number(position), EngineRequest.parse(engine))))
}
