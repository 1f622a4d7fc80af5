import { type Database, type Statement } from 'better-sqlite3'
import { z } from 'zod'
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
  readonly missing?: boolean | undefined
  readonly source?: string | undefined
}

/** What whoever tends the workspace changes; `undefined` takes it away. */
export interface Tending {
  readonly name?: string
  readonly note?: string | undefined
  readonly trashed?: string | undefined
  readonly missing?: boolean | undefined
}

const Mark = z.object({
  id: z.string(),
  name: z.string(),
  created: z.string(),
  trashed: z.string().optional(),
  missing: z.boolean().optional()
})
type Mark = z.infer<typeof Mark>

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
  readonly #db: Database
  readonly #shape: Shape<Stored>
  readonly #insert: (thing: Stored) => void
  readonly #update: (thing: Stored) => number
  readonly #all: (parameters: object) => Stored[]
  readonly #marks: (parameters: object) => Mark[]
  readonly #called: (parameters: { nameOrId: string }) => Stored[]
  readonly #remove: Statement<{ id: string }>
  readonly #clear: Statement<[]>
  readonly #nameTaken: Statement<{ name: string }, number>
  readonly #idTaken: Statement<{ id: string }, number>

  constructor(db: Database, shape: Shape<Stored>) {
    const { table, schema } = shape
    const rows = new SchemaTable<Stored>(db, table, schema)
    this.#db = db
    this.#shape = shape
    this.#insert = rows.prepareInsert()
    this.#update = rows.prepareUpdate()
    this.#all = rows.prepareSelect('ORDER BY created DESC, id')
    this.#marks = new SchemaTable<Mark>(db, table, Mark).prepareSelect('')
    this.#called = rows.prepareSelect(
      `WHERE id = :nameOrId OR name = :nameOrId
       ORDER BY id = :nameOrId DESC, trashed IS NOT NULL, missing IS TRUE, trashed DESC, created DESC, id`
    )
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE id = :id`)
    this.#clear = db.prepare(`DELETE FROM ${table}`)
    this.#nameTaken = db
      .prepare<{ name: string }, number>(
        `SELECT 1 FROM ${table} WHERE name = :name AND trashed IS NULL AND missing IS NOT TRUE`
      )
      .pluck()
    this.#idTaken = db.prepare<{ id: string }, number>(`SELECT 1 FROM ${table} WHERE id = :id`).pluck()
  }

  /** Newest first, without what is in the trash. */
  list(): Stored[] {
    return this.all().filter(({ trashed }) => trashed === undefined)
  }

  /** Newest first. */
  all(): Stored[] {
    return this.#all({})
  }

  /** What tells whether each is there, and nothing else of it. */
  marks(): Mark[] {
    return this.#marks({})
  }

  /** Of this id, or of this name: those that can be used first, what is in the trash last. */
  called(nameOrId: string): Stored[] {
    return this.#called({ nameOrId })
  }

  /** The thing of this id, else of this name, that can be used. */
  find(nameOrId: string): Stored | undefined {
    return this.called(nameOrId).find(({ trashed, missing }) => trashed === undefined && missing !== true)
  }

  /** @throws AppError of kind `input` where there is none, or one that cannot be used */
  require(nameOrId: string): Stored {
    const [thing] = this.called(nameOrId)
    const { noun, remedies } = this.#shape
    if (thing === undefined) throw refuse(`There is no ${noun} called "${nameOrId}".`, { remedies })
    if (thing.trashed !== undefined) {
      throw refuse(`The ${noun} "${thing.name}" is in the trash.`, {
        remedies: [{ action: 'restore', name: nameOrId }]
      })
    }
    if (thing.missing === true) {
      throw refuse(`The files of the ${noun} "${thing.name}" (${thing.id}) are no longer in the workspace.`, {
        next: 'Put its folder back, or move it to the trash.',
        remedies
      })
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

  /** Changes what is known of a thing beside what it is. */
  tend(id: string, tending: Tending): Stored {
    const write = this.#db.transaction(() => {
      const thing = this.called(id).find((each) => each.id === id)
      invariant(thing !== undefined, `the ${this.#shape.noun} ${id} is in the catalogue before it is tended`)
      const tended = { ...thing, ...tending }
      this.change(tended)
      return tended
    })
    return write.immediate()
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
