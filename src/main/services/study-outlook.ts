import { z } from 'zod'
import type { FindableEffect, StudyOutlook } from '../../shared/studies.ts'
import type { PilotTask } from '../studies/pilot.ts'
import { readResults, type StudyResults } from '../studies/report/write-report.ts'
import type { FrozenPlace } from '../studies/run-task.ts'
import { armSeconds, type EffortPlan, generatorSeconds } from '../study/effort.ts'
import { studyTasks } from '../study/study-tasks.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { openStudy } from './study-places.ts'
import { inStudyThread } from './study-thread.ts'
import { finishAfter } from './work-trial.ts'

/** Bytes of a prediction and of a pixel of a picture with its mask, about. */
const [cellBytes, pixelBytes] = [120, 2]

/**
 * What a study would take and could see: time by tasks of the same kind that were done, of this study or of a pilot; room on
 * the disk; and by the spread of a pilot, the differences that so many repeats would find.
 *
 * @param pilot name of another study
 */
export async function outlookOf(
  app: AppContext,
  frozen: FrozenPlace,
  results: StudyResults,
  pilot: string | undefined
): Promise<StudyOutlook> {
  const { study } = frozen
  const tasks = studyTasks(study)
  const generators = tasks.filter(({ kind }) => kind === 'generator').length
  const trainings = tasks.length - generators
  const other = pilot === undefined ? undefined : await openStudy(app, pilot)
  const known = other === undefined ? results : await readResults(other)
  const seconds = secondsOf(known, [(other ?? frozen).study, study], { trainings, generators })
  return {
    trainings,
    generators,
    ...(seconds === undefined ? {} : { seconds, finish: finishAfter(app, seconds) }),
    diskBytes: bytesOf(frozen, trainings, generators),
    ...(other === undefined ? {} : await findableBy(app, other, study.seed))
  }
}

const Learned = z.object({ iteration: z.number(), secondsPerIteration: z.number() })
/** Of records that older versions left, nobody can tell. */
const Made = z.object({ secondsOfPictures: z.number().optional() })

/** Each task by those of its kind that were measured, at the size that it has in this study. */
function secondsOf(
  { records }: StudyResults,
  [from, to]: readonly [measured: EffortPlan, asked: EffortPlan],
  { trainings, generators }: { readonly trainings: number; readonly generators: number }
): number | undefined {
  const measured = (isGenerator: boolean) => records.filter(({ task }) => task.startsWith('generator') === isGenerator)
  const arm = meanOf(
    measured(false).map(({ seconds, details }) => {
      const { iteration, secondsPerIteration } = Learned.safeParse(details).data ?? {
        iteration: 0,
        secondsPerIteration: 0
      }
      return armSeconds({ seconds, learning: Math.min(seconds, iteration * secondsPerIteration) }, from, to)
    })
  )
  const generator = meanOf(
    measured(true).flatMap(({ seconds, details }) => {
      const { secondsOfPictures = 0 } = Made.safeParse(details).data ?? {}
      return generatorSeconds({ seconds, making: Math.min(seconds, secondsOfPictures) }, from, to) ?? []
    })
  )
  if (arm === undefined || (generators > 0 && generator === undefined)) return undefined
  return trainings * arm + generators * (generator ?? 0)
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

function bytesOf({ study }: FrozenPlace, trainings: number, generators: number): number {
  const cells = study.images.filter(({ split }) => split === 'test').reduce((sum, image) => sum + image.cells, 0)
  const { tile = 0, images = 0 } = study.generation ?? {}
  return Math.round(2 * trainings * cells * cellBytes + generators * images * tile ** 2 * pixelBytes)
}

/** The same without a pilot, for a study that is there: only records are read. */
export async function secondsOfStudy(app: AppContext, frozen: FrozenPlace): Promise<StudyOutlook> {
  return outlookOf(app, frozen, await readResults(frozen), undefined)
}

async function findableBy(
  app: AppContext,
  { place, program }: FrozenPlace,
  seed: number
): Promise<Pick<StudyOutlook, 'findable'>> {
  const task: PilotTask = { root: place.root, id: place.id, program, seed }
  const findable = await inStudyThread<FindableEffect[]>(app, 'findable', task)
  return findable.length === 0 ? {} : { findable }
}
