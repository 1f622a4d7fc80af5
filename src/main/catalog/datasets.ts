import { type Database, type Statement } from 'better-sqlite3'
import { ClassCount, Dataset, DatasetImage } from '../../shared/datasets.ts'
import { NamedThings } from './named-things.ts'
import { flagColumn, jsonColumn, parseRow, toJson } from './rows.ts'

const DatasetRow = Dataset.omit({ classes: true })
const ClassRow = ClassCount.extend({ hours: jsonColumn(ClassCount.shape.hours.unwrap()).optional() })
const Reading = DatasetImage.pick({ pixelSize: true, ranges: true, taken: true })
const ImageRow = DatasetImage.omit({ pixelSize: true, ranges: true, taken: true })
  .extend({ annotated: flagColumn, reading: jsonColumn(Reading).optional() })
  .transform(({ reading, ...image }) => ({ ...image, ...reading }))

/** Data sets with their classes and images. */
export class DatasetTable {
  readonly #db: Database
  readonly #things: NamedThings<Dataset>
  readonly #insert: Statement
  readonly #insertClass: Statement
  readonly #insertImage: Statement
  readonly #classes: Statement<{ id: string }, object>
  readonly #images: Statement<{ id: string }, object>
  readonly #remove: Statement<{ id: string }>

  constructor(db: Database) {
    this.#db = db
    this.#things = new NamedThings(db, {
      table: 'datasets',
      noun: 'data set',
      columns: 'id, name, created, format, images, annotated, cells',
      parse: (row) => this.#parse(row),
      remedies: [{ action: 'list', kind: 'dataset' }]
    })
    this.#insert = db.prepare(
      `INSERT INTO datasets (id, name, created, format, images, annotated, cells)
       VALUES (:id, :name, :created, :format, :images, :annotated, :cells)`
    )
    this.#insertClass = db.prepare(
      `INSERT INTO dataset_classes (dataset_id, position, name, images, annotated, cells, hours)
       VALUES (:datasetId, :position, :name, :images, :annotated, :cells, :hours)`
    )
    this.#insertImage = db.prepare(
      `INSERT INTO images (dataset_id, id, file, width, height, channels, bits, class, time, image_group, annotated,
                           cells, sha256, split, reading)
       VALUES (:datasetId, :id, :file, :width, :height, :channels, :bits, :class, :time, :group, :annotated,
               :cells, :sha256, :split, :reading)`
    )
    this.#classes = db.prepare(
      `SELECT name, images, annotated, cells, hours FROM dataset_classes WHERE dataset_id = :id ORDER BY position`
    )
    this.#images = db.prepare(
      `SELECT id, file, width, height, channels, bits, class, time, image_group AS "group", annotated, cells, sha256,
              split, reading
         FROM images
        WHERE dataset_id = :id
        ORDER BY id`
    )
    this.#remove = db.prepare('DELETE FROM datasets WHERE id = :id')
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(dataset: Dataset, images: readonly DatasetImage[]): void {
    const write = this.#db.transaction(() => {
      const { classes, ...row } = dataset
      this.#things.refuseTakenName(dataset.name)
      this.#insert.run(row)
      for (const [position, { hours, ...count }] of classes.entries()) {
        this.#insertClass.run({ ...count, datasetId: dataset.id, position, hours: toJson(hours) })
      }
      for (const image of images) this.#insertImage.run(toImageRow(dataset.id, image))
    })
    write.immediate()
  }

  /** Newest first. */
  list(): Dataset[] {
    return this.#things.list()
  }

  find(nameOrId: string): Dataset | undefined {
    return this.#things.find(nameOrId)
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Dataset {
    return this.#things.require(nameOrId)
  }

  /** In order of their ids. */
  images(id: string): DatasetImage[] {
    return this.#images.all({ id }).map((row) => parseRow(ImageRow, row))
  }

  nameTaken(name: string): boolean {
    return this.#things.nameTaken(name)
  }

  hasId(id: string): boolean {
    return this.#things.hasId(id)
  }

  /** Takes it out of the catalogue with its classes and images; its folder is the caller's. */
  remove(id: string): void {
    this.#remove.run({ id })
  }

  #parse(row: object): Dataset {
    const dataset = parseRow(DatasetRow, row)
    return { ...dataset, classes: this.#classes.all({ id: dataset.id }).map((count) => parseRow(ClassRow, count)) }
  }
}

function toImageRow(datasetId: string, { pixelSize, ranges, taken, ...image }: DatasetImage) {
  const isPlain = pixelSize === undefined && ranges === undefined && taken === undefined
  return {
    ...image,
    reading: toJson(isPlain ? undefined : { pixelSize, ranges, taken }),
    datasetId,
    annotated: Number(image.annotated),
    time: image.time ?? null,
    split: image.split ?? null
  }
}
