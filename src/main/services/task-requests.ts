import { setTimeout } from 'node:timers/promises'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { OneStudy } from '../../shared/studies.ts'
import { isActive, type Task, type TaskId, type TaskKind } from '../../shared/tasks.ts'
import type { Tasks } from '../tasks/tasks.ts'
import type { Workshop } from '../tasks/workshop.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import type { OutcomeOfKind, InputOfKind } from './works.ts'

/** Where tasks are asked for, and where this process works on them. */
export interface TaskDesk {
  readonly tasks: Tasks
  readonly workshop: Workshop
}

/** Asked for by somebody who waits for the answer: these do not queue behind a training of days. */
const startAtOnce: readonly TaskKind[] = ['evaluate', 'generate', 'predict', 'estimate']

const lookMilliseconds = 200

/** Carries out a request as a task, and stays with it until its end. */
export async function carryOut<K extends TaskKind>(
  desk: TaskDesk,
  kind: K,
  input: InputOfKind<K>,
  context: RequestContext
): Promise<OutcomeOfKind<K>> {
  const { id } = desk.tasks.start({ kind, input, beside: startAtOnce.includes(kind) })
  return madeBy(await follow(desk, id, context)) as OutcomeOfKind<K> // its kind's work has made it
}

/** A plan that paused has made nothing yet: its parts have. */
function madeBy({ name, outcome }: Task): unknown {
  if (outcome !== undefined) return outcome
  throw new AppError('stopped', `“${name}” is paused; every step that was finished is kept.`, {
    next: 'It goes on from there when it is resumed.'
  })
}

/** Goes on with a run: with the task that paused, where there is one. */
export async function resumeRunTask(
  app: AppContext,
  desk: TaskDesk,
  input: ParsedInput<'runs.resume'>,
  context: RequestContext
): Promise<Output<'runs.resume'>> {
  const run = app.catalog.runs.find(input.run)
  const tasks = tasksOf(app, run?.id)
  if (run !== undefined && tasks.some(isActive)) {
    throw refuse(`“${run.name}” is being worked on by another window or terminal.`, { next: 'Pause it there first.' })
  }
  const paused = tasks.find(({ state, plan }) => state === 'paused' && plan === undefined)
  if (paused === undefined) return carryOut(desk, 'resume', input, context)
  const { id } = desk.tasks.resume(paused.id, input)
  return madeBy(await follow(desk, id, context)) as Output<'runs.resume'> // a task that trains has made it
}

/** Asks a run that is at work, here or in another process, to stop at a safe point. */
export function pauseRunTask(
  app: AppContext,
  { tasks }: TaskDesk,
  input: ParsedInput<'runs.pause'>
): Output<'runs.pause'> {
  const run = app.catalog.runs.require(input.run)
  const task = tasksOf(app, run.id).find(isActive)
  if (task === undefined) throw refuse(`The run "${run.name}" is not at work.`, { next: 'There is nothing to pause.' })
  tasks.pause(task.id)
  return run
}

/** Does what is left of a study: with the plan that paused, where there is one. */
export async function runStudyTasks(
  app: AppContext,
  desk: TaskDesk,
  input: ParsedInput<'study.run'>,
  context: RequestContext
): Promise<Output<'study.run'>> {
  const { ensurePlanned } = await import('./studies.ts')
  const { id, name } = await ensurePlanned(app, input)
  const plans = app.catalog.tasks
    .list()
    .filter(({ kind, input: asked }) => kind === 'study' && OneStudy.safeParse(asked).data?.study === id)
  if (plans.some(isActive)) {
    throw refuse(`“${name}” is being worked on by another window or terminal.`, { next: 'Pause it there first.' })
  }
  const paused = plans.find(({ state }) => state === 'paused')
  const task =
    paused === undefined
      ? desk.tasks.start({ kind: 'study', input: { study: id }, beside: false })
      : desk.tasks.resume(paused.id)
  const ended = await follow(desk, task.id, context).catch((thrown: unknown) => {
    if (thrown instanceof AppError && thrown.kind === 'stopped') throw studyPaused(name, thrown)
    throw thrown
  })
  if (ended.outcome === undefined) throw studyPaused(name)
  return ended.outcome as Output<'study.run'> // a plan that concludes has made it
}

function studyPaused(name: string, cause?: unknown): AppError {
  return new AppError('stopped', `The study "${name}" is paused; every finished task is kept.`, {
    next: 'It goes on from there when it is resumed.',
    cause
  })
}

/** A task that was begun or resumed here: at once, or with `follows` when it is at rest. */
export function begun(desk: TaskDesk, task: Task, follows: boolean, context: RequestContext): Task | Promise<Task> {
  return follows ? follow(desk, task.id, context) : task
}

/** With `follow`, the task as it is when it has come to rest, whichever process works on it. */
export async function untilRest(
  { tasks }: TaskDesk,
  { id }: Task,
  { follow: follows }: ParsedInput<'tasks.pause'>,
  { signal }: RequestContext
): Promise<Task> {
  while (follows && isActive(tasks.show(id)) && !signal.aborted) await setTimeout(lookMilliseconds)
  return tasks.show(id)
}

function follow({ tasks, workshop }: TaskDesk, id: TaskId, context: RequestContext): Promise<Task> {
  const inFront = tasks.show(id).state === 'waiting' ? tasks.inFrontOf(id) : undefined
  if (inFront !== undefined)
    context.notice?.(`Waiting for “${inFront.name}” (${inFront.kind}) to free the compute engine.`)
  return workshop.follow(id, context)
}

/** The tasks that train a run, newest first. */
function tasksOf({ catalog }: AppContext, run: string | undefined): Task[] {
  if (run === undefined) return []
  return catalog.tasks.ofThing(run).reverse()
}
