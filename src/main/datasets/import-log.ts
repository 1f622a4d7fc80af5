import { type Refusal, type Warning } from '../../shared/datasets.ts'

const shownOfAKind = 20

/**
 * What an import has to say: files and cells that were not taken, and what the user should know about those that were.
 *
 * Entries that share a `kind` are listed up to twenty times; the rest of them is counted in one line.
 */
export class ImportLog {
  readonly #refusals: Refusal[] = []
  readonly #warnings: Warning[] = []
  readonly #refusedOfKind = new Map<string, number>()
  readonly #warnedOfKind = new Map<string, number>()

  /**
   * @param kind what went wrong, in the plural, for the line that counts the rest: `cells outside their image`
   */
  refuse(file: string, reason: string, kind?: string): void {
    if (isShown(this.#refusedOfKind, kind)) this.#refusals.push({ file, reason })
  }

  warn(reason: string, file?: string, kind?: string): void {
    if (isShown(this.#warnedOfKind, kind)) this.#warnings.push(file === undefined ? { reason } : { file, reason })
  }

  get refused(): Refusal[] {
    const more = rest(this.#refusedOfKind).map(({ kind, count }) => ({
      file: '…',
      reason: `Beside those listed, ${count} more ${kind}.`
    }))
    return [...this.#refusals, ...more]
  }

  get warnings(): Warning[] {
    const more = rest(this.#warnedOfKind).map(({ kind, count }) => ({
      reason: `Beside those listed, ${count} more ${kind}.`
    }))
    return [...this.#warnings, ...more]
  }
}

function isShown(counts: Map<string, number>, kind: string | undefined): boolean {
  if (kind === undefined) return true
  const count = (counts.get(kind) ?? 0) + 1
  counts.set(kind, count)
  return count <= shownOfAKind
}

function rest(counts: ReadonlyMap<string, number>): { kind: string; count: number }[] {
  return [...counts].map(([kind, count]) => ({ kind, count: count - shownOfAKind })).filter(({ count }) => count > 0)
}
