import { type Database, type Statement } from 'better-sqlite3'
import { Prepared, PreparedImage, PrepareResult } from '../../shared/masks.ts'
import { PartTable } from './part-table.ts'
import { ThingTable } from './thing-table.ts'

const Report = PrepareResult.omit({ prepared: true })

/** Prepared sets: what the mask pipeline made of a data set. */
export class PreparedTable extends ThingTable<Prepared> {
  readonly parts: PartTable<PreparedImage>
  readonly #db: Database
  readonly #setReport: Statement<{ id: string; report: string }>
  readonly #report: Statement<{ id: string }, string>

  constructor(db: Database) {
    super(db, {
      table: 'prepared_sets',
      schema: Prepared,
      noun: 'prepared set',
      remedies: [{ action: 'make', kind: 'prepared' }]
    })
    this.#db = db
    this.#setReport = db.prepare('UPDATE prepared_sets SET report = :report WHERE id = :id')
    this.#report = db.prepare<{ id: string }, string>('SELECT report FROM prepared_sets WHERE id = :id').pluck()
    this.parts = new PartTable(db, { table: 'prepared_images', schema: PreparedImage, order: 'file' })
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert({ prepared, ...report }: PrepareResult, images: readonly PreparedImage[]): void {
    const write = this.#db.transaction(() => {
      this.add(prepared)
      this.#setReport.run({ id: prepared.id, report: JSON.stringify(report) })
      this.parts.complete(prepared.id, images)
    })
    write.immediate()
  }

  /** All that was reported when it was made. */
  result(id: string): PrepareResult | undefined {
    const prepared = this.find(id)
    const report = this.#report.get({ id })
    return prepared === undefined || report === undefined
      ? undefined
      : { prepared, ...Report.parse(JSON.parse(report)) }
  }

  /** In order of their files. */
  images(id: string): Promise<PreparedImage[]> {
    return this.parts.of(id)
  }
}
