import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DatasetImage, ValueRange } from '../../shared/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { ThreadPool } from '../threads/pool.ts'
import { needsBrightness, settleRanges } from './brightness.ts'
import type { PrepareInput } from './choose-images.ts'
import type { PreparedOutcome, PrepareTask } from './prepare-image.ts'

interface Folders {
  /** Of the data set. */
  readonly source: string
  /** Of the prepared set. */
  readonly target: string
}

interface PrepareOptions {
  readonly workerPath: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number) => void
}

/** Prepares all images over the cores; the outcomes are in their order, whatever the number of workers. */
export async function prepareImages(
  images: readonly DatasetImage[],
  request: PrepareInput,
  { source, target }: Folders,
  { workerPath, signal, onProgress }: PrepareOptions
): Promise<PreparedOutcome[]> {
  for (const name of ['images', 'masks']) await mkdir(join(target, name))
  const threads = Math.min(request.workers ?? availableParallelism(), images.length)
  const pool = new ThreadPool({ workerPath, threads })
  try {
    const files = images.map(({ file }) => join(source, 'images', file))
    const hasRange = request.brightness === 'set' && needsBrightness(images)
    const samples = hasRange ? await runAll<Float64Array[]>(pool, 'sample', files, signal) : undefined
    const tasks = makeTasks(images, request, { source, target }, samples && settleRanges(samples))
    return await runAll<PreparedOutcome>(pool, 'prepare', tasks, signal, onProgress)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    throw new AppError('stopped', 'Preparation was stopped; nothing was kept.', {
      next: 'Start it again at any time.'
    })
  } finally {
    await pool.close()
  }
}

/** The name of a prepared picture and of its mask. */
export function pictureName(position: number): string {
  return `${String(position + 1).padStart(6, '0')}.png`
}

/** @param ranges one for all pictures of the set, by values of each of them */
function makeTasks(
  images: readonly DatasetImage[],
  { mask, scale, tile, channels, brightness }: PrepareInput,
  { source, target }: Folders,
  ranges: readonly (ValueRange[] | undefined)[] | undefined
): PrepareTask[] {
  return images.map((image, i) => ({
    imageId: image.id,
    imageFile: join(source, 'images', image.file),
    cellsFile: join(source, 'cells', `${image.id}.json`),
    width: image.width,
    height: image.height,
    pictureOut: join(target, 'images', pictureName(i)),
    maskOut: join(target, 'masks', pictureName(i)),
    mask,
    scale,
    tile,
    channels,
    brightness: ranges?.[i] ?? (brightness === 'set' ? 'percentiles' : brightness)
  }))
}

function runAll<Outcome>(
  pool: ThreadPool,
  name: 'prepare' | 'sample',
  inputs: readonly (PrepareTask | string)[],
  signal: AbortSignal,
  onDone?: (done: number) => void
): Promise<Outcome[]> {
  let done = 0
  return Promise.all(
    inputs.map(async (input) => {
      const outcome = await pool.run<Outcome>(input, { name, signal })
      onDone?.(++done)
      return outcome
    })
  )
}
