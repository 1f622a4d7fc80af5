import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from '../../shared/api.ts'
import type { Estimate } from '../../shared/estimates.ts'
import { bytesBelow } from '../files/disk-use.ts'
import { stageFolder } from '../files/atomic-write.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'

/** Work is watched for this long once it gets on, and some steps at least; a slow step is not waited for much longer. */
const enoughSeconds = 4
const enoughSteps = 2
const mostSeconds = 30
/** What would be done within so many seconds more is done: all of it says more than a part. */
const nearlyDone = 10

type Context = Pick<RequestContext, 'signal' | 'progress'>

export interface Trial {
  /** Of the whole work. */
  readonly seconds: number
  /** Of all that it would write. */
  readonly bytes: number
  /** It came to its end before it was stopped. */
  readonly isWhole: boolean
  /** So much of it was done. */
  readonly share: number
  readonly notes: readonly string[]
}

interface TrialPlace {
  /** Where the thing would be: it is tried in a hidden folder beside, which is removed. */
  readonly folder: string
  /** Folders in it that grow with the progress; the rest is there from the start. */
  readonly growing: readonly string[]
  readonly context: Context
}

/**
 * Does some work in earnest, in a folder that is removed; after some seconds it is stopped, and the rest is taken in
 * proportion to its progress.
 *
 * @throws what the work throws; AppError of kind `stopped` where the person stops it
 */
export async function tryWork(
  { folder, growing, context }: TrialPlace,
  work: (folder: string, context: Context) => Promise<void>
): Promise<Trial> {
  const staged = await stageFolder(folder)
  const enough = new AbortController()
  const signal = AbortSignal.any([context.signal, enough.signal])
  const pace = new Pace()
  const isSettled = Promise.withResolvers<number>()
  try {
    const progress = (step: Progress): void => {
      pace.take(step)
      context.progress({ ...step, stage: 'trial' })
      if (pace.isEnough) isSettled.resolve(pace.share)
    }
    const working = work(staged.path, { signal, progress }).then(() => 1)
    const share = await Promise.race([working, isSettled.promise])
    const all = await bytesBelow(staged.path)
    if (share === 1) return { seconds: pace.elapsed, bytes: all, isWhole: true, share, notes: [] }
    let grown = 0
    for (const name of growing) grown += await bytesBelow(join(staged.path, name))
    const { seconds, share: shareNow } = pace
    enough.abort()
    await working.catch(() => undefined) // it was stopped, and says so
    context.signal.throwIfAborted()
    const bytes = all - grown + grown / shareNow
    return { seconds, bytes, isWhole: false, share: shareNow, notes: [proportionNote(shareNow)] }
  } finally {
    await staged.discard()
  }
}

/** @param place a folder on the disk that would be written to */
export async function estimateOf(
  app: AppContext,
  { seconds, bytes, notes }: Pick<Trial, 'seconds' | 'bytes' | 'notes'>,
  place = app.folders.root
): Promise<Estimate> {
  const { bavail, bsize } = await statfs(place)
  const diskFreeBytes = bavail * bsize
  return {
    seconds,
    finish: finishAfter(app, seconds),
    diskBytes: Math.round(bytes),
    diskFreeBytes,
    fits: bytes <= diskFreeBytes,
    notes: bytes <= diskFreeBytes ? [...notes] : [...notes, 'The disk has not enough room for it.']
  }
}

/** When something ends that starts now. */
export function finishAfter({ environment }: AppContext, seconds: number): string {
  return new Date(environment.now().getTime() + 1000 * seconds).toISOString()
}

function proportionNote(share: number): string {
  const percent = Math.max(1, Math.round(100 * share))
  return `Tried with ${percent} % of it; the rest is taken in proportion.`
}

/** How fast work gets on in its last stage. */
class Pace {
  readonly #began = performance.now()
  #stage = ''
  #first = { done: 0, at: this.#began }
  #last = { done: 0, total: 0, at: this.#began }

  take({ stage, done, total }: Progress): void {
    const at = performance.now()
    // What is said again before the first step is done was getting ready.
    if (stage !== this.#stage || done === this.#first.done) this.#first = { done, at }
    this.#stage = stage
    this.#last = { done, total, at }
  }

  get elapsed(): number {
    return (performance.now() - this.#began) / 1000
  }

  get share(): number {
    return this.#last.total === 0 ? 1 : this.#last.done / this.#last.total
  }

  get isEnough(): boolean {
    const steps = this.#last.done - this.#first.done
    const watched = (this.#last.at - this.#first.at) / 1000
    if (this.share >= 1 || steps === 0) return false
    if (watched > mostSeconds) return true
    return watched > enoughSeconds && steps >= enoughSteps && this.seconds - this.elapsed > nearlyDone
  }

  /** Of the whole work, from its start. */
  get seconds(): number {
    const each = (this.#last.at - this.#first.at) / 1000 / (this.#last.done - this.#first.done)
    return (this.#first.at - this.#began) / 1000 + (this.#last.total - this.#first.done) * each
  }
}
