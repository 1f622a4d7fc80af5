import { type Task, type TaskState } from '../../shared/tasks.ts'
import { kindTitles, progressText, taskStates } from '../text/tasks.ts'
import { type Step } from './step.ts'

/** The parts of a plan as the lines of a step list. */
export function taskSteps(parts: readonly Task[]): Step[] {
  return parts.map((part) => ({
    key: part.id,
    title: kindTitles[part.kind],
    state: stepStates[part.state],
    stateWord: taskStates[part.state],
    done: part.done ?? 0,
    total: part.total ?? 1,
    note: progressText(part) || undefined
  }))
}

const stepStates: Readonly<Record<TaskState, Step['state']>> = {
  waiting: 'waiting',
  running: 'running',
  stopping: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'paused'
}
