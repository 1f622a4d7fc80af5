import { type Database } from 'better-sqlite3'
import { StoredPackage } from '../../shared/packages.ts'
import { SchemaTable } from './schema-table.ts'
import { ThingTable } from './thing-table.ts'

/** Packages that were made here. The file of one lies wherever the user put it. */
export class PackageTable extends ThingTable<StoredPackage> {
  readonly #db: Database
  readonly #atPlace: (parameters: { file: string }) => StoredPackage[]

  constructor(db: Database) {
    super(db, { table: 'packages', schema: StoredPackage, noun: 'package', remedies: [] })
    this.#db = db
    this.#atPlace = new SchemaTable<StoredPackage>(db, 'packages', StoredPackage).prepareSelect('WHERE file = :file')
  }

  /** What is known of a file, by its path. */
  atPlace(file: string): StoredPackage | undefined {
    return this.#atPlace({ file })[0]
  }

  /** One at the path of another takes over its name and id: the earlier file is no longer there. */
  insert(stored: StoredPackage): StoredPackage {
    const write = this.#db.transaction(() => {
      const before = this.atPlace(stored.file)
      if (before === undefined) {
        this.add(stored)
        return stored
      }
      const name = before.trashed === undefined ? before.name : this.freeName(before.name)
      const replaced = { ...stored, id: before.id, name }
      this.change(replaced)
      return replaced
    })
    return write.immediate()
  }
}
