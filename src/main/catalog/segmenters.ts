import type { Database } from 'better-sqlite3'
import { Segmenter } from '../../shared/segmentation.ts'
import { ThingTable } from './thing-table.ts'

/** Segmentation models; their history and safe points are in their folders alone. */
export class SegmenterTable extends ThingTable<Segmenter> {
  constructor(db: Database) {
    super(db, { table: 'segmenters', schema: Segmenter, noun: 'segmentation model', remedies: [] })
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(segmenter: Segmenter): void {
    this.add(segmenter)
  }

  update(segmenter: Segmenter): void {
    this.change(segmenter)
  }
}
