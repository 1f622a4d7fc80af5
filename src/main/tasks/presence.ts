import { randomUUID } from 'node:crypto'
import type { Catalog } from '../catalog/catalog.ts'
import type { ProcessRow } from '../catalog/processes.ts'
import { isLiving, ownMark } from '../files/living-process.ts'

/** How often a process shows that it lives. */
const beatMilliseconds = 3000
/** A process elsewhere that has not shown it for so long is taken for gone. */
const silenceMilliseconds = 30_000

/** Who has the workspace open: this process makes itself known, and sees which others still live. */
export class Presence {
  readonly id = randomUUID()
  readonly #catalog: Catalog
  readonly #version: string
  readonly #seen = new Map<string, { readonly beat: number; readonly since: number }>()
  #timer: NodeJS.Timeout | undefined

  constructor(catalog: Catalog, version: string) {
    this.#catalog = catalog
    this.#version = version
  }

  /** Makes this process known, from its first task on: one that only looks leaves no trace. */
  begin(): void {
    if (this.#timer !== undefined) return
    const { started, ...mark } = ownMark()
    const row = { id: this.id, ...mark, ...(started === undefined ? {} : { started }), version: this.#version, beat: 0 }
    this.#catalog.processes.insert(row)
    this.#timer = setInterval(() => this.#beat(), beatMilliseconds)
    this.#timer.unref()
  }

  end(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#catalog.processes.remove(this.id)
  }

  /** The ids of those that live, this one among them. Rows of the dead are removed. */
  living(): ReadonlySet<string> {
    const living = new Set<string>([this.id])
    for (const row of this.#catalog.processes.list()) {
      if (row.id === this.id) continue
      if (this.#lives(row)) living.add(row.id)
      else this.#catalog.processes.remove(row.id)
    }
    return living
  }

  /** What this computer cannot ask its system is told by the beat, watched on our own clock: others' clocks may jump. */
  #lives(row: ProcessRow): boolean {
    const known = isLiving(row)
    if (known !== undefined) return known
    const now = performance.now()
    const seen = this.#seen.get(row.id)
    if (seen?.beat !== row.beat) {
      this.#seen.set(row.id, { beat: row.beat, since: now })
      return true
    }
    return now - seen.since < silenceMilliseconds
  }

  #beat(): void {
    // A busy or full disk at this moment is no reason to end; the next beat tries again.
    try {
      this.#catalog.unhurried(() => this.#catalog.processes.beat(this.id))
    } catch {
      return
    }
  }
}
