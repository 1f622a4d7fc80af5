import { resolve } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { AppError } from '../../shared/errors.ts'
import { type FeatureChoice } from '../../shared/evaluation.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { requireSafePoints } from '../jobs/safe-points.ts'
import { progressOf } from '../jobs/engine-protocol.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { requirePrepared } from '../workspace/prepared-sets.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { runFolder } from './training.ts'

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
  const ownRun = await ownFolder(app, 'runs', run)
  await requireSafePoints(ownRun, run.name, app.catalog.runs.checkpoints(run.id))
  const { resources } = app.environment
  const { engine, checkpoint, count, seed } = request
  const result = await runEngineJob(
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
      features: featureChoice(request),
      seed
    },
    (message) => {
      if (message.type === 'progress') progress(progressOf(message))
    },
    signal
  )
  const picture = `runs/${run.id}/samples/${result.memorization.picture}`
  return { ...result, memorization: { ...result.memorization, picture } }
}

/** `effnet`, or `inception:FILE` with the file relative to where the user is. */
function featureChoice({ features, resize, anyWeights }: ParsedInput<'runs.evaluate'>): FeatureChoice {
  if (features === 'effnet') return { network: 'effnet' }
  const file = /^inception:(.+)$/.exec(features)?.[1]
  if (file !== undefined) return { network: 'inception', file: resolve(file), resize, anyWeights }
  throw new AppError('usage', `There are no features called "${features}".`, {
    next: 'There are "effnet" and "inception:FILE", with the file of the published weights.',
    remedies: [{ action: 'set-option', option: 'features', value: 'effnet' }]
  })
}
