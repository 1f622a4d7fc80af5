import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SegmenterEntry } from '../../shared/segmentation.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'

/** `metrics.jsonl` of a segmenter: every number that it showed, a line each, without gap or repeat. */
export class SegmenterHistory {
  readonly #file: string

  constructor(folder: string) {
    this.#file = join(folder, 'metrics.jsonl')
  }

  /** Drops what was written after a safe point, which is going to be done again, and a line that was cut off. */
  async goOnFrom(iteration: number): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => '')
    const entries = text.split('\n').flatMap((line) => SegmenterEntry.safeParse(jsonOf(line)).data ?? [])
    const kept = entries.filter((entry) => entry.iteration <= iteration)
    await writeFileAtomic(this.#file, kept.map(lineOf).join(''))
  }

  async append(entry: SegmenterEntry): Promise<void> {
    await appendFile(this.#file, lineOf(entry))
  }
}

function lineOf(entry: SegmenterEntry): string {
  return `${JSON.stringify(entry)}\n`
}
