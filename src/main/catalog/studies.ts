import type { Database } from 'better-sqlite3'
import { Study } from '../../shared/studies.ts'
import { ThingTable } from './thing-table.ts'

/** Studies, which their folders tell of. */
export class StudyTable extends ThingTable<Study> {
  constructor(db: Database) {
    super(db, { table: 'studies', schema: Study, noun: 'study', remedies: [] })
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(study: Study): void {
    this.add(study)
  }
}
