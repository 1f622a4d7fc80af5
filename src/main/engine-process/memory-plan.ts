import { totalmem } from 'node:os'
import { AppError, type ErrorDetails } from '../../shared/errors.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'
import { predictPeak } from '../engine/memory-model.ts'
import { type MemoryPlan } from '../jobs/engine-protocol.ts'

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
  const ways = waysToMore(engine, freeBytes)
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
 * What this process may have: what is free now, with what it has already, within the limits that a container sets and
 * those of the user (`CYTOLOOM_MEMORY_GB`). A graphics card's memory is its own, and not told by its driver.
 */
export function freeMemory(engine: BackendName): number | undefined {
  if (engine === 'native-gpu' || engine === 'webgpu') return undefined
  const wished = Number(process.env['CYTOLOOM_MEMORY_GB'] ?? 0) * 1e9
  const free = process.availableMemory() + process.memoryUsage.rss()
  // macOS counts as free only what holds no file, and gives more when it is asked.
  const available = process.platform === 'darwin' ? Math.max(free, 0.7 * totalmem()) : free
  return wished > 0 ? Math.min(wished, available) : available
}

function limitOf(engine: BackendName, freeBytes: number): number {
  return (1 - reserve) * (engine === 'wasm' ? Math.min(freeBytes, wasmBytes) : freeBytes)
}

interface Need {
  readonly size: number
  readonly bytes: number
}

type Advice = Pick<ErrorDetails, 'next' | 'remedies'>

/** What gives an engine more memory: where the limit is WebAssembly's own, closing other programs would not. */
function waysToMore(engine: BackendName, freeBytes: number | undefined): Advice {
  if (engine === 'wasm' && freeBytes !== undefined && freeBytes > wasmBytes) {
    return {
      next: 'WebAssembly can use no more than 4 GB, whatever the computer has. The processor pack has no such limit; smaller tiles need less.',
      remedies: [{ action: 'install-engine', engine: 'native-cpu' }, { action: 'prepare-again' }]
    }
  }
  return {
    next: 'Close other programs, prepare the data set with smaller tiles, or train on a computer with more memory.',
    remedies: [{ action: 'prepare-again' }]
  }
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
