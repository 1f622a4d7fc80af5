import type { Database, Statement } from 'better-sqlite3'
import { Draft } from '../../shared/drafts.ts'
import { SchemaTable } from './schema-table.ts'

/** Unfinished wizards. What is saved is on the disk when it returns. */
export class DraftTable {
  readonly #insert: (draft: Draft) => void
  readonly #update: (draft: Draft) => number
  readonly #list: (parameters: object) => Draft[]
  readonly #find: (parameters: object) => Draft[]
  readonly #remove: Statement<{ id: string }>

  constructor(db: Database) {
    const table = new SchemaTable(db, 'drafts', Draft)
    this.#insert = table.prepareInsert()
    this.#update = table.prepareUpdate()
    this.#list = table.prepareSelect('ORDER BY changed DESC, id')
    this.#find = table.prepareSelect('WHERE id = :id')
    this.#remove = db.prepare('DELETE FROM drafts WHERE id = :id')
  }

  /** Newest first. */
  list(): Draft[] {
    return this.#list({})
  }

  find(id: string): Draft | undefined {
    return this.#find({ id })[0]
  }

  /** Writes it over what was there of it. */
  put(draft: Draft): void {
    if (this.#update(draft) === 0) this.#insert(draft)
  }

  remove(id: string): void {
    this.#remove.run({ id })
  }
}
