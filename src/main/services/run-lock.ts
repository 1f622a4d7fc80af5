import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'

const Owner = z.object({ pid: z.int() })

/**
 * Marks a run as being worked on by this process, so that two programs never train the same run at once.
 *
 * @throws AppError of kind `input` when another living process works on it
 * @returns a function that gives the run free
 */
export async function holdRun(folder: string, name: string): Promise<() => Promise<void>> {
  if (await isHeld(folder)) {
    throw refuse(`The run "${name}" is being worked on by another window or terminal.`, {
      next: 'Pause it there first.'
    })
  }
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'owner.json')
  await writeFileAtomic(file, JSON.stringify({ pid: process.pid }))
  return () => rm(file, { force: true })
}

/** Whether a living process works on the run in this folder. */
export async function isHeld(folder: string): Promise<boolean> {
  const owner = await readOwner(join(folder, 'owner.json'))
  return owner !== undefined && isAlive(owner)
}

async function readOwner(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Owner.safeParse(JSON.parse(text)).data?.pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0) // signal 0 only asks
    return true
  } catch {
    return false
  }
}
