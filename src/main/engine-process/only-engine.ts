import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { createFile } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { isLiving, ownMark } from '../files/living-process.ts'
import { partialPath } from '../files/partials.ts'

const Mark = z.object({ place: z.string(), pid: z.int(), started: z.string().optional(), id: z.string().optional() })

interface Patience {
  /** How long an engine that lives is waited for: one whose program was killed ends with its step. */
  readonly most: number
  /** An engine that cannot be asked for, and has not shown itself for so long, is taken for gone. */
  readonly silence: number
  readonly beat: number
}

const patient: Patience = { most: 120_000, silence: 90_000, beat: 5000 } // milliseconds
const lookMilliseconds = 200

/**
 * Marks this process as the one engine on a run. An engine whose program was killed may still be finishing its step, also on
 * another computer that shares the disk: it is waited for, so that two never write into one run. One that was asleep so
 * long that another took its place ends when it wakes.
 *
 * @returns a function that takes the mark away
 * @throws AppError of kind `resources` where the other engine does not end
 */
export async function holdAsOnlyEngine(
  runFolder: string,
  patience: Partial<Patience> = {}
): Promise<() => Promise<void>> {
  const { most, silence, beat } = { ...patient, ...patience }
  const file = join(runFolder, 'engine.json')
  const id = randomUUID()
  const others = new Others(silence)
  const end = performance.now() + most
  while (!(await createFile(file, JSON.stringify({ ...ownMark(), id })))) {
    const found = await look(file)
    if (found === undefined) continue // it was taken away just now
    if (!others.hold(found)) await takeAway(file, found.text)
    else if (performance.now() > end) throw stillHeld(file)
    else await setTimeout(lookMilliseconds)
  }
  const sign = showLife(file, id, beat)
  return async () => {
    await sign.terminate()
    if ((await look(file))?.text.includes(id) === true) await rm(file, { force: true })
  }
}

function stillHeld(file: string): AppError {
  return new AppError('resources', 'An engine from an earlier start is still working on this run.', {
    file,
    next: 'End it, or restart the computer; then resume the run.'
  })
}

interface Found {
  readonly text: string
  /** Whoever holds the mark renews its time. */
  readonly time: number
}

async function look(file: string): Promise<Found | undefined> {
  try {
    return { text: await readFile(file, 'utf8'), time: (await stat(file)).mtimeMs }
  } catch {
    return undefined
  }
}

/** Tells whether a mark is that of an engine at work. Who cannot be asked for must renew it, watched on our own clock. */
class Others {
  readonly #silence: number
  #seen: (Found & { readonly since: number }) | undefined

  constructor(silence: number) {
    this.#silence = silence
  }

  hold(found: Found): boolean {
    const mark = Mark.safeParse(jsonOf(found.text)).data
    if (mark === undefined) return false // cut off, it holds nothing
    const own = ownMark()
    if (mark.place === own.place && mark.pid === own.pid) return false
    return isLiving(mark) ?? this.#showsLife(found)
  }

  #showsLife({ text, time }: Found): boolean {
    const now = performance.now()
    if (this.#seen?.text !== text || this.#seen.time !== time) this.#seen = { text, time, since: now }
    return now - this.#seen.since < this.#silence
  }
}

/** Takes away the mark that was looked at. If it is another by now, that one stays. */
async function takeAway(file: string, expected: string): Promise<void> {
  const aside = partialPath(file)
  try {
    await rename(file, aside)
  } catch {
    return // somebody else was quicker
  }
  const text = await readFile(aside, 'utf8')
  if (text !== expected) await createFile(file, text)
  await rm(aside, { force: true })
}

/**
 * Renews the mark's time from a thread, since an engine computes without giving way. Where the mark is another's, that one
 * trains: this process ends at once, before it writes anything more.
 */
function showLife(file: string, id: string, beat: number): Worker {
  const code = `
    const { readFileSync, utimesSync } = require('node:fs')
    const { workerData: { file, id, beat } } = require('node:worker_threads')
    setInterval(() => {
      let text
      try {
        text = readFileSync(file, 'utf8')
        const now = new Date()
        if (text.includes(id)) utimesSync(file, now, now)
      } catch {
        return // a disk that is away for a moment
      }
      if (text !== '' && !text.includes(id)) process.kill(process.pid, 'SIGKILL')
    }, beat)`
  const worker = new Worker(code, {
    eval: true,
    workerData: { file, id, beat },
    resourceLimits: { maxOldGenerationSizeMb: 16 }
  })
  worker.on('error', () => undefined) // training goes on; without signs only other computers are misled
  worker.unref()
  return worker
}
