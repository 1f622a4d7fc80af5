import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { TaskRecord } from '../../shared/studies.ts'
import { isThere, stageFolder } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { ImageResult } from './match-predictions.ts'
import type { StudyFolder } from './study-folder.ts'

const recordFile = 'about.json'
const matchesFile = 'matches.json'
export const predictionsFile = 'predictions.json'

const Matches = z.object({ images: z.array(ImageResult) })

/** A finished arm: what its network saw, image by image. */
export interface ArmResult {
  readonly record: TaskRecord
  readonly images: readonly ImageResult[]
}

export function isFinished(place: StudyFolder, task: string): Promise<boolean> {
  return isThere(place.result(task))
}

/**
 * Writes what a task came to: whole, by a rename. Where another process was quicker with the same task, its result stays.
 *
 * @param fill puts the files into the folder
 */
export async function writeResult(
  place: StudyFolder,
  record: TaskRecord,
  fill: (folder: string) => Promise<void>
): Promise<void> {
  await mkdir(join(place.folder, 'results'), { recursive: true })
  const staged = await stageFolder(place.result(record.task))
  try {
    await fill(staged.path)
    await writeFile(join(staged.path, recordFile), JSON.stringify(record, undefined, 1))
    await staged.commit()
  } catch (thrown) {
    if (!(await isFinished(place, record.task))) throw thrown
  } finally {
    await staged.discard()
  }
}

export async function writeMatches(folder: string, images: readonly ImageResult[]): Promise<void> {
  await writeFile(join(folder, matchesFile), JSON.stringify({ images }))
}

/** @throws AppError of kind `input` where a result is damaged, or of another question or version of this program */
export async function readRecord(
  place: StudyFolder,
  task: string,
  expected: { readonly question: string; readonly program: string }
): Promise<TaskRecord> {
  const file = join(place.result(task), recordFile)
  const record = TaskRecord.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (record?.task !== task) throw damaged(file, task)
  if (record.question !== expected.question) {
    throw refuse(`The result of ${task} answers another question than this study asks.`, {
      file,
      next: 'Take its folder away; the task is then done again.'
    })
  }
  if (record.program !== expected.program) {
    throw refuse(
      `The result of ${task} was made by version ${record.program} of the program, and this study by ${expected.program}: their numbers cannot be compared.`,
      { file, next: 'Do all tasks of a study with one version.' }
    )
  }
  return record
}

/** @throws AppError of kind `input` as `readRecord` does */
export async function readArm(
  place: StudyFolder,
  task: string,
  expected: { readonly question: string; readonly program: string }
): Promise<ArmResult> {
  const record = await readRecord(place, task, expected)
  const images = await readMatches(place.result(task))
  if (images === undefined) throw damaged(join(place.result(task), matchesFile), task)
  return { record, images }
}

/** Undefined where they are not there, or damaged. */
export async function readMatches(folder: string): Promise<ImageResult[] | undefined> {
  const text = await readFile(join(folder, matchesFile), 'utf8').catch(() => '')
  return Matches.safeParse(jsonOf(text)).data?.images
}

function damaged(file: string, task: string) {
  return refuse(`The result of ${task} is damaged.`, {
    file,
    next: 'Take its folder away; the task is then done again.'
  })
}
