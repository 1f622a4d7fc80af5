import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { parseRow } from './rows.ts'

/** A process that has the workspace open. */
export const ProcessRow = z.object({
  id: z.string(),
  place: z.string(),
  pid: z.int(),
  started: z.string().optional(),
  version: z.string(),
  beat: z.int()
})
export type ProcessRow = z.infer<typeof ProcessRow>

/** The processes that have the workspace open, or had it when they were killed. */
export class ProcessTable {
  readonly #insert: Statement
  readonly #remove: Statement<{ id: string }>
  readonly #beat: Statement<{ id: string }>
  readonly #list: Statement<[], object>

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO processes (id, place, pid, started, version, beat)
       VALUES (:id, :place, :pid, :started, :version, :beat)`
    )
    this.#remove = db.prepare('DELETE FROM processes WHERE id = :id')
    this.#beat = db.prepare('UPDATE processes SET beat = beat + 1 WHERE id = :id')
    this.#list = db.prepare('SELECT id, place, pid, started, version, beat FROM processes')
  }

  insert(process: ProcessRow): void {
    this.#insert.run({ ...process, started: process.started ?? null })
  }

  remove(id: string): void {
    this.#remove.run({ id })
  }

  beat(id: string): void {
    this.#beat.run({ id })
  }

  list(): ProcessRow[] {
    return this.#list.all().map((row) => parseRow(ProcessRow, row))
  }
}
