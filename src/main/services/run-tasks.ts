import type { Output, ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import type { Run } from '../../shared/runs.ts'
import type { Task } from '../../shared/tasks.ts'
import type { WorkContext } from '../tasks/work.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** The least that a sitting lasts, in minutes. */
const shortestSitting = 0.05

/**
 * Goes on with the run that a task began, with what is left of its minutes; what is asked of this sitting alone comes
 * before.
 */
export async function resumeTraining(
  app: AppContext,
  task: Task,
  { minutes, engine }: ParsedInput<'runs.train'>,
  context: WorkContext
): Promise<Output<'runs.train'>> {
  const left = minutes === undefined ? {} : { minutes: Math.max(shortestSitting, minutes - task.seconds / 60) }
  const sitting = typeof task.sitting === 'object' ? task.sitting : {}
  const { resumeRun } = await import('./training.ts')
  return resumeRun(app, { engine, ...left, ...sitting, run: task.thing ?? '' }, context)
}

/** Whether a run that stopped with an error is at a safe point. */
export function runCanGoOn(app: AppContext, task: Task): boolean {
  return runOf(app, task)?.state === 'paused'
}

/** Ends a paused run as it is. */
export function keepRun(app: Pick<AppContext, 'catalog' | 'emit'>, task: Task): unknown {
  const run = runOf(app, task)
  if (run === undefined) throw refuse(`The run of “${task.name}” is no longer there.`)
  if (typeof task.outcome !== 'object') {
    throw refuse(`“${task.name}” was cut off before it could say how far it is.`, {
      next: 'Resume it; from its next safe point on, what it has can be kept.'
    })
  }
  const kept: Run = { ...run, state: 'stopped' }
  app.catalog.runs.update(kept)
  app.emit({ event: 'run.changed', run: kept })
  return { ...task.outcome, run: kept }
}

/** A run that was cancelled goes to the trash; one without a safe point leaves nothing. */
export async function discardRun(app: AppContext, task: Task): Promise<void> {
  const run = runOf(app, task)
  if (run === undefined) return
  if (app.catalog.runs.checkpoints(run.id).length === 0) {
    const { forgetRun } = await import('./training.ts')
    await forgetRun(app, run)
    return
  }
  const { trashThings } = await import('./things.ts')
  await trashThings(app, { things: [run.id], kind: 'run', needing: 'leave' })
}

function runOf(app: Pick<AppContext, 'catalog'>, { thing }: Task): Run | undefined {
  return thing === undefined ? undefined : app.catalog.runs.find(thing)
}
