import { type Refusal, type Warning } from '../../shared/datasets.ts'

/** Where readers put what they cannot take, and what the user should know. */
export interface Log {
  /** @param kind what went wrong, in the plural, for the line that counts the rest: `cells outside their image` */
  refuse(file: string, reason: string, kind?: string): void
  warn(reason: string, file?: string, kind?: string): void
}

/** Entries of a log as they come from a worker. */
export interface Notes {
  readonly refused: readonly { readonly file: string; readonly reason: string; readonly kind: string | undefined }[]
  readonly warnings: readonly {
    readonly reason: string
    readonly file: string | undefined
    readonly kind: string | undefined
  }[]
}

/** Keeps all that is said about one image. */
export class NoteLog implements Log {
  readonly #refused: Notes['refused'][number][] = []
  readonly #warnings: Notes['warnings'][number][] = []

  refuse(file: string, reason: string, kind?: string): void {
    this.#refused.push({ file, reason, kind })
  }

  warn(reason: string, file?: string, kind?: string): void {
    this.#warnings.push({ reason, file, kind })
  }

  get notes(): Notes {
    return { refused: this.#refused, warnings: this.#warnings }
  }
}

const shownOfAKind = 20

/**
 * What an import has to say: files and cells that were not taken, and what the user should know about those that were.
 *
 * Entries that share a `kind` are listed up to twenty times; the rest of them is counted in one line.
 */
export class ImportLog implements Log {
  readonly #refusals: Refusal[] = []
  readonly #warnings: Warning[] = []
  readonly #refusedOfKind = new Map<string, number>()
  readonly #warnedOfKind = new Map<string, number>()

  refuse(file: string, reason: string, kind?: string): void {
    if (isShown(this.#refusedOfKind, kind)) this.#refusals.push({ file, reason })
  }

  warn(reason: string, file?: string, kind?: string): void {
    if (isShown(this.#warnedOfKind, kind)) this.#warnings.push(file === undefined ? { reason } : { file, reason })
  }

  add({ refused, warnings }: Notes): void {
    for (const { file, reason, kind } of refused) this.refuse(file, reason, kind)
    for (const { reason, file, kind } of warnings) this.warn(reason, file, kind)
  }

  get refused(): Refusal[] {
    const more = rest(this.#refusedOfKind).map(({ kind, count }) => ({
      file: '…',
      reason: `Besides those listed, ${count} more ${kind}.`
    }))
    return [...this.#refusals, ...more]
  }

  get warnings(): Warning[] {
    const more = rest(this.#warnedOfKind).map(({ kind, count }) => ({
      reason: `Besides those listed, ${count} more ${kind}.`
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
