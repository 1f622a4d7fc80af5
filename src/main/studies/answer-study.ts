import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { StudyPictures } from '../../shared/study-look.ts'
import { StudyResult } from '../../shared/studies.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { cellCharts } from './report/made-cells.ts'
import { bestAndWorst } from './report/test-pictures.ts'
import { answerOf, copyFacts, readResults, writeReport } from './report/write-report.ts'
import { readFrozen, StudyFolder } from './study-folder.ts'
import { reportOf, resultOf } from './study-result.ts'

/** A study for a thread: tables are resampled thousands of times. */
export interface StudyForThread {
  readonly root: string
  readonly id: string
  readonly name: string
  readonly program: string
}

export interface AnswerTask extends StudyForThread {
  /** What tells this state of the study from others: an answer that is kept holds for it alone. */
  readonly state: string
  readonly mayWrite: boolean
}

const StudyAnswer = z.object({ result: StudyResult, drawn: StudyPictures })
export type StudyAnswer = z.infer<typeof StudyAnswer>

const Kept = StudyAnswer.extend({ state: z.string() })
const keptFile = 'answer.json'

/** The table, the pictures and, once all of it is done, the report: computed once for each state of the study. */
export async function answerStudy({ root, id, name, program, state, mayWrite }: AnswerTask): Promise<StudyAnswer> {
  const place = new StudyFolder(root, id)
  const frozen = { place, program, ...(await readFrozen(place)) }
  const file = join(place.folder, keptFile)
  const kept = Kept.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (kept?.state === state) {
    return { drawn: kept.drawn, result: { ...kept.result, study: { ...kept.result.study, name } } }
  }
  const results = await readResults(frozen)
  const answer = answerOf(frozen.study, results)
  const isDone = results.done === results.tasks
  const pictures = await bestAndWorst(frozen, answer.fields, results.arms)
  const { charts, facts } = isDone ? await cellCharts(frozen) : { charts: [], facts: [] }
  const report = isDone && mayWrite ? await writeReport(frozen, results, answer) : undefined
  const result = resultOf(frozen, name, results, answer)
  const found: StudyAnswer = {
    result,
    drawn: {
      pictures: pictures.map(({ bytes, ...picture }) => ({ ...picture, png: Buffer.from(bytes).toString('base64') })),
      charts,
      facts: [...facts, ...copyFacts(results.records)],
      files: report === undefined ? [] : [report.html, report.csv, ...report.svg].map((path) => basename(path))
    }
  }
  if (mayWrite) await writeFileAtomic(file, JSON.stringify({ state, ...found }))
  return found
}

/** The table computed anew from what is stored, with its report. */
export async function reportStudy({ root, id, name, program }: StudyForThread): Promise<StudyResult> {
  const place = new StudyFolder(root, id)
  return reportOf({ place, program, ...(await readFrozen(place)) }, name)
}
