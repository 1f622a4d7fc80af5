import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type CellLimits } from '../../shared/masks.ts'
import { type Run } from '../../shared/runs.ts'
import { type RealClass } from '../../shared/set-report.ts'
import { StarterCard, starterName } from '../../shared/starter.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { requireSafePoints } from '../jobs/safe-points.ts'
import { type AppContext } from './app-context.ts'
import { ownFolder } from './own-files.ts'
import { requirePrepared } from './prepared-sets.ts'

/** A trained model that can make pictures or be gone on from: a run of this workspace, or the one on board. */
export interface Model {
  readonly id: string
  readonly name: string
  /** Holds its `checkpoints/`. */
  readonly folder: string
  readonly settings: TrainingSettings
  readonly classes: readonly string[]
  readonly grayLevels: number
  /** What real cells are like, by class. */
  readonly limits: readonly CellLimits[]
  /** Folder of the prepared set that it learned from, where that is here; else what its tiles were like, where known. */
  readonly preparedFolder?: string
  readonly real?: readonly RealClass[]
  /** The data it learned from, in a few words. */
  readonly origin: string
}

/** @throws AppError of kind `input` when there is no such run, or it has saved nothing yet */
export async function requireModel(app: AppContext, nameOrId: string): Promise<Model> {
  const run = app.catalog.runs.find(nameOrId)
  if (run === undefined && nameOrId === starterName) return requireStarter(app)
  return modelOf(app, run ?? app.catalog.runs.require(nameOrId))
}

async function modelOf(app: AppContext, run: Run): Promise<Model> {
  if (run.best === undefined && app.catalog.runs.checkpoints(run.id).length === 0) {
    throw refuse(`The run "${run.name}" has no saved model yet.`, { next: 'Choose a run with a safe point.' })
  }
  const folder = await ownFolder(app, 'runs', run)
  await requireSafePoints(folder, run.name, app.catalog.runs.checkpoints(run.id))
  const { prepared, about, folder: preparedFolder } = await requirePrepared(app, run.prepared)
  return {
    id: run.id,
    name: run.name,
    folder,
    settings: run.settings,
    classes: run.classes,
    grayLevels: prepared.grayLevels,
    limits: about.limits,
    preparedFolder,
    origin: app.catalog.datasets.find(prepared.dataset)?.name ?? prepared.dataset
  }
}

function requireStarter(app: AppContext): Model {
  const { settings, classes, prepared, limits, real, trainedOn } = starterCard(app)
  return {
    id: starterName,
    name: starterName,
    folder: starterFolder(app),
    settings,
    classes,
    grayLevels: prepared.grayLevels,
    limits,
    ...(real === undefined ? {} : { real }),
    origin: trainedOn
  }
}

/** @throws AppError of kind `input` when this installation has no model on board, or a damaged one */
export function starterCard(app: AppContext): StarterCard {
  const file = join(starterFolder(app), 'model.json')
  try {
    return StarterCard.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw refuse('This installation has no built-in model, or its file is damaged.', {
      file,
      remedies: [{ action: 'make', kind: 'run' }],
      cause
    })
  }
}

function starterFolder({ environment }: AppContext): string {
  return join(environment.resources, 'starter')
}
