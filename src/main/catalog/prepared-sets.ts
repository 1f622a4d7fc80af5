import { type Database, type Statement } from 'better-sqlite3'
import { z } from 'zod'
import {
  AveragePrecisions,
  MaskCounts,
  MaskSettings,
  Prepared,
  PreparedImage,
  PrepareResult
} from '../../shared/masks.ts'
import { NamedThings } from './named-things.ts'
import { jsonColumn, parseRow } from './rows.ts'

const PreparedRow = Prepared.extend({
  mask: jsonColumn(MaskSettings),
  classes: jsonColumn(z.array(z.string())),
  roundTrip: jsonColumn(AveragePrecisions)
})
const ImageRow = PreparedImage.extend({ counts: jsonColumn(MaskCounts) })
const Report = PrepareResult.omit({ prepared: true })

/** Prepared sets: what the mask pipeline made of a data set. */
export class PreparedTable {
  readonly #db: Database
  readonly #things: NamedThings<Prepared>
  readonly #insert: Statement
  readonly #insertImage: Statement
  readonly #report: Statement<{ id: string }, object>
  readonly #images: Statement<{ id: string }, object>

  constructor(db: Database) {
    this.#db = db
    this.#things = new NamedThings(db, {
      table: 'prepared_sets',
      noun: 'prepared set',
      columns: `id, name, created, dataset, tile, scale, channels, gray_levels AS grayLevels, mask, seed, classes,
                round_trip AS roundTrip`,
      parse: (row) => parseRow(PreparedRow, row),
      remedies: [{ action: 'make', kind: 'prepared' }]
    })
    this.#insert = db.prepare(
      `INSERT INTO prepared_sets (id, name, created, dataset, tile, scale, channels, gray_levels, mask, seed, classes,
                                  round_trip, report)
       VALUES (:id, :name, :created, :dataset, :tile, :scale, :channels, :grayLevels, :mask, :seed, :classes,
               :roundTrip, :report)`
    )
    this.#insertImage = db.prepare(
      `INSERT INTO prepared_images (prepared_id, file, source, width, height, class, time, split, counts)
       VALUES (:preparedId, :file, :source, :width, :height, :class, :time, :split, :counts)`
    )
    this.#report = db.prepare('SELECT report FROM prepared_sets WHERE id = :id')
    this.#images = db.prepare(
      `SELECT file, source, width, height, class, time, split, counts
         FROM prepared_images
        WHERE prepared_id = :id
        ORDER BY file`
    )
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(result: PrepareResult, images: readonly PreparedImage[]): void {
    const write = this.#db.transaction(() => {
      const { prepared, ...report } = result
      this.#things.refuseTakenName(prepared.name)
      this.#insert.run({
        ...prepared,
        mask: JSON.stringify(prepared.mask),
        classes: JSON.stringify(prepared.classes),
        roundTrip: JSON.stringify(prepared.roundTrip),
        report: JSON.stringify(report)
      })
      for (const image of images) {
        this.#insertImage.run({
          ...image,
          preparedId: prepared.id,
          time: image.time ?? null,
          counts: JSON.stringify(image.counts)
        })
      }
    })
    write.immediate()
  }

  /** Newest first. */
  list(): Prepared[] {
    return this.#things.list()
  }

  find(nameOrId: string): Prepared | undefined {
    return this.#things.find(nameOrId)
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Prepared {
    return this.#things.require(nameOrId)
  }

  /** All that was reported when it was made. */
  result(id: string): PrepareResult | undefined {
    const prepared = this.#things.find(id)
    const row = this.#report.get({ id })
    return prepared && row && { prepared, ...parseRow(z.object({ report: jsonColumn(Report) }), row).report }
  }

  /** In order of their files. */
  images(id: string): PreparedImage[] {
    return this.#images.all({ id }).map((row) => parseRow(ImageRow, row))
  }

  nameTaken(name: string): boolean {
    return this.#things.nameTaken(name)
  }

  hasId(id: string): boolean {
    return this.#things.hasId(id)
  }
}
