import { type Database, type Statement } from 'better-sqlite3'
import { refuse } from '../../shared/errors.ts'
import { type Remedy } from '../../shared/remedies.ts'

interface Shape<Thing> {
  readonly table: string
  /** What one is called in a sentence. */
  readonly noun: string
  /** Columns of one row, as the SELECT lists them. */
  readonly columns: string
  readonly parse: (row: object) => Thing
  /** What to do when there is none of that name. */
  readonly remedies: readonly Remedy[]
}

/** What data sets, prepared sets, runs and synthetic sets have in common: an id, a unique name and a date. */
export class NamedThings<Thing> {
  readonly #shape: Shape<Thing>
  readonly #list: Statement<[], object>
  readonly #find: Statement<{ nameOrId: string }, object>
  readonly #nameTaken: Statement<{ name: string }, number>
  readonly #idTaken: Statement<{ id: string }, number>

  constructor(db: Database, shape: Shape<Thing>) {
    const { table, columns } = shape
    this.#shape = shape
    this.#list = db.prepare(`SELECT ${columns} FROM ${table} ORDER BY created DESC, rowid DESC`)
    this.#find = db.prepare(
      `SELECT ${columns} FROM ${table} WHERE id = :nameOrId OR name = :nameOrId ORDER BY id = :nameOrId DESC LIMIT 1`
    )
    this.#nameTaken = db.prepare<{ name: string }, number>(`SELECT 1 FROM ${table} WHERE name = :name`).pluck()
    this.#idTaken = db.prepare<{ id: string }, number>(`SELECT 1 FROM ${table} WHERE id = :id`).pluck()
  }

  /** Newest first. */
  list(): Thing[] {
    return this.#list.all().map((row) => this.#shape.parse(row))
  }

  /** The thing of this id, else of this name. */
  find(nameOrId: string): Thing | undefined {
    const row = this.#find.get({ nameOrId })
    return row && this.#shape.parse(row)
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Thing {
    const thing = this.find(nameOrId)
    if (thing === undefined) {
      throw refuse(`There is no ${this.#shape.noun} called "${nameOrId}".`, { remedies: this.#shape.remedies })
    }
    return thing
  }

  nameTaken(name: string): boolean {
    return this.#nameTaken.get({ name }) !== undefined
  }

  hasId(id: string): boolean {
    return this.#idTaken.get({ id }) !== undefined
  }

  /** @throws AppError of kind `input`: a name that exists is never given twice */
  refuseTakenName(name: string): void {
    if (this.nameTaken(name)) {
      throw refuse(`There is already a ${this.#shape.noun} called "${name}".`, {
        remedies: [{ action: 'choose-name' }]
      })
    }
  }
}
