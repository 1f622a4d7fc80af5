import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError, refuse } from '../../../shared/errors.ts'
import type { StudyResult, StudyTaskResult } from '../../../shared/studies.ts'
import { thingId } from '../../../shared/things.ts'
import { stageFolder } from '../../files/atomic-write.ts'
import { jsonOf } from '../../files/json-or-nothing.ts'
import { firstLink } from '../../files/links.ts'
import { studyTasks } from '../../study/study-tasks.ts'
import { type FrozenPlace, type Makers, runStudyTask } from '../run-task.ts'
import type { Watcher } from '../segmenter.ts'
import { readFrozen, StudyFolder, tasksText } from '../study-folder.ts'
import { reportOf } from '../study-result.ts'
import { isFinished, readArm, readRecord } from '../task-results.ts'
import { studyFile } from './export-study.ts'

const Exported = z.object({ id: thingId, name: z.string() })

/** @throws AppError of kind `input` for a folder that holds no exported study */
export async function openExported(folder: string, program: string): Promise<FrozenPlace & { readonly name: string }> {
  const file = join(folder, studyFile)
  const exported = Exported.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (exported === undefined) {
    throw refuse(`${folder} holds no study that was exported for a cluster.`, {
      file,
      next: 'Export the study into a folder first.'
    })
  }
  const place = new StudyFolder(folder, exported.id)
  const frozen = { place, ...(await readFrozen(place)), program, name: exported.name }
  const tasks = await readFile(join(folder, 'tasks.tsv'), 'utf8').catch(() => '')
  if (tasks === tasksText(frozen.study)) return frozen
  throw refuse('The list of tasks is not the one that was exported: the numbers of tasks would mean others.', {
    file: join(folder, 'tasks.tsv'),
    next: 'Put it back as it was, or export the study again into another folder.'
  })
}

/** Does the task of this number. @throws AppError of kind `input` where there is none */
export async function runExportedTask(
  folder: string,
  { index, program }: { readonly index: number; readonly program: string },
  makers: Makers,
  watcher: Watcher
): Promise<StudyTaskResult> {
  const frozen = await openExported(folder, program)
  const tasks = studyTasks(frozen.study)
  const task = tasks[index]
  if (task === undefined) {
    throw refuse(`There is no task ${index}: the tasks of this study go from 0 to ${tasks.length - 1}.`, {
      file: join(folder, 'tasks.tsv')
    })
  }
  return { task: task.id, state: await runStudyTask(frozen, task, makers, watcher) }
}

/** Table and report of what is done, written into the exported folder itself. */
export async function reportExported(folder: string, program: string): Promise<StudyResult> {
  const frozen = await openExported(folder, program)
  return reportOf(frozen, frozen.name)
}

/**
 * Takes finished tasks of an exported study into the study at home; those that are there already stay.
 *
 * @returns sentences on what was not taken
 * @throws AppError of kind `input` where the folder is of another study or holds links to other places
 */
export async function collectResults(home: FrozenPlace, folder: string): Promise<string[]> {
  const exported = await openExported(folder, home.program)
  if (exported.hash !== home.hash) {
    throw refuse(`${folder} is of another study: it answers another question.`, { file: folder })
  }
  const left: string[] = []
  for (const { id, kind } of studyTasks(home.study)) {
    if (!(await isFinished(exported.place, id)) || (await isFinished(home.place, id))) continue
    const reason = await takeResult(home, exported.place, { id, kind })
    if (reason !== undefined) left.push(reason)
  }
  return left
}

async function takeResult(
  home: FrozenPlace,
  from: StudyFolder,
  { id, kind }: { readonly id: string; readonly kind: 'generator' | 'arm' }
): Promise<string | undefined> {
  const source = from.result(id)
  const link = await firstLink(source)
  if (link !== undefined) throw refuse(`The result of ${id} holds a link to another place: ${link}.`, { file: source })
  const expected = { question: home.hash, program: home.study.program }
  try {
    await (kind === 'arm' ? readArm(from, id, expected) : readRecord(from, id, expected))
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.kind === 'input') return `${thrown.message} It was not taken.`
    throw thrown
  }
  await mkdir(join(home.place.folder, 'results'), { recursive: true })
  const staged = await stageFolder(home.place.result(id))
  try {
    await cp(source, staged.path, { recursive: true })
    await staged.commit()
  } finally {
    await staged.discard()
  }
  return undefined
}

/** Where schedulers write which task of an array it is; some count from 1. */
const indexVariables: readonly [name: string, first: 0 | 1][] = [
  ['SLURM_ARRAY_TASK_ID', 0],
  ['PBS_ARRAY_INDEX', 0],
  ['JOB_COMPLETION_INDEX', 0],
  ['LSB_JOBINDEX', 1],
  ['SGE_TASK_ID', 1]
]

/** The number of the task from the surroundings of a job; undefined where no scheduler says one. */
export function indexFrom(variables: Readonly<Record<string, string | undefined>>): number | undefined {
  for (const [name, first] of indexVariables) {
    const text = variables[name]
    if (text === undefined || !/^\d+$/.test(text)) continue
    const index = Number(text) - first
    if (index >= 0) return index
  }
  return undefined
}
