import { type Database, type Statement } from 'better-sqlite3'
import { StoredPackage } from '../../shared/packages.ts'
import { parseRow } from './rows.ts'

/** Packages that were made here. A package lives wherever the user put it, so its path is its identity. */
export class PackageTable {
  readonly #insert: Statement
  readonly #list: Statement<[], object>

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO packages (file, created, synthetic, dataset, bytes, sha256, entries)
       VALUES (:file, :created, :synthetic, :dataset, :bytes, :sha256, :entries)
       ON CONFLICT (file) DO UPDATE
          SET created = excluded.created, synthetic = excluded.synthetic, dataset = excluded.dataset, bytes = excluded.bytes,
              sha256 = excluded.sha256, entries = excluded.entries`
    )
    this.#list = db.prepare(
      'SELECT file, created, synthetic, dataset, bytes, sha256, entries FROM packages ORDER BY created DESC, rowid DESC'
    )
  }

  /** A package at the same path replaces the row: the earlier file is no longer there. */
  insert(stored: StoredPackage): void {
    this.#insert.run({ ...stored, synthetic: stored.synthetic ?? null, dataset: stored.dataset ?? null })
  }

  /** Newest first. */
  list(): StoredPackage[] {
    return this.#list.all().map((row) => parseRow(StoredPackage, row))
  }
}
