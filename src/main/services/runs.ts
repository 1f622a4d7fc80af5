import { type Output, type ParsedInput } from '../../shared/api.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { progressOf } from '../jobs/engine-protocol.ts'
import { type AppContext } from './app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { requirePrepared } from './prepared-sets.ts'
import { runFolder } from './training.ts'

export function listRuns(app: AppContext): Output<'runs.list'> {
  return { runs: app.catalog.runs.list() }
}

export function showRun(app: AppContext, { name }: ParsedInput<'runs.show'>): Output<'runs.show'> {
  const run = app.catalog.runs.require(name)
  return { run, history: app.catalog.runs.history(run.id), checkpoints: app.catalog.runs.checkpoints(run.id) }
}

/** Measures how far a run's pictures are from the real ones, per class and in the mean. */
export async function evaluateRun(
  app: AppContext,
  request: ParsedInput<'runs.evaluate'>,
  { signal, progress }: RequestContext
): Promise<Output<'runs.evaluate'>> {
  const run = app.catalog.runs.require(request.run)
  const { folder } = await requirePrepared(app, run.prepared)
  const { resources } = app.environment
  const { engine, checkpoint, count, seed } = request
  return runEngineJob(
    app.environment,
    {
      job: 'evaluate',
      engine,
      resources,
      runFolder: runFolder(app, run),
      preparedFolder: folder,
      settings: run.settings,
      classes: run.classes,
      checkpoint,
      count,
      seed
    },
    (message) => {
      if (message.type === 'progress') progress(progressOf(message))
    },
    signal
  )
}
