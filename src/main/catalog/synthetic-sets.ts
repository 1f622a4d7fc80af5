import { type Database, type Statement } from 'better-sqlite3'
import { type Verdict } from '../../shared/pictures.ts'
import { Synthetic, SyntheticImage } from '../../shared/synthetic.ts'
import { SchemaTable } from './schema-table.ts'
import { ThingTable } from './thing-table.ts'

/** Synthetic sets with their pictures. */
export class SyntheticTable extends ThingTable<Synthetic> {
  readonly #db: Database
  readonly #insertImage: (image: SyntheticImage, syntheticId: string) => void
  readonly #images: (parameters: { id: string }) => SyntheticImage[]
  readonly #judge: Statement<{ id: string; file: string; verdict: string | null }>

  constructor(db: Database) {
    super(db, {
      table: 'synthetic_sets',
      schema: Synthetic,
      noun: 'synthetic set',
      remedies: [{ action: 'make', kind: 'synthetic' }]
    })
    const images = new SchemaTable<SyntheticImage>(db, 'synthetic_images', SyntheticImage)
    this.#db = db
    this.#insertImage = images.prepareInsert('synthetic_id')
    this.#images = images.prepareSelect('WHERE synthetic_id = :id ORDER BY "index", file')
    this.#judge = db.prepare(
      `UPDATE synthetic_images
       SET rest = iif(:verdict IS NULL, json_remove(rest, '$.verdict'), json_set(rest, '$.verdict', :verdict))
       WHERE synthetic_id = :id AND file = :file`
    )
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(synthetic: Synthetic, images: readonly SyntheticImage[]): void {
    const write = this.#db.transaction(() => {
      this.add(synthetic)
      for (const image of images) this.#insertImage(image, synthetic.id)
    })
    write.immediate()
  }

  /** In the order of the seeded sequence. */
  images(id: string): SyntheticImage[] {
    return this.#images({ id })
  }

  /** Those that nobody has rejected. */
  accepted(id: string): SyntheticImage[] {
    return this.images(id).filter(({ verdict }) => verdict !== 'rejected')
  }

  /** Notes what a person said of pictures; without a verdict, that nobody has said anything. */
  judge(id: string, files: readonly string[], verdict: Verdict | undefined): void {
    const write = this.#db.transaction(() => {
      for (const file of files) this.#judge.run({ id, file, verdict: verdict ?? null })
    })
    write.immediate()
  }
}
