import { type Database } from 'better-sqlite3'
import { type Dataset, type DatasetImage } from '../../shared/datasets.ts'
import { type Prepared, type PreparedImage, type PrepareResult } from '../../shared/masks.ts'
import { type StoredPackage } from '../../shared/packages.ts'
import { type Checkpoint, type Run } from '../../shared/runs.ts'
import { type Segmenter } from '../../shared/segmentation.ts'
import { type Study } from '../../shared/studies.ts'
import { type Synthetic, type SyntheticImage } from '../../shared/synthetic.ts'
import { type HistoryEntry } from '../../shared/training.ts'
import { closeDatabase, openDatabase } from './database.ts'
import { DatasetTable } from './datasets.ts'
import { copyDatabase } from './migrations.ts'
import { DraftTable } from './drafts.ts'
import { PackageTable } from './packages.ts'
import { PreparedTable } from './prepared-sets.ts'
import { ProcessTable } from './processes.ts'
import { RunTable } from './runs.ts'
import { SegmenterTable } from './segmenters.ts'
import { StudyTable } from './studies.ts'
import { SyntheticTable } from './synthetic-sets.ts'
import { TaskTable } from './tasks.ts'
import { type Thing, type ThingTable } from './thing-table.ts'

/** What the folders of a workspace say about themselves. */
export interface Abouts {
  readonly datasets: readonly { readonly thing: Dataset; readonly images: readonly DatasetImage[] }[]
  readonly prepared: readonly {
    readonly thing: Prepared
    readonly report: Omit<PrepareResult, 'prepared'>
    readonly images: readonly PreparedImage[]
  }[]
  readonly runs: readonly {
    readonly thing: Run
    readonly history: readonly HistoryEntry[]
    readonly checkpoints: readonly Checkpoint[]
  }[]
  readonly segmenters: readonly { readonly thing: Segmenter }[]
  readonly synthetic: readonly { readonly thing: Synthetic; readonly images: readonly SyntheticImage[] }[]
  readonly packages: readonly { readonly thing: StoredPackage }[]
  readonly studies: readonly { readonly thing: Study }[]
}

/** How many things of each kind. */
export type Counts = Record<keyof Abouts, number>

/**
 * Opens the catalogue of a workspace, makes it where there is none, and brings it to the newest schema.
 *
 * @param file `catalog.sqlite` of the workspace, or `:memory:`
 * @throws AppError of kind `input` for a file that is damaged, newer than this program, or not a catalogue
 */
export function openCatalog(file: string): Catalog {
  return openDatabase(file, (db) => new Catalog(db))
}

/** What a workspace holds. Every write is one transaction and is on the disk when it returns. */
export class Catalog {
  readonly datasets: DatasetTable
  readonly prepared: PreparedTable
  readonly runs: RunTable
  readonly segmenters: SegmenterTable
  readonly synthetic: SyntheticTable
  readonly packages: PackageTable
  readonly studies: StudyTable
  readonly drafts: DraftTable
  readonly tasks: TaskTable
  readonly processes: ProcessTable
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    this.datasets = new DatasetTable(db)
    this.prepared = new PreparedTable(db)
    this.runs = new RunTable(db)
    this.segmenters = new SegmenterTable(db)
    this.synthetic = new SyntheticTable(db)
    this.packages = new PackageTable(db)
    this.studies = new StudyTable(db)
    this.drafts = new DraftTable(db)
    this.tasks = new TaskTable(db)
    this.processes = new ProcessTable(db)
  }

  /** All writes of `work`, or none where it throws. `work` must not wait for anything. */
  transaction<Result>(work: () => Result): Result {
    return this.#db.transaction(work).immediate()
  }

  /** Changes whenever another process has written to the catalogue. */
  get dataVersion(): number {
    return Number(this.#db.pragma('data_version', { simple: true }))
  }

  /** All writes of `work`, without waiting for the disk: for what may be lost in a power cut, such as progress. */
  unhurried(work: () => void): void {
    this.#db.pragma('synchronous = NORMAL')
    try {
      work()
    } finally {
      this.#db.pragma('synchronous = FULL')
    }
  }

  /**
   * Takes in what the folders say and the catalogue does not know, in one transaction: all of it when the catalogue was
   * lost, what a kill left out otherwise. What it knows stays as it is. A name that is taken meanwhile gets a number.
   */
  takeIn(abouts: Abouts): Counts {
    return this.transaction(() => ({
      datasets: takeInto(this.datasets, abouts.datasets, (thing, { images }) => this.datasets.insert(thing, images)),
      prepared: takeInto(this.prepared, abouts.prepared, (prepared, { report, images }) =>
        this.prepared.insert({ ...report, prepared }, images)
      ),
      runs: takeInto(this.runs, abouts.runs, (run, { history, checkpoints }) => {
        this.runs.insert(run)
        this.runs.appendHistory(run.id, history)
        this.runs.setCheckpoints(run.id, checkpoints)
      }),
      segmenters: takeInto(this.segmenters, abouts.segmenters, (segmenter) => this.segmenters.insert(segmenter)),
      synthetic: takeInto(this.synthetic, abouts.synthetic, (set, { images }) => this.synthetic.insert(set, images)),
      packages: takeInto(this.packages, abouts.packages, (stored) => this.packages.insert(stored)),
      studies: takeInto(this.studies, abouts.studies, (study) => this.studies.insert(study))
    }))
  }

  /** Forgets every thing and takes in what the folders say. Tasks stay: no folder tells of them. */
  rebuild(abouts: Abouts): Counts {
    return this.transaction(() => {
      const { datasets, prepared, runs, segmenters, synthetic, packages, studies } = this
      for (const table of [datasets, prepared, runs, segmenters, synthetic, packages, studies]) table.clear()
      return this.takeIn(abouts)
    })
  }

  /** Writes the whole catalogue to another file, which is replaced only by a complete one. */
  copyTo(file: string): void {
    copyDatabase(this.#db, file)
  }

  /** Leaves one file without a log beside it. */
  close(): void {
    closeDatabase(this.#db)
  }
}

/** The oldest first: where two have one name, it keeps it. */
function takeInto<Stored extends Thing, About extends { readonly thing: Stored }>(
  table: ThingTable<Stored>,
  abouts: readonly About[],
  insert: (thing: Stored, about: About) => void
): number {
  const unknown = abouts.filter(({ thing }) => !table.hasId(thing.id))
  const inOrder = unknown.toSorted(
    (a, b) => compare(a.thing.created, b.thing.created) || compare(a.thing.id, b.thing.id)
  )
  for (const about of inOrder) {
    const thing = { ...about.thing, missing: undefined }
    insert(thing.trashed === undefined ? { ...thing, name: table.freeName(thing.name) } : thing, about)
  }
  return unknown.length
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
