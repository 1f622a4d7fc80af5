import type { ArmName, FrozenStudy, StudyResult } from '../../shared/studies.ts'
import { answerOf, readResults, type StudyResults, writeReport } from './report/write-report.ts'
import type { FrozenPlace } from './run-task.ts'

/** A study as requests answer it: its table as far as it is done. */
export function resultOf(
  { study, hash, place }: FrozenPlace,
  name: string,
  results: StudyResults,
  answer = answerOf(study, results)
): StudyResult {
  const { done, tasks } = results
  return {
    study: {
      id: place.id,
      name,
      kind: study.design,
      arms: armsOf(study),
      repeats: repeatsOf(study),
      state: done === 0 ? 'planned' : done < tasks ? 'partly' : 'done',
      done,
      tasks,
      question: hash
    },
    table: answer.table,
    sentences: [...answer.sentences],
    notes: study.notes,
    seed: study.seed
  }
}

/** The same with its report, written anew. */
export async function reportOf(frozen: FrozenPlace, name: string): Promise<StudyResult> {
  const results = await readResults(frozen)
  const answer = answerOf(frozen.study, results)
  const report = await writeReport(frozen, results, answer)
  return { ...resultOf(frozen, name, results, answer), report }
}

export function armsOf({ columns }: FrozenStudy): ArmName[] {
  return [...new Set(columns.flatMap(({ arms }) => arms))]
}

/** Trainings of an arm that has a generator of its own. */
export function repeatsOf({ repeats: { draws, generators, seeds } }: FrozenStudy): number {
  return draws * generators * seeds
}
