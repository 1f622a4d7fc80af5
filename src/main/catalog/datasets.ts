import { type Database } from 'better-sqlite3'
import { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { SchemaTable } from './schema-table.ts'
import { ThingTable } from './thing-table.ts'

/** Data sets with their images. */
export class DatasetTable extends ThingTable<Dataset> {
  readonly #db: Database
  readonly #insertImage: (image: DatasetImage, datasetId: string) => void
  readonly #images: (parameters: { id: string }) => Promise<DatasetImage[]>

  constructor(db: Database) {
    super(db, {
      table: 'datasets',
      schema: Dataset,
      noun: 'data set',
      remedies: [{ action: 'list', kind: 'dataset' }]
    })
    const images = new SchemaTable<DatasetImage>(db, 'images', DatasetImage)
    this.#db = db
    this.#insertImage = images.prepareInsert('dataset_id')
    this.#images = images.prepareLongSelect('WHERE dataset_id = :id ORDER BY id')
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(dataset: Dataset, images: readonly DatasetImage[]): void {
    const write = this.#db.transaction(() => {
      this.add(dataset)
      for (const image of images) this.#insertImage(image, dataset.id)
    })
    write.immediate()
  }

  /** In order of their ids. */
  images(id: string): Promise<DatasetImage[]> {
    return this.#images({ id })
  }
}
