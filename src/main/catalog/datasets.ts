import { type Database } from 'better-sqlite3'
import { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { PartTable } from './part-table.ts'
import { ThingTable } from './thing-table.ts'

/** Data sets with their images. */
export class DatasetTable extends ThingTable<Dataset> {
  readonly parts: PartTable<DatasetImage>
  readonly #db: Database

  constructor(db: Database) {
    super(db, {
      table: 'datasets',
      schema: Dataset,
      noun: 'data set',
      remedies: [{ action: 'list', kind: 'dataset' }]
    })
    this.#db = db
    this.parts = new PartTable(db, { table: 'images', schema: DatasetImage, order: 'id' })
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(dataset: Dataset, images: readonly DatasetImage[]): void {
    const write = this.#db.transaction(() => {
      this.add(dataset)
      this.parts.complete(dataset.id, images)
    })
    write.immediate()
  }

  /** In order of their ids. */
  images(id: string): Promise<DatasetImage[]> {
    return this.parts.of(id)
  }
}
