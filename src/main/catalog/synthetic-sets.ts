import { type Database, type Statement } from 'better-sqlite3'
import { Synthetic, SyntheticClass, SyntheticImage } from '../../shared/synthetic.ts'
import { NamedThings } from './named-things.ts'
import { parseRow } from './rows.ts'

const SyntheticRow = Synthetic.omit({ classes: true })

/** Synthetic sets with their classes and pictures. */
export class SyntheticTable {
  readonly #db: Database
  readonly #things: NamedThings<Synthetic>
  readonly #insert: Statement
  readonly #insertClass: Statement
  readonly #insertImage: Statement
  readonly #classes: Statement<{ id: string }, object>
  readonly #images: Statement<{ id: string }, object>

  constructor(db: Database) {
    this.#db = db
    this.#things = new NamedThings(db, {
      table: 'synthetic_sets',
      noun: 'synthetic set',
      columns: 'id, name, created, origin, iteration, seed, truncation, images, cells',
      parse: (row) => this.#parse(row),
      remedies: [{ action: 'make', kind: 'synthetic' }]
    })
    this.#insert = db.prepare(
      `INSERT INTO synthetic_sets (id, name, created, origin, iteration, seed, truncation, images, cells)
       VALUES (:id, :name, :created, :origin, :iteration, :seed, :truncation, :images, :cells)`
    )
    this.#insertClass = db.prepare(
      `INSERT INTO synthetic_classes (synthetic_id, position, name, images, cells)
       VALUES (:syntheticId, :position, :name, :images, :cells)`
    )
    this.#insertImage = db.prepare(
      `INSERT INTO synthetic_images (synthetic_id, file, seed_index, class, width, height, cells, removed_cells)
       VALUES (:syntheticId, :file, :index, :class, :width, :height, :cells, :removedCells)`
    )
    this.#classes = db.prepare(
      `SELECT name, images, cells FROM synthetic_classes WHERE synthetic_id = :id ORDER BY position`
    )
    this.#images = db.prepare(
      `SELECT file, seed_index AS "index", class, width, height, cells, removed_cells AS removedCells
         FROM synthetic_images
        WHERE synthetic_id = :id
        ORDER BY seed_index, file`
    )
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(synthetic: Synthetic, images: readonly SyntheticImage[]): void {
    const write = this.#db.transaction(() => {
      const { classes, ...row } = synthetic
      this.#things.refuseTakenName(synthetic.name)
      this.#insert.run(row)
      for (const [position, count] of classes.entries()) {
        this.#insertClass.run({ ...count, syntheticId: synthetic.id, position })
      }
      for (const image of images) this.#insertImage.run({ ...image, syntheticId: synthetic.id })
    })
    write.immediate()
  }

  /** Newest first. */
  list(): Synthetic[] {
    return this.#things.list()
  }

  find(nameOrId: string): Synthetic | undefined {
    return this.#things.find(nameOrId)
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Synthetic {
    return this.#things.require(nameOrId)
  }

  /** In the order of the seeded sequence. */
  images(id: string): SyntheticImage[] {
    return this.#images.all({ id }).map((row) => parseRow(SyntheticImage, row))
  }

  nameTaken(name: string): boolean {
    return this.#things.nameTaken(name)
  }

  hasId(id: string): boolean {
    return this.#things.hasId(id)
  }

  #parse(row: object): Synthetic {
    const synthetic = parseRow(SyntheticRow, row)
    const classes = this.#classes.all({ id: synthetic.id }).map((count) => parseRow(SyntheticClass, count))
    return { ...synthetic, classes }
  }
}
