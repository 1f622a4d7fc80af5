import { type StudyBoard, type StudyPart } from '../../../../shared/study-look.ts'
import { type Task, type TaskState } from '../../../../shared/tasks.ts'

export type PartState = 'waiting' | 'running' | 'paused' | 'failed' | 'done'
export const partStates = ['done', 'running', 'paused', 'failed', 'waiting'] as const satisfies readonly PartState[]

export interface BoardCell {
  readonly part: StudyPart
  readonly state: PartState
  /** How far it is, from 0 to 1, while it is at work. */
  readonly share: number | undefined
}

/** The trainings of one arm, or its generators, draw by draw. */
export interface BoardRow {
  readonly key: string
  /** Undefined where it is of generators. */
  readonly arm: StudyPart['arm'] | undefined
  readonly draws: readonly (readonly BoardCell[])[]
}

/** What is trained with one number of real images. */
export interface BoardGroup {
  readonly title: string
  readonly rows: readonly BoardRow[]
}

/**
 * Arms by repeats, column by column of the study's table.
 *
 * @param tasks parts of the plan that is at work, called as the study's own are
 */
export function layOutBoard({ plan, parts }: StudyBoard, tasks: readonly Task[]): BoardGroup[] {
  const byName = new Map(tasks.map((task) => [task.name, task]))
  const cells = parts.map((part) => cellOf(part, byName.get(part.id)))
  const draws = Array.from({ length: plan.repeats.draws }, (_, draw) => draw)
  return plan.columns.map(({ name, arms }, column) => {
    const own = cells.filter(({ part }) => part.column === column)
    const row = (key: string, arm: BoardRow['arm'], of: readonly BoardCell[]): BoardRow => ({
      key,
      arm,
      draws: draws.map((draw) => of.filter(({ part }) => part.draw === draw))
    })
    const generators = own.filter(({ part }) => part.kind === 'generator')
    const trained = arms.map((arm) =>
      row(
        arm,
        arm,
        own.filter(({ part }) => part.kind === 'arm' && part.arm === arm)
      )
    )
    return {
      title: name,
      rows: generators.length === 0 ? trained : [row('generators', undefined, generators), ...trained]
    }
  })
}

export function countStates(groups: readonly BoardGroup[]): Readonly<Record<PartState, number>> {
  const counts = { waiting: 0, running: 0, paused: 0, failed: 0, done: 0 }
  for (const { state } of groups.flatMap(({ rows }) => rows.flatMap(({ draws }) => draws.flat()))) counts[state] += 1
  return counts
}

function cellOf(part: StudyPart, task: Task | undefined): BoardCell {
  const state = part.isDone ? 'done' : task ? shownAs[task.state] : 'waiting'
  return { part, state, share: state === 'running' ? shareOf(task) : undefined }
}

function shareOf(task: Task | undefined): number | undefined {
  if (task?.done === undefined || !task.total) return undefined
  return Math.min(1, task.done / task.total)
}

/** What was cancelled is done anew when the study goes on, and what was cut off goes on from its safe point. */
const shownAs: Readonly<Record<TaskState, PartState>> = {
  waiting: 'waiting',
  running: 'running',
  stopping: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'waiting',
  interrupted: 'paused'
}
