import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AppError, refuse } from '../../shared/errors.ts'
import type { FrozenStudy, StudyImage, TaskRecord } from '../../shared/studies.ts'
import { whole } from '../files/partials.ts'
import { type StudyTask, trainingImages } from '../study/study-tasks.ts'
import { armPictures, realPictures } from './arm-pictures.ts'
import { matchTestImages } from './match-test-images.ts'
import type { Prediction, SegmentationOutcome, Segmenter, Watcher } from './segmenter.ts'
import type { StudyFolder } from './study-folder.ts'
import { isFinished, predictionsFile, readRecord, writeMatches, writeResult } from './task-results.ts'

/** Trains a generator on the real images of a task, and makes pictures. */
export type PictureMaker = (
  place: StudyFolder,
  study: FrozenStudy,
  task: StudyTask,
  watcher: Watcher
) => Promise<{
  readonly record: Pick<TaskRecord, 'trainedOn' | 'details' | 'notes' | 'engine'>
  /** Puts pictures, masks and what is known of them into a folder. */
  readonly fill: (folder: string) => Promise<void>
}>

/** What trains, for a study. */
export interface Makers {
  readonly segment: Segmenter
  readonly makePictures: PictureMaker
}

export interface FrozenPlace {
  readonly place: StudyFolder
  readonly study: FrozenStudy
  /** SHA-256 of its question. */
  readonly hash: string
  readonly program: string
}

/**
 * Does one task of a study, unless it is done: the same task twice, here or elsewhere, leaves one result.
 *
 * @throws AppError of kind `stopped` where it was stopped; the next try goes on from its safe points
 */
export async function runStudyTask(
  frozen: FrozenPlace,
  task: StudyTask,
  makers: Makers,
  watcher: Watcher
): Promise<'done' | 'was-done'> {
  const { place } = frozen
  if (await isFinished(place, task.id)) return 'was-done'
  if (frozen.program !== frozen.study.program) throw otherVersion(frozen)
  if (task.needs !== undefined && !(await isFinished(place, task.needs))) {
    throw refuse(`${task.id} needs the pictures of ${task.needs}, which are not made yet.`, {
      next: 'Do the tasks of the generators first.'
    })
  }
  const started = performance.now()
  if (task.kind === 'generator') await runGenerator(frozen, task, makers, watcher, started)
  else await runArm(frozen, task, makers, watcher, started)
  await rm(place.work(task.id), whole)
  return 'done'
}

function otherVersion({ program, study }: FrozenPlace): AppError {
  return refuse(
    `This study was planned with version ${study.program} of the program, and this is version ${program}: their numbers cannot be compared.`,
    { next: 'Do all tasks of a study with one version, or plan it anew.' }
  )
}

async function runGenerator(
  { place, study, hash, program }: FrozenPlace,
  task: StudyTask,
  { makePictures }: Makers,
  watcher: Watcher,
  started: number
): Promise<void> {
  const { record, fill } = await makePictures(place, study, task, watcher)
  const seconds = (performance.now() - started) / 1000
  await writeResult(place, { task: task.id, program, question: hash, seconds, ...record }, fill)
}

async function runArm(
  { place, study, hash, program }: FrozenPlace,
  task: StudyTask,
  { segment }: Makers,
  watcher: Watcher,
  started: number
): Promise<void> {
  if (task.needs !== undefined) await requireOwnGenerator({ place, study, hash, program }, task, task.needs)
  const { real, extra } = await armPictures(place, study, task)
  const test = study.images.filter(({ split }) => split === 'test')
  const validation = study.images.filter(({ split }) => split === 'validation')
  const outcome = await segment(
    {
      folder: place.work(task.id),
      real,
      extra,
      validation: realPictures(place, study, validation),
      test: realPictures(place, study, test),
      plan: study.segmentation,
      augmentation: task.arm === 'classic-doubled' ? 'doubled' : task.arm === 'copy-paste' ? 'copy-paste' : 'usual',
      // The same seed in all arms: they begin with the same weights.
      seed: study.seed + 1000 * task.draw + task.seed,
      engine: study.engine
    },
    watcher
  )
  const results = await matchTestImages(place, study, outcome.predictions)
  const record: TaskRecord = {
    task: task.id,
    program,
    question: hash,
    seconds: (performance.now() - started) / 1000,
    ...(outcome.engine === undefined ? {} : { engine: outcome.engine }),
    trainedOn: [...real.images, ...(extra?.images ?? [])],
    details: { ...outcome.details },
    notes: [...outcome.notes]
  }
  await writeResult(place, record, async (target) => {
    await writeFile(join(target, predictionsFile), JSON.stringify(cocoResults(test, outcome)))
    await writeMatches(target, results)
  })
}

/**
 * A generator that saw more than its arm would bring it what it was not given.
 *
 * @throws AppError of kind `input` for the first image that it must not have learned from
 */
async function requireOwnGenerator({ place, study, hash }: FrozenPlace, task: StudyTask, needs: string): Promise<void> {
  const { trainedOn } = await readRecord(place, needs, { question: hash, program: study.program })
  const allowed = new Set(trainingImages(study, task))
  const files = new Set(study.images.filter(({ id }) => allowed.has(id)).map(({ file }) => file))
  const beyond = trainedOn.find((file) => !files.has(file))
  if (beyond === undefined) return
  throw refuse(
    `The generator ${needs} learned from ${beyond}, which ${task.id} is not trained on: it knows more than its arm may.`,
    {
      file: place.result(needs),
      next: 'Take its folder away; the generator is then trained again, on the images of its share alone.'
    }
  )
}

/** A list of results as the COCO tools take it. */
function cocoResults(test: readonly StudyImage[], { predictions }: SegmentationOutcome): object[] {
  return test.flatMap(({ id, width, height }) =>
    (predictions.get(id) ?? []).map(({ counts, score }: Prediction) => ({
      image_id: id,
      category_id: 1,
      segmentation: { size: [height, width], counts },
      score
    }))
  )
}
