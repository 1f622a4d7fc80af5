import { type EngineInfo, RunId } from '../../shared/runs.ts'
import type { TrainingSettings } from '../../shared/training.ts'
import { newId } from '../files/new-id.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { progressOf, type TrialOutcome } from '../jobs/engine-protocol.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { settingsOf } from '../jobs/training-settings.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import { type RunChoices, type RunPlan, unannotatedFolderOf } from './run-plan.ts'

/** Tries a planned training in a folder that is removed: what each part of it takes. */
export async function tryTraining(
  app: AppContext,
  choices: RunChoices,
  { prepared, from, classes, settings }: RunPlan,
  { signal, progress, notice }: Pick<RequestContext, 'signal' | 'progress' | 'notice'>
): Promise<{ readonly outcome: TrialOutcome; readonly engine: EngineInfo | undefined }> {
  let engine: EngineInfo | undefined
  const isFree = from === undefined // a model that a run starts from decides its networks
  const staged = await stageFolder(app.folders.folder('runs', RunId.parse(newId('r'))))
  try {
    const outcome = await runEngineJob(
      app.environment,
      {
        job: 'trial',
        engine: choices.engine,
        resources: app.environment.resources,
        runFolder: staged.path,
        preparedFolder: app.folders.folder('prepared', prepared.id),
        settings,
        classes,
        unannotatedFolder: unannotatedFolderOf(app, settings),
        fromRunFolder: from?.folder,
        smaller: isFree ? smallerTiles(choices, prepared, classes.length) : [],
        thinner: isFree ? thinnerNetworks(settings) : []
      },
      (message) => {
        if (message.type === 'engine') engine = message.engine
        if (message.type === 'progress') progress(progressOf(message))
        if (message.type === 'notice') notice?.(message.text)
      },
      signal
    )
    return { outcome, engine }
  } finally {
    await staged.discard()
  }
}

const smallestTile = 32

/** The same training on tiles of half the side, a quarter, and so on. */
function smallerTiles(choices: RunChoices, prepared: RunPlan['prepared'], classes: number): TrainingSettings[] {
  const all: TrainingSettings[] = []
  for (let tile = prepared.tile / 2; tile >= smallestTile; tile /= 2) {
    all.push(settingsOf(choices, { ...prepared, tile }, classes, undefined))
  }
  return all
}

const fewestChannels = 32

/** The same training with half of the channels, a quarter, and so on. */
export function thinnerNetworks(settings: TrainingSettings): TrainingSettings[] {
  const { network } = settings
  const all: TrainingSettings[] = []
  for (let factor = 2; network.channelMax / factor >= fewestChannels; factor *= 2) {
    const widths = { channelBase: network.channelBase / factor, channelMax: network.channelMax / factor }
    all.push({ ...settings, network: { ...network, ...widths } })
  }
  return all
}
