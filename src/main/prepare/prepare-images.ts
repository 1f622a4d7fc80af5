import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { DatasetImage, ValueRange } from '../../shared/datasets.ts'
import { AppError, naming } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { ThreadPool, type Work } from '../threads/pool.ts'
import { needsBrightness, settleRanges } from '../images/set-brightness.ts'
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
  const pool = new ThreadPool({ workerPath, threads, heapMebibytes: limits.thread.maskHeapMebibytes })
  try {
    const files = images.map(({ file }) => join(source, 'images', file))
    const hasRange = request.brightness === 'set' && needsBrightness(images)
    const samples = hasRange ? await runAll<Float64Array[]>(pool, 'sample', pieces(images, files), signal) : undefined
    const tasks = makeTasks(images, request, { source, target }, samples && settleRanges(samples))
    return await runAll<PreparedOutcome>(pool, 'prepare', pieces(images, tasks), signal, onProgress)
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

interface Piece {
  readonly image: DatasetImage
  readonly input: PrepareTask | string
}

function pieces(images: readonly DatasetImage[], inputs: readonly Piece['input'][]): Piece[] {
  return images.flatMap((image, i) => {
    const input = inputs[i]
    return input === undefined ? [] : [{ image, input }]
  })
}

function runAll<Outcome>(
  pool: ThreadPool,
  name: 'prepare' | 'sample',
  all: readonly Piece[],
  signal: AbortSignal,
  onDone?: (done: number) => void
): Promise<Outcome[]> {
  let done = 0
  return Promise.all(
    all.map(async ({ image, input }) => {
      try {
        const outcome = await pool.run<Outcome>(input, { name, signal, guard: guardOf(image) })
        onDone?.(++done)
        return outcome
      } catch (thrown) {
        throw naming(image.file, thrown)
      }
    })
  )
}

/** What was imported may come from strangers, too: an image that takes too much is named, and the rest is not made to wait. */
function guardOf({ file, width, height }: DatasetImage): Required<Work>['guard'] {
  const { maskSeconds, maskPixelsPerSecond } = limits.thread
  const seconds = maskSeconds + (width * height) / maskPixelsPerSecond
  return { file, seconds, does: { verb: 'prepare', participle: 'prepared' } }
}
