import { readFileSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'

/** A process: its number can be another's by now, so what is known of its start goes with it. */
const Owner = z.object({ pid: z.int(), started: z.string().optional() })
type Owner = z.infer<typeof Owner>

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
  await writeFileAtomic(file, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Owner))
  return () => rm(file, { force: true })
}

/** Whether a living process works on the run in this folder. */
export async function isHeld(folder: string): Promise<boolean> {
  const owner = await readOwner(join(folder, 'owner.json'))
  return owner !== undefined && isAlive(owner)
}

/** A note that cannot be read holds nothing: it is written whole or not at all. */
async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return Owner.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0) // signal 0 only asks
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false
  }
  return started === undefined || started === startOf(pid)
}

/** When a process started, in ticks since the computer did; only Linux tells without being asked twice. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold spaces; after it the start is the 20th field (proc(5)).
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    return undefined
  }
}
