import type { ParsedInput } from '../../shared/api.ts'
import type { Prepared } from '../../shared/masks.ts'
import type { TrainingSettings } from '../../shared/training.ts'
import { trainableClasses } from '../jobs/trainable-classes.ts'
import { settingsOf } from '../jobs/training-settings.ts'
import { requireUnannotated } from '../jobs/unannotated-images.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { type Model, requireModel } from '../workspace/models.ts'
import { requirePrepared } from '../workspace/prepared-sets.ts'

/** What is asked for a new run, but for its name. */
export type RunChoices = Omit<ParsedInput<'runs.train'>, 'name'>

/** What a new run learns from, and how. */
export interface RunPlan {
  readonly prepared: Prepared
  readonly from: Model | undefined
  readonly classes: string[]
  readonly settings: TrainingSettings
}

/** @throws AppError of kind `input` where data and choices do not fit together */
export async function planRun(app: AppContext, choices: RunChoices): Promise<RunPlan> {
  const { prepared, about } = await requirePrepared(app, choices.prepared)
  const from = choices.from === undefined ? undefined : await requireModel(app, choices.from)
  const classes = trainableClasses(about)
  const settings = settingsOf(choices, prepared, classes.length, from?.settings)
  if (choices.unannotated === undefined) return { prepared, from, classes, settings }
  const { prepared: beside } = await requirePrepared(app, choices.unannotated)
  requireUnannotated(beside, { prepared, classes, network: settings.network })
  return { prepared, from, classes, settings: { ...settings, unannotated: beside.id } }
}

/**
 * Where the images without annotation are that a run learns from, if it does.
 *
 * @throws AppError of kind `input` when they are gone
 */
export function unannotatedFolderOf(app: AppContext, { unannotated }: TrainingSettings): string | undefined {
  if (unannotated === undefined) return undefined
  return app.folders.folder('prepared', app.catalog.prepared.require(unannotated).id)
}
