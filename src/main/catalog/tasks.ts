import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { Task, type TaskId, TaskState, Wish } from '../../shared/tasks.ts'
import { jsonColumn, parseRow } from './rows.ts'

const TaskRow = z
  .object({ state: TaskState, worker: z.string().optional(), rank: z.number(), task: jsonColumn(z.looseObject({})) })
  .transform(({ task, ...columns }) => Task.parse({ ...task, ...columns }))

const columns = 'state, worker, rank, task'
const ended = "'done', 'failed', 'cancelled', 'interrupted'"

/** Everything that takes longer than a moment, in the order in which it was asked for. */
export class TaskTable {
  readonly #db: Database
  readonly #insert: Statement
  readonly #update: Statement
  readonly #find: Statement<{ id: string }, object>
  readonly #all: Statement<[], object>
  readonly #current: Statement<{ since: string }, object>
  readonly #ofThing: Statement<{ thing: string }, object>
  readonly #active: Statement<[], object>
  readonly #parts: Statement<{ plan: string }, object>
  readonly #since: Statement<{ revision: number }, object>
  readonly #revision: Statement<[], number>
  readonly #wish: Statement<{ id: string }, string | null>
  readonly #setWish: Statement
  readonly #queue: Statement<[], object>
  readonly #topRank: Statement<[], number>

  constructor(db: Database) {
    this.#db = db
    const next = '(SELECT coalesce(max(revision), 0) + 1 FROM tasks)'
    this.#insert = db.prepare(
      `INSERT INTO tasks (id, state, worker, plan, rank, computes, revision, task)
       VALUES (:id, :state, :worker, :plan, :rank, :computes, ${next}, :task)`
    )
    this.#update = db.prepare(
      `UPDATE tasks SET state = :state, worker = :worker, rank = :rank, revision = ${next}, task = :task WHERE id = :id`
    )
    this.#find = db.prepare(
      `SELECT ${columns} FROM tasks
        WHERE id = :id OR json_extract(task, '$.name') = :id
        ORDER BY id = :id DESC, position DESC LIMIT 1`
    )
    this.#all = db.prepare(`SELECT ${columns} FROM tasks ORDER BY position`)
    this.#current = db.prepare(
      `SELECT ${columns} FROM tasks
        WHERE state NOT IN (${ended})
           OR (NOT json_extract(task, '$.dismissed')
               AND coalesce(json_extract(task, '$.ended'), json_extract(task, '$.created')) > :since)
        ORDER BY position`
    )
    this.#ofThing = db.prepare(
      `SELECT ${columns} FROM tasks WHERE json_extract(task, '$.thing') = :thing ORDER BY position`
    )
    this.#active = db.prepare(
      `SELECT ${columns} FROM tasks WHERE state IN ('waiting', 'running', 'stopping') ORDER BY position`
    )
    this.#parts = db.prepare(`SELECT ${columns} FROM tasks WHERE plan = :plan ORDER BY position`)
    this.#since = db.prepare(`SELECT ${columns} FROM tasks WHERE revision > :revision ORDER BY position`)
    this.#revision = db.prepare<[], number>('SELECT coalesce(max(revision), 0) FROM tasks').pluck()
    this.#wish = db.prepare<{ id: string }, string | null>('SELECT wish FROM tasks WHERE id = :id').pluck()
    this.#setWish = db.prepare(`UPDATE tasks SET wish = :wish, revision = ${next} WHERE id = :id`)
    this.#queue = db.prepare(
      `SELECT ${columns} FROM tasks
        WHERE computes = 1 AND state IN ('waiting', 'running', 'stopping')
        ORDER BY rank, position`
    )
    this.#topRank = db.prepare<[], number>('SELECT coalesce(max(rank), 0) FROM tasks').pluck()
  }

  /** @param computes whether it waits for the compute engine */
  insert(task: Task, computes: boolean): void {
    this.#insert.run({ ...toRow(task), plan: task.plan ?? null, computes: Number(computes && !task.beside) })
  }

  /**
   * Changes a task, whoever else changes it at the same time.
   *
   * @param change what is new about it, or undefined to leave it as it is; called within the transaction
   * @returns the task as it is now
   */
  change(id: TaskId, change: (task: Task) => Partial<Task> | undefined): Task {
    const write = this.#db.transaction(() => {
      const task = this.require(id)
      const changes = change(task)
      if (changes === undefined) return task
      const changed = { ...task, ...changes }
      this.#update.run(toRow(changed))
      return changed
    })
    return write.immediate()
  }

  /** The task of this id, else the newest of this name. */
  find(id: string): Task | undefined {
    const row = this.#find.get({ id })
    return row && parseRow(TaskRow, row)
  }

  /** @throws AppError of kind `input` where there is none */
  require(id: string): Task {
    const task = this.find(id)
    if (task === undefined) throw refuse(`There is no task "${id}".`, { next: 'Look for it in the list of tasks.' })
    return task
  }

  /** Oldest first. */
  list(): Task[] {
    return parseAll(this.#all.all())
  }

  /** Those that have not ended, and those that ended after this time and were not dismissed; oldest first. */
  current(since: Date): Task[] {
    return parseAll(this.#current.all({ since: since.toISOString() }))
  }

  /** Those that make a thing or work on it, oldest first. */
  ofThing(thing: string): Task[] {
    return parseAll(this.#ofThing.all({ thing }))
  }

  /** Those that wait or are worked on, oldest first. */
  active(): Task[] {
    return parseAll(this.#active.all())
  }

  /** The parts of a plan, in order. */
  parts(plan: TaskId): Task[] {
    return parseAll(this.#parts.all({ plan }))
  }

  /** Those that have the compute engine or wait for it, in the order of their turns. */
  engineQueue(): Task[] {
    return parseAll(this.#queue.all())
  }

  /** Forgets what ended longest ago, beyond the newest of so many. */
  keepNewest(count: number): void {
    this.#db
      .prepare(
        `DELETE FROM tasks
          WHERE position <= (SELECT max(position) FROM tasks) - :count
            AND state IN (${ended})`
      )
      .run({ count })
  }

  /** Those that changed after this revision of the table. */
  changedSince(revision: number): Task[] {
    return parseAll(this.#since.all({ revision }))
  }

  get revision(): number {
    return this.#revision.get() ?? 0
  }

  get topRank(): number {
    return this.#topRank.get() ?? 0
  }

  /** What was asked of the process that works on it. */
  wish(id: TaskId): Wish | undefined {
    return Wish.safeParse(this.#wish.get({ id })).data
  }

  setWish(id: TaskId, wish: Wish | undefined): void {
    this.#setWish.run({ id, wish: wish ?? null })
  }
}

function parseAll(rows: readonly object[]): Task[] {
  return rows.map((row) => parseRow(TaskRow, row))
}

function toRow({ state, worker, rank, ...task }: Task) {
  return { id: task.id, state, worker: worker ?? null, rank, task: JSON.stringify(task) }
}
