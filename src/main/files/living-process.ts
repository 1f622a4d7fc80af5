import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'

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

/**
 * Whether the process lives; undefined where nobody here can tell: it belongs to another computer or container, or its number
 * is in use and may have been given to another by now.
 */
export function isLiving({ place, pid, started }: ProcessMark): boolean | undefined {
  if (!isOfThisPlace({ place })) return undefined
  try {
    process.kill(pid, 0) // signal 0 only asks
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) return false
  }
  return started === undefined ? undefined : started === startOf(pid)
}

/** Whether a mark is of this computer and container. */
export function isOfThisPlace({ place }: Pick<ProcessMark, 'place'>): boolean {
  return place === placeOfThisProcess()
}

/**
 * Linux tells the start of the computer and the container; elsewhere its name must do, with the number of a network card,
 * since many computers have one name.
 */
function placeOfThisProcess(): string {
  known ??= findPlace()
  return known
}

let known: string | undefined // it is asked for with each file that is written

function findPlace(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const container = read(() => readlinkSync('/proc/self/ns/pid'))
  return [boot ?? `${hostname()} ${networkCard()}`, container ?? ''].join(' ').trim()
}

function networkCard(): string {
  const cards = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return cards.map(({ mac }) => mac).find((mac) => mac !== '00:00:00:00:00:00') ?? ''
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
