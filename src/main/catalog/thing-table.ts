import { type Database, type Statement } from 'better-sqlite3'
import { type z } from 'zod'
import { invariant, refuse } from '../../shared/errors.ts'
import { type Remedy } from '../../shared/remedies.ts'
import { SchemaTable } from './schema-table.ts'

/** What the catalogue knows of everything it lists. */
export interface Thing {
  readonly id: string
  readonly name: string
  readonly created: string
  readonly note?: string | undefined
  readonly trashed?: string | undefined
}

interface Shape<Stored extends Thing> {
  readonly table: string
  readonly schema: z.ZodType<Stored> & z.ZodObject
  /** What one is called in a sentence. */
  readonly noun: string
  /** What to do when there is none of that name. */
  readonly remedies: readonly Remedy[]
}

/** Data sets, prepared sets, runs, synthetic sets or packages: things with an id, a date, and a name that no other has. */
export class ThingTable<Stored extends Thing> {
  readonly #shape: Shape<Stored>
  readonly #insert: (thing: Stored) => void
  readonly #update: (thing: Stored) => number
  readonly #list: (parameters: object) => Stored[]
  readonly #find: (parameters: { nameOrId: string }) => Stored[]
  readonly #remove: Statement<{ id: string }>
  readonly #clear: Statement<[]>
  readonly #nameTaken: Statement<{ name: string }, number>
  readonly #idTaken: Statement<{ id: string }, number>

  constructor(db: Database, shape: Shape<Stored>) {
    const { table, schema } = shape
    const rows = new SchemaTable<Stored>(db, table, schema)
    this.#shape = shape
    this.#insert = rows.prepareInsert()
    this.#update = rows.prepareUpdate()
    this.#list = rows.prepareSelect('WHERE trashed IS NULL ORDER BY created DESC, id')
    this.#find = rows.prepareSelect(
      `WHERE trashed IS NULL AND (id = :nameOrId OR name = :nameOrId) ORDER BY id = :nameOrId DESC LIMIT 1`
    )
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE id = :id`)
    this.#clear = db.prepare(`DELETE FROM ${table}`)
    this.#nameTaken = db
      .prepare<{ name: string }, number>(`SELECT 1 FROM ${table} WHERE name = :name AND trashed IS NULL`)
      .pluck()
    this.#idTaken = db.prepare<{ id: string }, number>(`SELECT 1 FROM ${table} WHERE id = :id`).pluck()
  }

  /** Newest first. */
  list(): Stored[] {
    return this.#list({})
  }

  /** The thing of this id, else of this name. */
  find(nameOrId: string): Stored | undefined {
    return this.#find({ nameOrId })[0]
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Stored {
    const thing = this.find(nameOrId)
    if (thing === undefined) {
      throw refuse(`There is no ${this.#shape.noun} called "${nameOrId}".`, { remedies: this.#shape.remedies })
    }
    return thing
  }

  nameTaken(name: string): boolean {
    return this.#nameTaken.get({ name }) !== undefined
  }

  /** The name itself, or with a number where another thing has it. */
  freeName(wanted: string): string {
    let name = wanted
    for (let number = 2; this.nameTaken(name); number++) name = `${wanted} ${number}`
    return name
  }

  hasId(id: string): boolean {
    return this.#idTaken.get({ id }) !== undefined
  }

  /** Takes it out of the catalogue with all that is part of it; its folder is the caller's. */
  remove(id: string): void {
    this.#remove.run({ id })
  }

  /** Takes everything out of it. */
  clear(): void {
    this.#clear.run()
  }

  /** @throws AppError of kind `input` where the name is taken: one that exists is never given twice */
  protected add(thing: Stored): void {
    if (thing.trashed === undefined && this.nameTaken(thing.name)) {
      throw refuse(`There is already a ${this.#shape.noun} called "${thing.name}".`, {
        remedies: [{ action: 'choose-name' }]
      })
    }
    this.#insert(thing)
  }

  protected change(thing: Stored): void {
    const changes = this.#update(thing)
    invariant(changes === 1, `the ${this.#shape.noun} ${thing.id} is in the catalogue before it is updated`)
  }
}
