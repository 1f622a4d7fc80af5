import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sha256 } from './checksum.ts'
import { isLiving, ownMark } from './living-process.ts'

/** How often a folder that is being filled shows that somebody is at it. */
const beatMilliseconds = 60_000
/** What another computer makes is taken for left behind when it has not changed for so long. */
const silenceMilliseconds = 15 * 60_000

/**
 * A hidden sibling of `path` to write to before it takes that name. Its name tells who writes: which computer and container,
 * which process there, and when that began, since numbers are given anew.
 */
export function partialPath(path: string): string {
  const { place, pid, started = '0' } = ownMark()
  // File systems allow 255 bytes a name, and a character takes up to three here.
  const start = basename(path).slice(0, 50)
  return join(dirname(path), `.${start}.partial-${placeWord(place)}.${pid}.${started}-${randomUUID()}`)
}

/** Programs before this one named the process alone. */
const partialName = /^\..*\.partial-(?:([\da-f]{8})\.)?(\d+)(?:\.(\d+))?-[\da-f-]{36}$/u

function placeWord(place: string): string {
  return sha256(place).slice(0, 8)
}

/** Shows whoever cannot ask for this process that the folder is being filled. Call the result before it gets its name. */
export function beatIn(folder: string): () => Promise<void> {
  const sign = join(folder, '.beat')
  let last = Promise.resolve()
  const timer = setInterval(() => {
    // By the clock of the disk, which is nobody's in particular.
    last = mkdir(sign)
      .then(() => rmdir(sign))
      .catch(() => undefined) // a disk that is away for a moment
  }, beatMilliseconds)
  timer.unref()
  return () => {
    clearInterval(timer)
    return last
  }
}

/**
 * Removes what interrupted writes left in a folder (not in folders below it) and returns the names removed.
 *
 * What a process still at work makes stays, also one of another computer or container. What cannot be removed now is hidden
 * anyway, and waits for the next time.
 */
export async function sweepPartials(folder: string): Promise<string[]> {
  const removed: string[] = []
  for (const name of await leftoversIn(folder)) {
    const isRemoved = rm(join(folder, name), whole).then(
      () => true,
      () => false
    )
    if (await isRemoved) removed.push(name)
  }
  return removed
}

/** How a folder is removed. With patience: a process that was killed may have one of its own that writes a last file there. */
export const whole = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const // ms, and more each time

/** The names of what interrupted writes left in a folder. */
export async function leftoversIn(folder: string): Promise<string[]> {
  const leftovers: string[] = []
  for (const name of (await namesIn(folder)).filter((each) => partialName.test(each))) {
    const atWork = isAtWork(name) ?? (await hasChangedLately(join(folder, name)))
    if (!atWork) leftovers.push(name)
  }
  return leftovers
}

/** Undefined where nobody here can tell. */
function isAtWork(name: string): boolean | undefined {
  const [, word, pid, started] = partialName.exec(name) ?? []
  const { place } = ownMark()
  if (word === undefined) return isLiving({ place, pid: Number(pid) }) !== false
  if (word !== placeWord(place)) return undefined
  return isLiving({ place, pid: Number(pid), started: started === '0' ? undefined : started })
}

/** By the clock of the disk on which it lies: computers that share one seldom agree. */
async function hasChangedLately(path: string): Promise<boolean> {
  const probe = partialPath(path)
  try {
    await writeFile(probe, '', { flag: 'wx' })
    const [now, then] = [await stat(probe), await stat(path)]
    return now.mtimeMs - then.mtimeMs < silenceMilliseconds
  } catch {
    return true // it has its name by now, or this disk may only be read: nothing is to be swept
  } finally {
    await rm(probe, { force: true }).catch(() => undefined)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw thrown
  }
}
