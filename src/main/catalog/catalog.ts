import { type Database } from 'better-sqlite3'
import { type Dataset, type DatasetImage } from '../../shared/datasets.ts'
import { type PreparedImage, type PrepareResult } from '../../shared/masks.ts'
import { type Checkpoint, type Run } from '../../shared/runs.ts'
import { type Synthetic, type SyntheticImage } from '../../shared/synthetic.ts'
import { type HistoryEntry } from '../../shared/training.ts'
import { closeDatabase, openDatabase } from './database.ts'
import { DatasetTable } from './datasets.ts'
import { PackageTable } from './packages.ts'
import { PreparedTable } from './prepared-sets.ts'
import { ProcessTable } from './processes.ts'
import { RunTable } from './runs.ts'
import { SyntheticTable } from './synthetic-sets.ts'
import { TaskTable } from './tasks.ts'

/** What the folders of a workspace say about themselves (`about.json`, `metrics.jsonl`). */
export interface Abouts {
  readonly datasets: readonly { readonly dataset: Dataset; readonly images: readonly DatasetImage[] }[]
  readonly prepared: readonly { readonly result: PrepareResult; readonly images: readonly PreparedImage[] }[]
  readonly runs: readonly {
    readonly run: Run
    readonly history: readonly HistoryEntry[]
    readonly checkpoints: readonly Checkpoint[]
  }[]
  readonly synthetic: readonly { readonly synthetic: Synthetic; readonly images: readonly SyntheticImage[] }[]
}

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
  readonly synthetic: SyntheticTable
  readonly packages: PackageTable
  readonly tasks: TaskTable
  readonly processes: ProcessTable
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
    this.datasets = new DatasetTable(db)
    this.prepared = new PreparedTable(db)
    this.runs = new RunTable(db)
    this.synthetic = new SyntheticTable(db)
    this.packages = new PackageTable(db)
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
   *
   * @returns how many things were taken in
   */
  rebuildFrom(abouts: Abouts): number {
    return this.transaction(() => {
      const datasets = abouts.datasets.filter(({ dataset }) => !this.datasets.hasId(dataset.id))
      for (const { dataset, images } of datasets) {
        this.datasets.insert({ ...dataset, name: this.datasets.freeName(dataset.name) }, images)
      }
      const prepared = abouts.prepared.filter(({ result }) => !this.prepared.hasId(result.prepared.id))
      for (const { result, images } of prepared) {
        const name = this.prepared.freeName(result.prepared.name)
        this.prepared.insert({ ...result, prepared: { ...result.prepared, name } }, images)
      }
      const runs = abouts.runs.filter(({ run }) => !this.runs.hasId(run.id))
      for (const { run, history, checkpoints } of runs) {
        this.runs.insert({ ...run, name: this.runs.freeName(run.name) })
        this.runs.appendHistory(run.id, history)
        this.runs.setCheckpoints(run.id, checkpoints)
      }
      const synthetic = abouts.synthetic.filter(({ synthetic }) => !this.synthetic.hasId(synthetic.id))
      for (const about of synthetic) {
        const name = this.synthetic.freeName(about.synthetic.name)
        this.synthetic.insert({ ...about.synthetic, name }, about.images)
      }
      return datasets.length + prepared.length + runs.length + synthetic.length
    })
  }

  /** Leaves one file without a log beside it. */
  close(): void {
    closeDatabase(this.#db)
  }
}
