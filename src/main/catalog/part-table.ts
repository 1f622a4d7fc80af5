import { type Database, type Statement } from 'better-sqlite3'
import { setImmediate } from 'node:timers/promises'
import { type z } from 'zod'
import { SchemaTable } from './schema-table.ts'

interface Shape<Part extends object> {
  readonly table: PartsTable
  readonly schema: z.ZodObject & z.ZodType<Part>
  /** SQL: the columns that they are read in the order of. */
  readonly order: string
}

/** What is written before its thing is, and forgotten where that does not come. */
export interface WrittenAhead {
  write(): Promise<void>
  forget(): void
}

/** The tables of parts: the column that names the thing they are part of, and the table of such things. */
const things = {
  images: { owner: 'dataset_id', of: 'datasets' },
  prepared_images: { owner: 'prepared_id', of: 'prepared_sets' },
  synthetic_images: { owner: 'synthetic_id', of: 'synthetic_sets' }
} as const
type PartsTable = keyof typeof things

/** So many rows are written at a time: milliseconds, after which whoever else waits has their turn. */
const slice = 1000

/** The pictures of sets. A set can have a hundred thousand, whose rows take longer than anybody should wait. */
export class PartTable<Part extends object> {
  readonly #db: Database
  readonly #insert: (part: Part, owner: string) => void
  readonly #select: (parameters: { id: string }) => Promise<Part[]>
  readonly #count: Statement<{ id: string }, number>
  readonly #remove: Statement<{ id: string }>

  constructor(db: Database, { table, schema, order }: Shape<Part>) {
    const { owner } = things[table]
    const rows = new SchemaTable<Part>(db, table, schema)
    this.#db = db
    this.#insert = rows.prepareInsert(owner)
    this.#select = rows.prepareLongSelect(`WHERE ${owner} = :id ORDER BY ${order}`)
    this.#count = db.prepare<{ id: string }, number>(`SELECT count(*) FROM ${table} WHERE ${owner} = :id`).pluck()
    this.#remove = db.prepare(`DELETE FROM ${table} WHERE ${owner} = :id`)
  }

  /** Those of a thing, in their order. */
  of(id: string): Promise<Part[]> {
    return this.#select({ id })
  }

  /** To write the parts of a thing slice by slice before the thing itself: until that is there, nobody sees them. */
  ahead(id: string, parts: readonly Part[]): WrittenAhead {
    return {
      write: async () => {
        for (let first = 0; first < parts.length; first += slice) {
          if (first > 0) await setImmediate()
          this.#writeSlice(id, parts.slice(first, first + slice))
        }
      },
      forget: () => void this.#remove.run({ id })
    }
  }

  /** Sees to it that a thing has all its parts, written ahead or not: part of the transaction that writes the thing. */
  complete(id: string, parts: readonly Part[]): void {
    if (this.#count.get({ id }) === parts.length) return
    this.#remove.run({ id }) // another process that opened the workspace meanwhile took them for parts of nothing
    for (const part of parts) this.#insert(part, id)
  }

  /** The write of the thing makes sure of the disk; rows without a thing are what the check of keys would refuse. */
  #writeSlice(id: string, parts: readonly Part[]): void {
    const write = this.#db.transaction(() => {
      for (const part of parts) this.#insert(part, id)
    })
    this.#db.pragma('foreign_keys = OFF')
    this.#db.pragma('synchronous = NORMAL')
    try {
      write.immediate()
    } finally {
      this.#db.pragma('synchronous = FULL')
      this.#db.pragma('foreign_keys = ON')
    }
  }
}

/** Forgets parts that were written ahead of a thing that never came: the program was killed in between. */
export function forgetPartsOfNothing(db: Database): void {
  const tables = new Set(db.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all())
  for (const [table, { owner, of }] of Object.entries(things)) {
    if (!tables.has(table)) continue
    const remove = db.prepare(`DELETE FROM ${table} WHERE ${owner} = ?`)
    for (const id of ownersOfNothing(db, table, owner, of)) remove.run(id)
  }
}

/** From owner to owner along the key, without a look at each row. */
function ownersOfNothing(db: Database, table: string, owner: string, of: string): string[] {
  return db
    .prepare<[], string>(
      `WITH RECURSIVE owners (id) AS (
         SELECT min(${owner}) FROM ${table}
         UNION ALL
         SELECT (SELECT min(${owner}) FROM ${table} WHERE ${owner} > owners.id) FROM owners WHERE owners.id IS NOT NULL
       )
       SELECT id FROM owners WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM ${of})`
    )
    .pluck()
    .all()
}
