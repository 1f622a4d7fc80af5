import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process as others can recognise it: its number alone can be another's by now. */
export interface ProcessMark {
  /** Which computer since its last start, and which of its containers. */
  readonly place: string
  readonly pid: number
  readonly started?: string | undefined
}

/** This process. */
export function ownMark(): ProcessMark {
  return { place: placeOfThisProcess(), pid: process.pid, started: startOf(process.pid) }
}

/** Whether the process lives; undefined where it belongs to another computer or container, so that nobody here can tell. */
export function isLiving({ place, pid, started }: ProcessMark): boolean | undefined {
  if (place !== placeOfThisProcess()) return undefined
  try {
    process.kill(pid, 0) // signal 0 only asks
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false
  }
  return started === undefined || started === startOf(pid)
}

/** Linux tells the start of the computer and the container; elsewhere the computer's name must do. */
function placeOfThisProcess(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const container = read(() => readlinkSync('/proc/self/ns/pid'))
  return [boot ?? hostname(), container ?? ''].join(' ').trim()
}

/** When a process started, in ticks since the computer did; only Linux tells without being asked twice. */
function startOf(pid: number): string | undefined {
  // The name of the program, in brackets, may hold spaces; after it the start is the 20th field (proc(5)).
  return read(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19])
}

function read<Result>(look: () => Result): Result | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
