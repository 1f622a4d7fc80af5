import { type Database, type Statement } from 'better-sqlite3'
import { invariant } from '../../shared/errors.ts'
import { Checkpoint, Run } from '../../shared/runs.ts'
import { HistoryEntry } from '../../shared/training.ts'
import { SchemaTable } from './schema-table.ts'
import { ThingTable } from './thing-table.ts'

/** Runs with their history of numbers and their safe points. */
export class RunTable extends ThingTable<Run> {
  readonly #db: Database
  readonly #history: HistoryTable
  readonly #checkpoints: CheckpointTable

  constructor(db: Database) {
    super(db, { table: 'runs', schema: Run, noun: 'run', remedies: [{ action: 'list', kind: 'run' }] })
    this.#db = db
    this.#history = new HistoryTable(db)
    this.#checkpoints = new CheckpointTable(db)
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(run: Run): void {
    const write = this.#db.transaction(() => this.add(run))
    write.immediate()
  }

  /** Writes how far it is. Its name, note and place are whoever's who tends the workspace. */
  update(run: Run): void {
    const write = this.#db.transaction(() => {
      const known = this.called(run.id).find(({ id }) => id === run.id)
      invariant(known !== undefined, `run ${run.id} is in the catalogue before it is updated`)
      const { name, note, trashed } = known
      this.change({ ...run, name, note, trashed })
    })
    write.immediate()
  }

  /** Adds entries in one transaction. An entry told again replaces the earlier one, so a history never repeats. */
  appendHistory(runId: string, entries: readonly HistoryEntry[]): void {
    const write = this.#db.transaction(() => this.#history.append(runId, entries))
    write.immediate()
  }

  /** By iteration; within one, in the order in which they were told. */
  history(runId: string): HistoryEntry[] {
    return this.#history.read(runId)
  }

  /** Where the history of all runs ends, in the order in which it was written. */
  get historyPosition(): number {
    return this.#history.position
  }

  /** What was written after this position, of all runs. */
  historySince(position: number): { readonly run: string; readonly entry: HistoryEntry }[] {
    return this.#history.since(position)
  }

  /** Drops what came after `iteration`: a run that goes on from a safe point tells it again. */
  truncateHistory(runId: string, iteration: number): void {
    this.#history.truncate(runId, iteration)
  }

  /** Replaces the run's list of safe points. */
  setCheckpoints(runId: string, checkpoints: readonly Checkpoint[]): void {
    const write = this.#db.transaction(() => this.#checkpoints.replace(runId, checkpoints))
    write.immediate()
  }

  /** Oldest first. */
  checkpoints(runId: string): Checkpoint[] {
    return this.#checkpoints.read(runId)
  }
}

/** Entries are of several shapes: each is one JSON text, with what finds it beside it. */
class HistoryTable {
  readonly #append: Statement
  readonly #read: Statement<{ runId: string }, string>
  readonly #truncate: Statement<{ runId: string; iteration: number }>
  readonly #position: Statement<[], number>
  readonly #since: Statement<{ position: number }, { run: string; entry: string }>

  constructor(db: Database) {
    this.#position = db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM metrics').pluck()
    this.#since = db.prepare('SELECT run_id AS run, entry FROM metrics WHERE position > :position ORDER BY position')
    this.#append = db.prepare(
      `INSERT INTO metrics (run_id, iteration, kind, metric, entry)
       VALUES (:runId, :iteration, :kind, :metric, :entry)
       ON CONFLICT (run_id, iteration, kind, metric) DO UPDATE SET entry = excluded.entry`
    )
    this.#read = db
      .prepare<{ runId: string }, string>(
        'SELECT entry FROM metrics WHERE run_id = :runId ORDER BY iteration, position'
      )
      .pluck()
    this.#truncate = db.prepare('DELETE FROM metrics WHERE run_id = :runId AND iteration > :iteration')
  }

  append(runId: string, entries: readonly HistoryEntry[]): void {
    for (const entry of entries) {
      this.#append.run({
        runId,
        iteration: entry.iteration,
        kind: entry.kind,
        metric: entry.kind === 'evaluation' ? entry.metric : '',
        entry: JSON.stringify(entry)
      })
    }
  }

  read(runId: string): HistoryEntry[] {
    return this.#read.all({ runId }).map((entry) => HistoryEntry.parse(JSON.parse(entry)))
  }

  get position(): number {
    return this.#position.get() ?? 0
  }

  since(position: number): { run: string; entry: HistoryEntry }[] {
    return this.#since
      .all({ position })
      .map(({ run, entry }) => ({ run, entry: HistoryEntry.parse(JSON.parse(entry)) }))
  }

  truncate(runId: string, iteration: number): void {
    this.#truncate.run({ runId, iteration })
  }
}

class CheckpointTable {
  readonly #clear: Statement<{ runId: string }>
  readonly #insert: (checkpoint: Checkpoint, runId: string) => void
  readonly #read: (parameters: { runId: string }) => Checkpoint[]

  constructor(db: Database) {
    const rows = new SchemaTable<Checkpoint>(db, 'checkpoints', Checkpoint)
    this.#clear = db.prepare('DELETE FROM checkpoints WHERE run_id = :runId')
    this.#insert = rows.prepareInsert('run_id')
    this.#read = rows.prepareSelect('WHERE run_id = :runId ORDER BY iteration, folder')
  }

  replace(runId: string, checkpoints: readonly Checkpoint[]): void {
    this.#clear.run({ runId })
    for (const checkpoint of checkpoints) this.#insert(checkpoint, runId)
  }

  read(runId: string): Checkpoint[] {
    return this.#read({ runId })
  }
}
