import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync
} from 'node:fs'
import { dirname } from 'node:path'
import { redacted } from '../../shared/redact.ts'

const maxFileBytes = 1_000_000
/** Older ones than the present file. */
const keptFiles = 3
const maxEntryCharacters = 4000
const tailBytes = 60_000
/** What is as long as this without a space is data, not a sentence. */
const data = /[A-Za-z0-9+/=_-]{200,}/g

/** What went wrong, in a file on this computer that stays small. It holds no pictures; copies of it hold no paths. */
export class LogFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Never fails: whoever logs has trouble enough. */
  write(thrown: unknown): void {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    const short = text.replace(data, '…').slice(0, maxEntryCharacters)
    try {
      if (!existsSync(dirname(this.path))) mkdirSync(dirname(this.path))
      this.#rotate()
      appendFileSync(this.path, `${new Date().toISOString()} ${short}\n`, { mode: 0o600 })
    } catch {
      // A full disk, a folder that was taken away.
    }
  }

  /** The newest entries, for a report. */
  copy(): string {
    try {
      const file = openSync(this.path, 'r')
      try {
        const { size } = fstatSync(file)
        const bytes = Buffer.alloc(Math.min(size, tailBytes))
        readSync(file, bytes, 0, bytes.length, size - bytes.length)
        return redacted(bytes.toString('utf8'))
      } finally {
        closeSync(file)
      }
    } catch {
      return '' // nothing went wrong yet
    }
  }

  #rotate(): void {
    if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) < maxFileBytes) return
    const older = (age: number): string => (age === 0 ? this.path : `${this.path}.${age}`)
    for (let age = keptFiles - 1; age >= 0; age--) {
      if (statSync(older(age), { throwIfNoEntry: false }) !== undefined) renameSync(older(age), older(age + 1))
    }
  }
}
