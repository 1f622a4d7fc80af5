/** Entry of the worker threads that take in and prepare images: one image a task. */
import { toWireError, type WireError } from '../shared/errors.ts'
import { takeImage, type TakeTask } from './datasets/take-image.ts'
import { type TakeReply } from './datasets/taker.ts'
import { sampleValues } from './services/brightness.ts'
import { prepareImage, type PreparedOutcome, type PrepareTask } from './services/prepare-image.ts'

/** What a worker answers: a thrown error would lose its class on the way. */
export type PrepareReply = { readonly outcome: PreparedOutcome } | { readonly error: WireError }

/** Named for the pool (piscina), which calls an export by its name. */
export async function prepare(task: PrepareTask): Promise<PrepareReply> {
  try {
    return { outcome: await prepareImage(task) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

/** The same for images that an import takes in. */
export async function take(task: TakeTask): Promise<TakeReply> {
  try {
    return { outcome: await takeImage(task) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

/** Values of one picture, for a range that all pictures of a set share. */
export async function sample(imageFile: string): Promise<{ outcome: Float64Array[] } | { error: WireError }> {
  try {
    return { outcome: await sampleValues(imageFile) }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}
