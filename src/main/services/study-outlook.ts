import type { StudyOutlook } from '../../shared/studies.ts'
import { answerOf, readResults, type StudyResults } from '../studies/report/write-report.ts'
import type { FrozenPlace } from '../studies/run-task.ts'
import { findableEffect } from '../study/power.ts'
import { studyTasks } from '../study/study-tasks.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { openStudy } from './study-places.ts'

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
  const seconds = secondsOf(known, { trainings, generators })
  return {
    trainings,
    generators,
    ...(seconds === undefined ? {} : { seconds }),
    diskBytes: bytesOf(frozen, trainings, generators),
    ...(other === undefined ? {} : findableBy(other, known))
  }
}

function secondsOf(
  { records }: StudyResults,
  { trainings, generators }: { readonly trainings: number; readonly generators: number }
): number | undefined {
  const mean = (isGenerator: boolean): number | undefined => {
    const own = records.filter(({ task }) => task.startsWith('generator') === isGenerator)
    return own.length === 0 ? undefined : own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length
  }
  const [arm, generator] = [mean(false), mean(true)]
  if (arm === undefined || (generators > 0 && generator === undefined)) return undefined
  return trainings * arm + generators * (generator ?? 0)
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

/** So many repeats are looked at. */
const sizes = [2, 3, 5, 8, 12]

function findableBy({ study }: FrozenPlace, results: StudyResults): Pick<StudyOutlook, 'findable'> {
  const { fields } = answerOf(study, results)
  const spreads = fields
    .filter(({ comparison }) => comparison.isWhole)
    .flatMap(({ difference }) => difference?.spread ?? [])
    .filter(({ interval }) => interval !== undefined)
    .sort((a, b) => b.variance - a.variance)
  const middle = spreads[Math.floor(spreads.length / 2)]
  if (middle === undefined) return {}
  const images = middle.imageUnits.count
  return {
    findable: sizes.map((repeats) => ({
      repeats,
      effect: findableEffect(middle.components, { repeats, images }, { seed: study.seed, studies: 400 })
    }))
  }
}
