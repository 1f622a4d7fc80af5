import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { armTitles } from '../../../shared/arm-titles.ts'
import { MaskFit } from '../../../shared/set-report.ts'
import type { FrozenStudy, StudyReport, TaskRecord } from '../../../shared/studies.ts'
import { SyntheticAbout } from '../../../shared/synthetic.ts'
import { writeFileAtomic } from '../../files/atomic-write.ts'
import { jsonOf } from '../../files/json-or-nothing.ts'
import { answerSentences, elsewhereSentences } from '../../study/answer.ts'
import { countCells, isAlmostEmpty } from '../../study/cell-counts.ts'
import { type ComputedTable, computeTable, type Field } from '../../study/study-table.ts'
import { type StudyTask, studyTasks, trainingImages } from '../../study/study-tasks.ts'
import { CopyCount, copyWords } from '../count-copies.ts'
import { type ElsewhereResult, readElsewhere } from '../elsewhere.ts'
import type { FrozenPlace } from '../run-task.ts'
import type { StudyFolder } from '../study-folder.ts'
import { type ArmResult, isFinished, readArm, readRecord } from '../task-results.ts'
import { differenceChart, learningChart } from './charts.ts'
import { cellCharts } from './made-cells.ts'
import { type Chart, effortFacts, reportHtml } from './report-html.ts'
import { tableCsv } from './tables.ts'
import { bestAndWorst } from './test-pictures.ts'

/** What there is of a study: of its tasks, those that are done. */
export interface StudyResults {
  readonly arms: ReadonlyMap<string, ArmResult>
  readonly records: readonly TaskRecord[]
  /** Generators whose pictures show almost no cells. */
  readonly emptied: ReadonlySet<string>
  /** What other programs predicted. */
  readonly elsewhere: readonly ElsewhereResult[]
  readonly done: number
  readonly tasks: number
}

/** @throws AppError of kind `input` where a result is damaged or of another study or version */
export async function readResults({ place, study, hash }: Omit<FrozenPlace, 'program'>): Promise<StudyResults> {
  const tasks = studyTasks(study)
  const expected = { question: hash, program: study.program }
  const arms = new Map<string, ArmResult>()
  const records: TaskRecord[] = []
  const emptied = new Set<string>()
  for (const task of tasks) {
    const { id, kind } = task
    if (!(await isFinished(place, id))) continue
    if (kind === 'generator') {
      records.push(await readRecord(place, id, expected))
      if (await hasAlmostNoCells(place, study, task)) emptied.add(id)
      continue
    }
    const arm = await readArm(place, id, expected)
    arms.set(id, arm)
    records.push(arm.record)
  }
  const elsewhere = await readElsewhere({ place, hash })
  return { arms, records, emptied, elsewhere, done: records.length, tasks: tasks.length }
}

async function hasAlmostNoCells(place: StudyFolder, study: FrozenStudy, task: StudyTask): Promise<boolean> {
  const text = await readFile(join(place.pictures(task.id), 'about.json'), 'utf8').catch(() => '')
  const made = SyntheticAbout.safeParse(jsonOf(text)).data?.images ?? []
  const shown = new Set(trainingImages(study, task))
  return isAlmostEmpty(countCells(made), countCells(study.images.filter(({ id }) => shown.has(id))))
}

export interface Answer extends ComputedTable {
  readonly sentences: readonly string[]
}

/** The table and what follows from it: the same for the same stored results. */
export function answerOf(study: FrozenStudy, { arms, emptied, elsewhere }: StudyResults): Answer {
  const others = elsewhere.map(({ about: { name }, images }) => ({ name, images }))
  const computed = computeTable(study, new Map([...arms].map(([id, { images }]) => [id, images])), others)
  const sentences = [
    ...answerSentences(study, computed.fields, emptied),
    ...elsewhereSentences(study, computed.elsewhere)
  ]
  return { ...computed, sentences }
}

/** Writes the report as one HTML file, the table as CSV, and the charts as SVG. */
export async function writeReport(frozen: FrozenPlace, results: StudyResults, answer: Answer): Promise<StudyReport> {
  const { place, study, hash } = frozen
  const made = await cellCharts(frozen)
  const charts = [...answerCharts(study, answer), ...made.charts]
  const html = reportHtml({
    study,
    hash,
    ...answer,
    charts,
    pictures: await bestAndWorst(frozen, answer.fields, results.arms),
    facts: [
      ...made.facts,
      ...copyFacts(results.records),
      ...generatorFacts(results.records),
      ...elsewhereFacts(results.elsewhere),
      ...effortFacts(results.records)
    ],
    records: results.records
  })
  await mkdir(place.report, { recursive: true })
  const files = filesOf(place.report, charts)
  await writeFileAtomic(files.html, html)
  await writeFileAtomic(files.csv, tableCsv(answer.table))
  for (const [i, { svg }] of charts.entries()) await writeFileAtomic(files.svg[i] ?? '', svg)
  return files
}

function filesOf(folder: string, charts: readonly Chart[]): StudyReport {
  return {
    html: join(folder, 'report.html'),
    csv: join(folder, 'table.csv'),
    svg: charts.map(({ name }) => join(folder, `${name}.svg`))
  }
}

function answerCharts(study: FrozenStudy, { fields, elsewhere }: Answer): Chart[] {
  return [...differences(study, [...fields, ...elsewhere]), ...learning(study, fields)]
}

function differences(study: FrozenStudy, fields: readonly Pick<Field, 'cell'>[]): Chart[] {
  const rows = fields
    .filter(({ cell }) => cell.difference !== undefined)
    .map(({ cell }) => ({
      label: `${cell.row}, ${cell.column}`,
      value: 100 * (cell.difference ?? 0),
      interval: cell.interval === undefined ? undefined : ([100 * cell.interval[0], 100 * cell.interval[1]] as const),
      verdict: cell.verdict
    }))
  if (rows.length === 0) return []
  return [
    {
      name: 'differences',
      title: 'Differences from real images alone',
      caption:
        'Points are means over paired repeats, lines 95 % intervals over test images and repeats. The gray band is what was said not to matter.',
      svg: differenceChart(rows, 100 * study.smallestEffect, `difference in points of ${study.metric}`)
    }
  ]
}

/** Where there are shares of the real images: what each arm makes of them. */
function learning(study: FrozenStudy, fields: readonly Field[]): Chart[] {
  if (study.design === 'table2' || study.design === 'table4' || study.columns.length < 2) return []
  const whole = fields.filter(({ comparison }) => comparison.isWhole)
  const pointOf = ({ comparison, cell }: Field, y: number) => ({
    x: study.columns[comparison.arm.column]?.images ?? 1,
    y: 100 * y,
    worth: cell.worth
  })
  const arms = [...new Set(whole.map(({ cell }) => cell.arm))].filter((arm) => arm !== 'real')
  const real = whole
    .filter(({ cell }) => cell.arm === (arms[0] ?? 'real'))
    .map((field) => pointOf(field, field.cell.baseline))
  const curves = [
    { label: armTitles.real, points: real },
    ...arms.map((arm) => {
      const points = whole.filter(({ cell }) => cell.arm === arm).map((field) => pointOf(field, field.cell.score))
      return { label: armTitles[arm], points }
    })
  ].filter(({ points }) => points.length > 0)
  if (curves.length === 0) return []
  return [
    {
      name: 'learning-curve',
      title: 'What each number of real images brings',
      caption: worthCaption(whole),
      svg: learningChart(curves, `${study.metric} in percent`)
    }
  ]
}

function worthCaption(fields: readonly Field[]): string {
  const worth = fields.flatMap(({ cell }) =>
    cell.worth === undefined
      ? []
      : [`${armTitles[cell.arm]}, ${cell.column}: worth ${cell.worth.toFixed(1)} annotated images more`]
  )
  const end = worth.length === 0 ? 'No arm lies above real images alone within the curve.' : `${worth.join('; ')}.`
  return `Means over all repeats. A gain is worth as many images as the curve of real images alone needs for it. ${end}`
}

function generatorFacts(records: readonly TaskRecord[]): { name: string; value: string }[] {
  return records
    .filter(({ task }) => task.startsWith('generator'))
    .map(({ task, details, notes }) => ({
      name: task,
      value: [fitWords(details['maskFit']), ...copiesOf(details), ...notes].join('; ')
    }))
}

/** Whether generators give back what they were shown. */
export function copyFacts(records: readonly TaskRecord[]): { name: string; value: string }[] {
  const counts = records.flatMap(({ details }) => CopyCount.safeParse(details['copies']).data ?? [])
  return counts.length === 0 ? [] : [{ name: 'Near-copies', value: copyWords(counts) }]
}

function copiesOf(details: TaskRecord['details']): string[] {
  const count = CopyCount.safeParse(details['copies']).data
  return count === undefined ? [] : [copyWords([count])]
}

function fitWords(value: unknown): string {
  const fit = MaskFit.safeParse(value).data
  if (fit === undefined) return 'mask fit not measured'
  return `mask fit ${fit.generated.toFixed(2)}, of real tiles ${fit.real.toFixed(2)} (${fit.measure})`
}

function elsewhereFacts(all: readonly ElsewhereResult[]): { name: string; value: string }[] {
  return all.map(({ about: { name, file, sha256, taken, predictions, notes } }) => ({
    name: `${name} (${armTitles.elsewhere.toLowerCase()})`,
    value: [
      `${predictions} predictions in ${file} (SHA-256 ${sha256}), taken in on ${taken.slice(0, 10)}`,
      ...notes
    ].join('; ')
  }))
}
