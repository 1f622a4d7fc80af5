/**
 * Entry of the worker threads that take in and prepare images: one image a task. Each kind of task loads what it needs, for
 * all tasks of a thread are of one kind.
 */
import { toWireError, type WireError } from '../../shared/errors.ts'
import type { GuardedReply, GuardedTask } from '../datasets/guarded-pool.ts'
import type { CellsPlace } from '../datasets/source-image.ts'
import type { TakeOutcome, TakeTask } from '../datasets/take-image.ts'
import type { ReaderTask } from './reader-work.ts'
import type { PreparedOutcome, PrepareTask } from '../prepare/prepare-image.ts'

/** What a worker answers: a thrown error would lose its class on the way. */
export type PrepareReply = { readonly outcome: PreparedOutcome } | { readonly error: WireError }

/** Named for the pool (piscina), which calls an export by its name. */
export async function prepare(task: PrepareTask): Promise<PrepareReply> {
  try {
    const { prepareImage } = await import('../prepare/prepare-image.ts')
    return { outcome: await prepareImage(task) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

/** The same for images that an import takes in. */
export function take(task: GuardedTask<TakeTask>): Promise<GuardedReply<TakeOutcome>> {
  return guarded(task, async (input) => {
    const { takeImage } = await import('../datasets/take-image.ts')
    return takeImage(input)
  })
}

/** Whole requests that read files from outside. */
export function readerWork(task: GuardedTask<ReaderTask>): Promise<GuardedReply<unknown>> {
  return guarded(task, async (input) => {
    const { doReaderWork } = await import('./reader-work.ts')
    return doReaderWork(input, task.signs)
  })
}

export function countCategories(task: GuardedTask<CellsPlace>): Promise<GuardedReply<ReadonlyMap<string, number>>> {
  return guarded(task, async (input) => {
    const { countCategories } = await import('../datasets/formats/all-formats.ts')
    return countCategories(input)
  })
}

async function guarded<Input, Outcome>(
  { input, signs }: GuardedTask<Input>,
  work: (input: Input) => Promise<Outcome>
): Promise<GuardedReply<Outcome>> {
  Atomics.add(signs, 0, 1)
  try {
    return { outcome: await work(input) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

/** Values of one picture, for a range that all pictures of a set share. */
export async function sample(imageFile: string): Promise<{ outcome: Float64Array[] } | { error: WireError }> {
  try {
    const { sampleValues } = await import('../prepare/brightness.ts')
    return { outcome: await sampleValues(imageFile) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}
