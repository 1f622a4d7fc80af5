import { type Database, type Statement } from 'better-sqlite3'
import { z } from 'zod'
import { invariant } from '../../shared/errors.ts'
import { Best, Checkpoint, EngineInfo, Run } from '../../shared/runs.ts'
import { HistoryEntry, TrainingSettings } from '../../shared/training.ts'
import { NamedThings } from './named-things.ts'
import { flagColumn, jsonColumn, parseRow, toJson } from './rows.ts'

const RunRow = Run.extend({
  best: jsonColumn(Best).optional(),
  parameters: jsonColumn(Run.shape.parameters.unwrap()).optional(),
  engine: jsonColumn(EngineInfo).optional(),
  classes: jsonColumn(z.array(z.string())),
  settings: jsonColumn(TrainingSettings)
})
const CheckpointRow = Checkpoint.extend({ isBest: flagColumn })
const MetricRow = z.object({ entry: jsonColumn(HistoryEntry) })

/** Runs with their history of numbers and their safe points. */
export class RunTable {
  readonly #db: Database
  readonly #things: NamedThings<Run>
  readonly #insert: Statement
  readonly #update: Statement
  readonly #remove: Statement<{ id: string }>
  readonly #history: HistoryTable
  readonly #checkpoints: CheckpointTable

  constructor(db: Database) {
    this.#db = db
    this.#history = new HistoryTable(db)
    this.#checkpoints = new CheckpointTable(db)
    this.#things = new NamedThings(db, {
      table: 'runs',
      noun: 'run',
      columns: `id, name, created, prepared, started_from AS "from", state, problem, iteration, best, parameters,
                engine, seconds_per_iteration AS secondsPerIteration, classes, settings`,
      parse: (row) => parseRow(RunRow, row),
      remedies: [{ action: 'list', kind: 'run' }]
    })
    this.#insert = db.prepare(
      `INSERT INTO runs (id, name, created, prepared, started_from, state, problem, iteration, best, parameters,
                         engine, seconds_per_iteration, classes, settings)
       VALUES (:id, :name, :created, :prepared, :from, :state, :problem, :iteration, :best, :parameters,
               :engine, :secondsPerIteration, :classes, :settings)`
    )
    this.#update = db.prepare(
      `UPDATE runs
          SET name = :name, created = :created, prepared = :prepared, started_from = :from, state = :state,
              problem = :problem, iteration = :iteration, best = :best, parameters = :parameters, engine = :engine,
              seconds_per_iteration = :secondsPerIteration, classes = :classes, settings = :settings
        WHERE id = :id`
    )
    this.#remove = db.prepare('DELETE FROM runs WHERE id = :id')
  }

  /** @throws AppError of kind `input` where the name is taken */
  insert(run: Run): void {
    const write = this.#db.transaction(() => {
      this.#things.refuseTakenName(run.name)
      this.#insert.run(toRow(run))
    })
    write.immediate()
  }

  update(run: Run): void {
    const { changes } = this.#update.run(toRow(run))
    invariant(changes === 1, `run ${run.id} is in the catalogue before it is updated`)
  }

  /** Takes it out of the catalogue with its history and safe points; its folder is the caller's. */
  remove(id: string): void {
    this.#remove.run({ id })
  }

  /** Newest first. */
  list(): Run[] {
    return this.#things.list()
  }

  find(nameOrId: string): Run | undefined {
    return this.#things.find(nameOrId)
  }

  /** @throws AppError of kind `input` where there is none */
  require(nameOrId: string): Run {
    return this.#things.require(nameOrId)
  }

  nameTaken(name: string): boolean {
    return this.#things.nameTaken(name)
  }

  hasId(id: string): boolean {
    return this.#things.hasId(id)
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

class HistoryTable {
  readonly #append: Statement
  readonly #read: Statement<{ runId: string }, object>
  readonly #truncate: Statement<{ runId: string; iteration: number }>

  constructor(db: Database) {
    this.#append = db.prepare(
      `INSERT INTO metrics (run_id, iteration, kind, metric, entry)
       VALUES (:runId, :iteration, :kind, :metric, :entry)
       ON CONFLICT (run_id, iteration, kind, metric) DO UPDATE SET entry = excluded.entry`
    )
    this.#read = db.prepare('SELECT entry FROM metrics WHERE run_id = :runId ORDER BY iteration, position')
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
    return this.#read.all({ runId }).map((row) => parseRow(MetricRow, row).entry)
  }

  truncate(runId: string, iteration: number): void {
    this.#truncate.run({ runId, iteration })
  }
}

class CheckpointTable {
  readonly #clear: Statement<{ runId: string }>
  readonly #insert: Statement
  readonly #read: Statement<{ runId: string }, object>

  constructor(db: Database) {
    this.#clear = db.prepare('DELETE FROM checkpoints WHERE run_id = :runId')
    this.#insert = db.prepare(
      `INSERT INTO checkpoints (run_id, iteration, folder, is_best) VALUES (:runId, :iteration, :folder, :isBest)`
    )
    this.#read = db.prepare(
      `SELECT iteration, folder, is_best AS isBest FROM checkpoints WHERE run_id = :runId ORDER BY iteration, folder`
    )
  }

  replace(runId: string, checkpoints: readonly Checkpoint[]): void {
    this.#clear.run({ runId })
    for (const checkpoint of checkpoints) {
      this.#insert.run({ ...checkpoint, runId, isBest: Number(checkpoint.isBest) })
    }
  }

  read(runId: string): Checkpoint[] {
    return this.#read.all({ runId }).map((row) => parseRow(CheckpointRow, row))
  }
}

function toRow(run: Run) {
  return {
    ...run,
    from: run.from ?? null,
    problem: run.problem ?? null,
    best: toJson(run.best),
    parameters: toJson(run.parameters),
    engine: toJson(run.engine),
    secondsPerIteration: run.secondsPerIteration ?? null,
    classes: JSON.stringify(run.classes),
    settings: JSON.stringify(run.settings)
  }
}
