import { refuse } from '../../shared/errors.ts'
import { type CellLimits } from '../../shared/masks.ts'
import { type Run } from '../../shared/runs.ts'
import { type RealClass } from '../../shared/set-report.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { requireSafePoints } from '../jobs/safe-points.ts'
import { type AppContext } from './app-context.ts'
import { findBuiltIn, type OnBoard } from './built-in-models.ts'
import { ownFolder } from './own-files.ts'
import { requirePrepared } from './prepared-sets.ts'

/** A trained model that can make pictures or be gone on from: a run of this workspace, or a built-in one. */
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
  /** ψ of its pictures where nobody asks for another. */
  readonly truncation: number
  /** The data it learned from, in a few words. */
  readonly origin: string
}

/** @throws AppError of kind `input` when there is no such run, or it has saved nothing yet */
export async function requireModel(app: AppContext, nameOrId: string): Promise<Model> {
  const run = app.catalog.runs.find(nameOrId)
  const onBoard = run === undefined ? findBuiltIn(app, nameOrId) : undefined
  if (onBoard !== undefined) return builtIn(onBoard)
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
    truncation: 1,
    origin: app.catalog.datasets.find(prepared.dataset)?.name ?? prepared.dataset
  }
}

function builtIn({ name, folder, card }: OnBoard): Model {
  const { settings, classes, prepared, limits, real, truncation, trainedOn } = card
  return {
    id: name,
    name,
    folder,
    settings,
    classes,
    grayLevels: prepared.grayLevels,
    limits,
    ...(real === undefined ? {} : { real }),
    truncation,
    origin: trainedOn
  }
}
