import { type Database, type Statement } from 'better-sqlite3'
import { z } from 'zod'
import { Verdict } from '../../shared/pictures.ts'
import { Synthetic, SyntheticImage } from '../../shared/synthetic.ts'
import { PartTable } from './part-table.ts'
import { ThingTable } from './thing-table.ts'

const FileVerdict = z.tuple([z.string(), Verdict])

/** Synthetic sets with their pictures. */
export class SyntheticTable extends ThingTable<Synthetic> {
  readonly parts: PartTable<SyntheticImage>
  readonly #db: Database
  readonly #judge: Statement<{ id: string; file: string; verdict: string | null }>
  readonly #files: Statement<{ id: string }, string>
  readonly #verdicts: Statement<{ id: string }, unknown[]>

  constructor(db: Database) {
    super(db, {
      table: 'synthetic_sets',
      schema: Synthetic,
      noun: 'synthetic set',
      remedies: [{ action: 'make', kind: 'synthetic' }]
    })
    this.#db = db
    this.parts = new PartTable(db, { table: 'synthetic_images', schema: SyntheticImage, order: '"index", file' })
    this.#judge = db.prepare(
      `UPDATE synthetic_images
       SET rest = iif(:verdict IS NULL, json_remove(rest, '$.verdict'), json_set(rest, '$.verdict', :verdict))
       WHERE synthetic_id = :id AND file = :file`
    )
    this.#files = db
      .prepare<{ id: string }, string>(
        'SELECT file FROM synthetic_images WHERE synthetic_id = :id ORDER BY "index", file'
      )
      .pluck()
    this.#verdicts = db
      .prepare<{ id: string }, unknown[]>(
        `SELECT file, json_extract(rest, '$.verdict') AS verdict FROM synthetic_images
         WHERE synthetic_id = :id AND verdict IS NOT NULL ORDER BY file`
      )
      .raw()
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(synthetic: Synthetic, images: readonly SyntheticImage[]): void {
    const write = this.#db.transaction(() => {
      this.add(synthetic)
      this.parts.complete(synthetic.id, images)
    })
    write.immediate()
  }

  /** In the order of the seeded sequence. */
  images(id: string): Promise<SyntheticImage[]> {
    return this.parts.of(id)
  }

  /** Their files alone, in the same order. */
  files(id: string): string[] {
    return this.#files.all({ id })
  }

  /** What a person said of them, by their files. */
  verdicts(id: string): ReadonlyMap<string, Verdict> {
    return new Map(this.#verdicts.all({ id }).map((row) => FileVerdict.parse(row)))
  }

  /** Those that nobody has rejected. */
  async accepted(id: string): Promise<SyntheticImage[]> {
    const images = await this.images(id)
    return images.filter(({ verdict }) => verdict !== 'rejected')
  }

  /** Notes what a person said of pictures; without a verdict, that nobody has said anything. */
  judge(id: string, files: readonly string[], verdict: Verdict | undefined): void {
    const write = this.#db.transaction(() => {
      for (const file of files) this.#judge.run({ id, file, verdict: verdict ?? null })
    })
    write.immediate()
  }
}
