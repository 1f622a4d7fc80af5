import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { FrozenStudy } from '../../shared/studies.ts'
import { sha256 } from '../files/checksum.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { studyTasks } from '../study/study-tasks.ts'

/**
 * Where a study and what it needs lie, all below one root: a workspace, or a folder that was exported for a cluster, which
 * has the same places and no catalogue.
 */
export class StudyFolder {
  readonly root: string
  readonly id: string

  constructor(root: string, id: string) {
    this.root = root
    this.id = id
  }

  get folder(): string {
    return join(this.root, 'studies', this.id)
  }

  get questionFile(): string {
    return join(this.folder, 'question.json')
  }

  get hashFile(): string {
    return join(this.folder, 'question.sha256')
  }

  get report(): string {
    return join(this.folder, 'report')
  }

  /** Predictions of other programs, a folder each. */
  get elsewhere(): string {
    return join(this.folder, 'elsewhere')
  }

  /** Names of their folders. */
  taken(): string[] {
    return existsSync(this.elsewhere) ? readdirSync(this.elsewhere).filter((name) => !name.startsWith('.')) : []
  }

  /** What a finished task left; it is there whole or not at all. */
  result(task: string): string {
    return join(this.folder, 'results', task)
  }

  /** The set that a generator left. */
  pictures(task: string): string {
    return join(this.result(task), 'pictures')
  }

  /** Tasks that are not done yet, in their order. */
  open(study: FrozenStudy): string[] {
    return studyTasks(study)
      .map(({ id }) => id)
      .filter((id) => !existsSync(this.result(id)))
  }

  /** Where an unfinished task works. */
  work(task: string): string {
    return join(this.folder, 'work', task)
  }

  dataset(id: string): string {
    return join(this.root, 'datasets', id)
  }

  synthetic(id: string): string {
    return join(this.root, 'synthetic', id)
  }
}

/** What is written down of a study before its first arm: the same study gives the same bytes. */
export function frozenText(study: FrozenStudy): string {
  return `${JSON.stringify(study, undefined, 1)}\n`
}

/** Whether a study that is planned now would be this one, but for its time, program and name. */
export function isSamePlan(frozen: FrozenStudy, asked: FrozenStudy): boolean {
  const { created, program, name } = frozen
  // Read as it is from its file: the order of fields is that of the schema then.
  const textOf = (study: FrozenStudy): string => frozenText(FrozenStudy.parse({ ...study, created, program, name }))
  return textOf(asked) === textOf(frozen)
}

/** One line a task, written once; the number of a task is its place, and never changes. */
export function tasksText(study: FrozenStudy): string {
  const lines = studyTasks(study).map(({ id, kind, needs = '' }, i) => [i, kind, id, needs].join('\t'))
  return `${['index\tkind\ttask\tneeds', ...lines].join('\n')}\n`
}

/** @throws AppError of kind `input` where the question is not the one that was frozen */
export async function readFrozen(place: StudyFolder): Promise<{ readonly study: FrozenStudy; readonly hash: string }> {
  const text = await readFile(place.questionFile, 'utf8').catch(() => undefined)
  const expected = await readFile(place.hashFile, 'utf8').catch(() => undefined)
  if (text === undefined || expected === undefined) {
    throw refuse('The frozen question of this study is not there.', {
      file: place.questionFile,
      next: 'Put the folder of the study back as it was, or plan the study anew.'
    })
  }
  const hash = sha256(text)
  const study = FrozenStudy.safeParse(jsonOf(text)).data
  if (hash !== expected.trim() || study === undefined) {
    throw refuse('The question of this study was changed after it had been frozen.', {
      file: place.questionFile,
      next: 'Put the file back as it was. Another question is another study: plan one under another name.'
    })
  }
  return { study, hash }
}
