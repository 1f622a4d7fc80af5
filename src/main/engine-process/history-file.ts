import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HistoryEntry } from '../../shared/training.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'

/** `metrics.jsonl`: every number a run showed, a line each, in order, without gap or repeat. */
export class HistoryFile {
  readonly #file: string

  constructor(runFolder: string) {
    this.#file = join(runFolder, 'metrics.jsonl')
  }

  /**
   * Drops what was written after a safe point, which is going to be done again, a line that was cut off, and what closed
   * an earlier sitting, since training goes on: a score beside the schedule, and a note at the very end.
   *
   * @returns what is left
   */
  async goOnFrom(iteration: number): Promise<HistoryEntry[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '')
    const entries = text.split('\n').flatMap(parseLine)
    const kept = entries.filter((entry) => entry.iteration <= iteration && !closes(entry, iteration))
    await writeFileAtomic(this.#file, kept.map(line).join(''))
    return kept
  }

  async append(entry: HistoryEntry): Promise<void> {
    await appendFile(this.#file, line(entry))
  }
}

function closes(entry: HistoryEntry, last: number): boolean {
  if (entry.kind === 'note') return entry.iteration === last
  return entry.kind === 'evaluation' && entry.isClosing === true
}

function line(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`
}

/** A line that a kill cut off is no entry. */
function parseLine(text: string): HistoryEntry[] {
  if (text === '') return []
  try {
    return [HistoryEntry.parse(JSON.parse(text))]
  } catch {
    return []
  }
}
