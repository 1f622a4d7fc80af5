import { totalmem } from 'node:os'
import { AppError, type ErrorDetails } from '../../shared/errors.ts'
import { type MemoryOutlook } from '../../shared/estimates.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'
import { predictPeak, predictPictures } from '../engine/memory-model.ts'
import { type MemoryPlan } from '../jobs/engine-protocol.ts'
import { type MemoryLimit, waysToMoreMemory } from '../jobs/out-of-memory.ts'
import { wishedMemory } from '../jobs/wished-limits.ts'

/** A prediction may be wrong by this share, so as much of the memory is left alone. */
const reserve = 0.1
/** WebAssembly addresses 4 GiB; half of the rest of the process lies in it as well. */
const wasmBytes = 4.2e9
/** A smaller size is worth naming when it needs this much less. */
const worthwhile = 0.85

/**
 * How many samples go through the networks at once: as many as fit where the run does not say, else what it says.
 *
 * @param freeBytes what the process may have in all; undefined where nobody can tell, on graphics cards
 * @throws AppError of kind `resources` when it does not fit, with the size that does
 */
export function planMemory(settings: TrainingSettings, engine: BackendName, freeBytes: number | undefined): MemoryPlan {
  const { batch, microBatch: wanted } = settings
  const limit = freeBytes === undefined ? Number.POSITIVE_INFINITY : limitOf(engine, freeBytes)
  const ways = waysToMoreMemory(whatLimits(engine, freeBytes ?? Number.POSITIVE_INFINITY))
  const sizes = divisors(batch).filter((size) => size <= (wanted ?? batch))
  const peak = (size: number): number => predictPeak(settings, engine, size)

  const microBatch = sizes.find((size) => peak(size) <= limit)
  if (microBatch === undefined) throw doesNotFit({ size: 1, bytes: peak(1) }, limit, ways)
  if (microBatch < (wanted ?? 0)) {
    throw doesNotFit({ size: wanted ?? 0, bytes: peak(wanted ?? 0) }, limit, fewerAtATime(microBatch))
  }

  const smaller = sizes.find((size) => size < microBatch && peak(size) <= worthwhile * peak(microBatch))
  return {
    microBatch,
    peakBytes: peak(microBatch),
    ...(freeBytes === undefined ? {} : { limitBytes: limit }),
    ...(smaller === undefined ? {} : { smallerMicroBatch: smaller })
  }
}

/**
 * Makes sure that pictures can be made with a model, and looked at.
 *
 * @param freeBytes as for `planMemory`
 * @throws AppError of kind `resources` when they do not fit
 */
export function requireMemoryForPictures(
  { network }: TrainingSettings,
  engine: BackendName,
  freeBytes = freeMemory(engine)
): void {
  if (freeBytes === undefined) return
  const [needed, limit] = [predictPictures(network, engine), limitOf(engine, freeBytes)]
  if (needed <= limit) return
  throw new AppError(
    'resources',
    `Making pictures with this model needs about ${gigabytes(needed)} of memory; ${gigabytes(limit)} is available.`,
    waysToMoreMemory(whatLimits(engine, freeBytes))
  )
}

/**
 * How much memory a training needs at least (one sample at a time, or as many as it asks for) beside what the engine can
 * have here.
 *
 * @param freeBytes as for `planMemory`
 * @returns undefined where nobody can tell
 */
export function memoryOutlook(
  settings: TrainingSettings,
  engine: BackendName,
  freeBytes: number | undefined
): { readonly memory: MemoryOutlook; readonly fits: boolean } | undefined {
  if (freeBytes === undefined) return undefined
  const neededBytes = predictPeak(settings, engine, settings.microBatch ?? 1)
  const availableBytes = limitOf(engine, freeBytes)
  return {
    memory: { neededBytes, availableBytes, limit: whatLimits(engine, freeBytes) },
    fits: neededBytes <= availableBytes
  }
}

/**
 * What this process may have: what is free now, with what it has already, within the limits that a container sets and
 * those of the user (`CYTOLOOM_MEMORY_GB`). A graphics card's memory is its own, and not told by its driver.
 */
export function freeMemory(engine: BackendName): number | undefined {
  if (engine === 'native-gpu' || engine === 'webgpu') return undefined
  const wished = wishedMemory()
  const free = process.availableMemory() + process.memoryUsage.rss()
  // macOS counts as free only what holds no file, and gives more when it is asked.
  const available = process.platform === 'darwin' ? Math.max(free, 0.7 * totalmem()) : free
  return wished === undefined ? available : Math.min(wished, available)
}

function limitOf(engine: BackendName, freeBytes: number): number {
  return (1 - reserve) * (engine === 'wasm' ? Math.min(freeBytes, wasmBytes) : freeBytes)
}

interface Need {
  readonly size: number
  readonly bytes: number
}

type Advice = Pick<ErrorDetails, 'next' | 'remedies'>

/** What an engine's memory ends at. */
function whatLimits(engine: BackendName, freeBytes: number): MemoryLimit {
  if (engine === 'wasm' && freeBytes > wasmBytes) return 'webassembly'
  return freeBytes === wishedMemory() ? 'chosen' : 'computer'
}

function fewerAtATime(size: number): Advice {
  return {
    next: 'Compute fewer samples at a time: the result stays the same.',
    remedies: [{ action: 'set-option', option: 'microBatch', value: size }]
  }
}

function doesNotFit({ size, bytes }: Need, limit: number, advice: Advice): AppError {
  const samples = size === 1 ? 'one sample' : `${size} samples`
  return new AppError(
    'resources',
    `Training with ${samples} at a time needs about ${gigabytes(bytes)} of memory; ${gigabytes(limit)} is available.`,
    advice
  )
}

/** From the largest down. */
function divisors(batch: number): number[] {
  return Array.from({ length: batch }, (_, i) => batch - i).filter((size) => batch % size === 0)
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
