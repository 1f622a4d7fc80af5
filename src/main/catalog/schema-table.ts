import { type Database, type Statement } from 'better-sqlite3'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { mapInSlices } from '../files/in-slices.ts'

/** A value as a row, with the columns that are not its own (those of its owner). */
type Row = Record<string, string | number | null>

interface Column {
  readonly field: string
  readonly name: string
  readonly storage: Storage
}

/** As it is; 0 or 1; JSON text. */
type Storage = 'plain' | 'flag' | 'json'

/** The column of all fields that have none of their own. */
const restColumn = 'rest'

/**
 * A table whose rows are the values of one schema. A field has the column of its name (`grayLevels` has `gray_levels`)
 * where the table has such a column; all others stand together as JSON in `rest`. So a field that a schema gains is
 * stored from the first day, and gets a column of its own only where a query needs one.
 */
export class SchemaTable<Value extends object> {
  readonly #db: Database
  readonly #table: string
  readonly #schema: z.ZodObject & z.ZodType<Value>
  readonly #columns: readonly Column[]

  constructor(db: Database, table: string, schema: z.ZodObject & z.ZodType<Value>) {
    this.#db = db
    this.#table = table
    this.#schema = schema
    const present = columnsOf(db, table)
    this.#columns = Object.entries<z.core.$ZodType>(schema.shape)
      .map(([field, type]) => ({ field, name: columnName(field), storage: storageOf(type) }))
      .filter(({ name }) => present.has(name))
  }

  /** @param owner the column that says what a row is part of, where it is part of something */
  prepareInsert(owner?: string): (value: Value, ownerId?: string) => void {
    const names = [...this.#columnNames(), ...(owner === undefined ? [] : [owner])]
    const insert = this.#db.prepare(
      `INSERT INTO ${this.#table} (${names.map(quoted).join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`
    )
    return (value, ownerId) => {
      insert.run({ ...this.#toRow(value), ...(owner === undefined ? {} : { [owner]: ownerId }) })
    }
  }

  /** Writes all fields of a value over those of the row with its id. */
  prepareUpdate(): (value: Value) => number {
    const assignments = this.#columnNames().map((name) => `${quoted(name)} = :${name}`)
    const update = this.#db.prepare(`UPDATE ${this.#table} SET ${assignments.join(', ')} WHERE id = :id`)
    return (value) => update.run(this.#toRow(value)).changes
  }

  /** @param tail what follows the table's name: condition and order */
  prepareSelect(tail: string): (parameters: object) => Value[] {
    const select = this.#select(tail)
    return (parameters) => select.all(parameters).map((row) => this.#fromRow(row))
  }

  /** As `prepareSelect`, of a table with so many rows that to read them all at once would keep everybody waiting. */
  prepareLongSelect(tail: string): (parameters: object) => Promise<Value[]> {
    const select = this.#select(tail)
    return (parameters) => mapInSlices(select.all(parameters), (row) => this.#fromRow(row))
  }

  /** Rows as lists: the columns in their order, then `rest`. */
  #select(tail: string): Statement<[object], readonly unknown[]> {
    const names = this.#columnNames().map(quoted)
    return this.#db
      .prepare<[object], readonly unknown[]>(`SELECT ${names.join(', ')} FROM ${this.#table} ${tail}`)
      .raw()
  }

  #columnNames(): string[] {
    return [...this.#columns.map(({ name }) => name), restColumn]
  }

  #toRow(value: Value): Row {
    const fields = new Map<string, unknown>(Object.entries(value))
    const row: Row = {}
    for (const { field, name, storage } of this.#columns) {
      row[name] = toCell(fields.get(field), storage)
      fields.delete(field)
    }
    return { ...row, [restColumn]: JSON.stringify(Object.fromEntries(fields)) }
  }

  /** Our schemas say "absent" where a table says NULL. */
  #fromRow(cells: readonly unknown[]): Value {
    const value: Record<string, unknown> = { ...Rest.parse(fromCell(cells.at(-1), 'json')) }
    for (const [i, { field, storage }] of this.#columns.entries()) {
      if (cells[i] !== null) value[field] = fromCell(cells[i], storage)
    }
    const { data, error } = this.#schema.safeParse(value)
    if (error === undefined) return data
    const [issue] = error.issues
    throw refuse(`An entry of the catalogue is damaged (${this.#table}: ${issue?.path.join('.') ?? ''}).`, {
      remedies: [{ action: 'rebuild-catalogue' }],
      cause: error
    })
  }
}

const Rest = z.looseObject({})

function columnsOf(db: Database, table: string): ReadonlySet<string> {
  return new Set(db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table))
}

function columnName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

function quoted(name: string): string {
  return `"${name}"`
}

const plainTypes = ['string', 'number', 'enum', 'literal']

function storageOf(type: z.core.$ZodType): Storage {
  const { def } = type._zod
  if ('innerType' in def) return storageOf(def.innerType as z.core.$ZodType) // of an optional field, or one with a default
  if (def.type === 'boolean') return 'flag'
  return plainTypes.includes(def.type) ? 'plain' : 'json'
}

function toCell(value: unknown, storage: Storage): string | number | null {
  if (value === undefined) return null
  if (storage === 'json') return JSON.stringify(value)
  if (storage === 'flag') return Number(value)
  return value as string | number // checked by the schema, whose type is one of both
}

function fromCell(cell: unknown, storage: Storage): unknown {
  if (storage === 'json') return JSON.parse(String(cell))
  return storage === 'flag' ? cell !== 0 : cell
}
