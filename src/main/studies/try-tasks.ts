import { join } from 'node:path'
import type { EngineInfo } from '../../shared/runs.ts'
import type { FrozenStudy, StudyImage } from '../../shared/studies.ts'
import type { Environment } from '../environment.ts'
import type { EffortPlan, Tried, TriedGenerator } from '../study/effort.ts'
import { type StudyTask, studyTasks, trainingImages } from '../study/study-tasks.ts'
import { realPictures } from './arm-pictures.ts'
import { engineSegmenter } from './engine-segmenter.ts'
import { tryGenerator } from './make-pictures.ts'
import type { Watcher } from './segmenter.ts'
import type { StudyFolder } from './study-folder.ts'

/** The first iterations of a process are slow, and not counted. */
const [slowIterations, triedIterations] = [3, 10]
/** Pictures of each kind that are looked at. */
const fewPictures = 2

export interface TriedArm {
  readonly tried: Tried
  /** What was tried, for what it was tried with. */
  readonly plan: EffortPlan
  readonly engine: EngineInfo | undefined
}

/** A short training of one segmentation network, as the study would train it. @param folder is left behind */
export async function tryArm(
  environment: Environment,
  place: StudyFolder,
  study: FrozenStudy,
  { folder, watcher }: { readonly folder: string; readonly watcher: Watcher }
): Promise<TriedArm> {
  const few = (split: StudyImage['split']): StudyImage[] =>
    study.images.filter((image) => image.split === split).slice(0, fewPictures)
  const [validation, test] = [few('validation'), few('test')]
  const plan = { ...study.segmentation, iterations: triedIterations }
  const times: { readonly stage: string; readonly done: number; readonly at: number }[] = []
  const began = performance.now()
  const { engine } = await engineSegmenter(environment)(
    {
      folder,
      real: realPictures(place, study, learnedFrom(study)),
      extra: undefined,
      validation: realPictures(place, study, validation),
      test: realPictures(place, study, test),
      plan,
      augmentation: 'usual',
      seed: study.seed,
      engine: study.engine
    },
    {
      signal: watcher.signal,
      progress: ({ stage, done }) => {
        times.push({ stage, done, at: performance.now() })
        watcher.progress({ stage: 'trial', done, total: triedIterations })
      }
    }
  )
  const seconds = (from: number, to: number): number => Math.max(0, to - from) / 1000
  const learned = times.filter(({ stage, done }) => stage === 'train' && done >= slowIterations)
  const [first, last] = [learned[0]?.at ?? began, learned.at(-1)?.at ?? began]
  const start = seconds(began, times[0]?.at ?? began)
  return {
    tried: {
      start,
      perIteration: seconds(first, last) / (triedIterations - slowIterations),
      looking: Math.max(0, seconds(last, performance.now()) - start)
    },
    plan: { segmentation: plan, images: [...validation, ...test] },
    engine
  }
}

function learnedFrom(study: FrozenStudy): StudyImage[] {
  const ids = new Set(trainingImages(study, { arm: 'real', column: 0, draw: 0 }).slice(0, 4 * fewPictures))
  return study.images.filter(({ id }) => ids.has(id))
}

/** What a generator takes, by its parts; undefined where the study trains none. */
export async function tryFirstGenerator(
  environment: Environment,
  place: StudyFolder,
  study: FrozenStudy,
  { folder, watcher }: { readonly folder: string; readonly watcher: Watcher }
): Promise<TriedGenerator | undefined> {
  const task: StudyTask | undefined = studyTasks(study).find(({ kind }) => kind === 'generator')
  if (task === undefined) return undefined
  return tryGenerator(environment, { place, study, task, folder: join(folder, 'generator') }, watcher)
}
