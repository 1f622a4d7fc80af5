import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { isLiving, ownMark } from '../files/living-process.ts'

const Mark = z.object({ place: z.string(), pid: z.int(), started: z.string().optional() })

/** An engine whose program was killed ends with its step; one that takes longer than this is stuck. */
const patienceMilliseconds = 120_000
const lookMilliseconds = 200

/**
 * Marks this process as the one engine on a run. An engine whose program was killed may still be finishing its step: it
 * is waited for, so that two never write into one run.
 *
 * @returns a function that takes the mark away
 * @throws AppError of kind `resources` where the other engine does not end
 */
export async function holdAsOnlyEngine(
  runFolder: string,
  patience = patienceMilliseconds
): Promise<() => Promise<void>> {
  const file = join(runFolder, 'engine.json')
  const end = performance.now() + patience
  while (await isHeldByAnother(file)) {
    if (performance.now() > end) {
      throw new AppError('resources', 'An engine from an earlier start is still working on this run.', {
        file,
        next: 'End it, or restart the computer; then resume the run.'
      })
    }
    await setTimeout(lookMilliseconds)
  }
  await writeFileAtomic(file, JSON.stringify(ownMark()))
  return () => rm(file, { force: true })
}

async function isHeldByAnother(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const mark = Mark.safeParse(jsonOf(text)).data
  return mark !== undefined && mark.pid !== process.pid && isLiving(mark) === true
}

/** A mark that was cut off holds nothing. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
