import { type Output, type ParsedInput } from '../../shared/api.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { type EngineRequest, type Run, RunId } from '../../shared/runs.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { removeFolder } from '../files/atomic-write.ts'
import { EngineGone } from '../jobs/engine-client.ts'
import { sharedSeconds } from '../jobs/shared-clock.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { type TrainOutcome } from '../jobs/engine-protocol.ts'
import { newId } from '../files/new-id.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { troubleOf } from '../jobs/engine-troubles.ts'
import { requireModel } from '../workspace/models.ts'
import { isFirstLook, sizeFirstLook } from './first-look.ts'
import { planRun, unannotatedFolderOf } from './run-plan.ts'
import { mendRunFiles } from './run-files.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { RunRecord } from './run-record.ts'
import { requireDivisor } from '../jobs/training-settings.ts'

/** An engine that dies is started again this often without a new safe point in between. */
const restartsWithoutProgress = 2

/** Starts a new run on a prepared set and stays with it until it is finished, paused or failed. */
export async function trainRun(
  app: AppContext,
  request: ParsedInput<'runs.train'>,
  context: RequestContext
): Promise<Output<'runs.train'>> {
  requireFreeName(app.catalog.runs, 'run', request.name)
  const preset = await planRun(app, request)
  const plan = isFirstLook(request) ? await sizeFirstLook(app, request, preset, context) : preset
  const { prepared, from, classes, settings } = plan
  const run: Run = {
    id: RunId.parse(newId('r')),
    name: request.name,
    created: app.environment.now().toISOString(),
    prepared: prepared.id,
    ...(from === undefined ? {} : { from: from.id }),
    state: 'paused',
    iteration: 0,
    classes,
    settings
  }
  app.catalog.runs.insert(run)
  try {
    return await keepTraining(app, run, settings, request, context)
  } catch (thrown) {
    if (isRefusal(thrown) && app.catalog.runs.history(run.id).length === 0) await forgetRun(app, run)
    throw thrown
  }
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.kind === 'input'
}

/** A run that could not begin with what it was given takes no name. */
export async function forgetRun(app: AppContext, run: Run): Promise<void> {
  app.catalog.runs.remove(run.id)
  await removeFolder(runFolder(app, run))
  app.emit({ event: 'workspace.changed' })
}

/** Goes on with a paused run from its last safe point. */
export async function resumeRun(
  app: AppContext,
  request: ParsedInput<'runs.resume'>,
  context: RequestContext
): Promise<Output<'runs.resume'>> {
  const run = app.catalog.runs.require(request.run)
  if (request.prepared !== undefined && app.catalog.prepared.require(request.prepared).id !== run.prepared) {
    const own = app.catalog.prepared.find(run.prepared)?.name ?? run.prepared
    throw refuse(`The run "${run.name}" learns from the prepared set "${own}", not from "${request.prepared}".`, {
      next: 'Resume it as it is, or start a new run from its model on the other set.',
      remedies: [
        { action: 'resume-run', run: run.name },
        { action: 'train-from', run: run.name, prepared: request.prepared }
      ]
    })
  }
  const settings = continuedSettings(run, request)
  return keepTraining(app, run, settings, request, context)
}

/**
 * What may change when a run goes on: its length, and what is computed at a time.
 *
 * @throws AppError of kind `input` where there is nothing to go on with
 */
function continuedSettings(run: Run, { iterations, microBatch }: ParsedInput<'runs.resume'>): TrainingSettings {
  const settings = {
    ...run.settings,
    ...(iterations === undefined ? {} : { iterations }),
    ...(microBatch === undefined ? {} : { microBatch })
  }
  requireDivisor(settings)
  if (settings.iterations < run.iteration) {
    throw refuse(`The run "${run.name}" has ${run.iteration} iterations already: it cannot end at ${iterations}.`, {
      next: `Ask for ${run.iteration} or more.`
    })
  }
  if (run.state === 'finished' && run.iteration >= settings.iterations) {
    throw refuse(`The run "${run.name}" is finished at iteration ${run.iteration}: there is nothing to resume.`, {
      remedies: [
        { action: 'extend-run', run: run.name },
        { action: 'train-from', run: run.name, prepared: run.prepared }
      ]
    })
  }
  return settings
}

/** The folder of a run's files. */
export function runFolder(app: AppContext, run: Run): string {
  return app.folders.folder('runs', run.id)
}

/** What is asked of one sitting, and not part of the run itself. */
interface Session {
  readonly engine: EngineRequest
  readonly minutes?: number | undefined
}

async function keepTraining(
  app: AppContext,
  run: Run,
  settings: TrainingSettings,
  session: Session,
  context: RequestContext
): Promise<Output<'runs.train'>> {
  await ownFolder(app, 'runs', run)
  context.thingBegun?.(run.id) // refused where another process works on it
  const mended = await mendRunFiles(app, run)
  const record = new RunRecord(app, run, settings, context)
  try {
    for (const text of mended) record.notice(text)
    await record.describe()
    const outcome = await trainUntilDone(app, record, session, context.signal)
    record.settle({ state: stateAfter(outcome, context), iteration: outcome.iteration, outcome })
    await record.describe()
    return record.result(outcome)
  } catch (thrown) {
    const trouble = troubleOf(thrown, record.run, record.memory)
    record.fail(trouble)
    await record.describe()
    throw trouble
  }
}

function stateAfter({ ending }: TrainOutcome, { wish }: RequestContext): Run['state'] {
  switch (ending) {
    case 'finished':
      return 'finished'
    case 'minutes':
      return 'stopped'
    case 'pause':
      return wish?.() === 'keep' ? 'stopped' : 'paused'
  }
}

/** An engine that dies is replaced, as long as each comes further than the one before. */
async function trainUntilDone(
  app: AppContext,
  record: RunRecord,
  session: Session,
  signal: AbortSignal
): Promise<TrainOutcome> {
  const { engine, minutes } = session
  const endsAt = minutes === undefined ? undefined : sharedSeconds() + 60 * minutes
  for (let restarts = 0; ; restarts++) {
    const safeBefore = record.safeIteration
    try {
      return await trainOnce(app, record, { engine, endsAt }, signal)
    } catch (thrown) {
      if (!(thrown instanceof EngineGone) || signal.aborted) throw thrown
      if (record.safeIteration > safeBefore) restarts = 0
      if (restarts >= restartsWithoutProgress) throw thrown
      record.notice(
        record.safeIteration === 0
          ? 'The engine stopped unexpectedly before the first safe point. Training starts again.'
          : `The engine stopped unexpectedly. Training continues from its last safe point, iteration ${record.safeIteration}.`
      )
    }
  }
}

async function trainOnce(
  app: AppContext,
  record: RunRecord,
  { engine, endsAt }: { readonly engine: EngineRequest; readonly endsAt: number | undefined },
  signal: AbortSignal
): Promise<TrainOutcome> {
  const { run } = record
  const { resources } = app.environment
  const prepared = app.catalog.prepared.require(run.prepared)
  const isBegun = record.safeIteration > 0 // then it needs no other model any more
  const from = run.from === undefined || isBegun ? undefined : await requireModel(app, run.from)
  const unannotatedFolder = unannotatedFolderOf(app, run.settings)
  record.settle({ state: 'running', iteration: run.iteration })
  return runEngineJob(
    app.environment,
    {
      job: 'train',
      engine,
      endsAt,
      resources,
      runFolder: runFolder(app, run),
      preparedFolder: app.folders.folder('prepared', prepared.id),
      settings: run.settings,
      classes: run.classes,
      unannotatedFolder,
      fromRunFolder: from?.folder
    },
    (message) => record.take(message),
    signal
  )
}
