import type { ParsedInput } from '../../shared/api.ts'
import type { Estimate } from '../../shared/estimates.ts'
import { type FrozenStudy, PlanStudyRequest } from '../../shared/studies.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { newId } from '../files/new-id.ts'
import { StudyFolder } from '../studies/study-folder.ts'
import { tryArm, tryFirstGenerator } from '../studies/try-tasks.ts'
import { generatorSecondsFromTrial, secondsFromTrial } from '../study/effort.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import { plannedOutlook } from './study-look.ts'
import { frozenOf } from './studies.ts'
import { estimateOf } from './work-trial.ts'

type StudyChoices = Extract<ParsedInput<'estimates.make'>, { of: 'study' }>

/** What a study would take, before it is frozen: from a short training of each kind, in a folder that is removed. */
export async function estimateStudy(
  app: AppContext,
  request: StudyChoices,
  context: RequestContext
): Promise<Estimate> {
  const study = await frozenOf(app, PlanStudyRequest.parse({ ...request, name: 'estimate' }))
  const outlook = await plannedOutlook(app, study, request.pilot)
  const { trainings, generators, diskBytes, findable } = outlook
  const each = await tryTasks(app, study, context)
  const seconds = trainings * each.training + generators * each.generator
  const notes = ['Short trainings were tried; the rest is taken in proportion.']
  return {
    ...(await estimateOf(app, { seconds, bytes: diskBytes, notes })),
    trainings,
    generators,
    ...(findable && { findable }),
    ...(each.engine && { engine: each.engine })
  }
}

/** Seconds of one training of a segmentation network, and of one generator with its pictures. */
async function tryTasks(
  { folders, environment }: AppContext,
  study: FrozenStudy,
  { signal, progress }: RequestContext
) {
  const id = newId('y')
  const staged = await stageFolder(folders.folder('studies', id))
  try {
    const place = new StudyFolder(folders.root, id) // only the data set is looked for there
    const trial = { folder: staged.path, watcher: { signal, progress } }
    const { tried, plan, engine } = await tryArm(environment, place, study, trial)
    const generator = await tryFirstGenerator(environment, place, study, trial)
    return {
      training: secondsFromTrial(tried, plan, study),
      generator:
        generator === undefined || study.generation === undefined
          ? 0
          : generatorSecondsFromTrial(generator, study.generation),
      engine
    }
  } finally {
    await staged.discard()
  }
}
