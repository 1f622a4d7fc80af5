import { armTitles } from '../../shared/arm-titles.ts'
import type { FrozenStudy, StudyCell } from '../../shared/studies.ts'
import type { Field } from './study-table.ts'
import { studyTasks } from './study-tasks.ts'

/** What came of a study, in sentences that can be quoted: the whole test set, arm by arm. Chance is over the whole table. */
export function answerSentences(study: FrozenStudy, fields: readonly Field[], emptied: ReadonlySet<string>): string[] {
  const all = fields.filter(({ cell }) => cell.difference !== undefined)
  const compared = all.filter(({ comparison }) => comparison.isWhole)
  const sentences = compared
    .filter(({ cell }) => cell.arm !== 'synthetic-shuffled-masks')
    .map((field) => `${sentenceOf(study, field.cell, all.length)}${caution(study, field, emptied)}`)
  return [...sentences, ...blindness(compared.map(({ cell }) => cell))]
}

/** How what other programs predicted compares with real images alone: no answer to the question, but a scale for it. */
export function elsewhereSentences(study: FrozenStudy, fields: readonly Elsewhere[]): string[] {
  return fields
    .filter(({ comparison, cell }) => comparison.isWhole && cell.difference !== undefined)
    .map(({ cell }) => {
      const { row, difference = 0, interval } = cell
      const against = `${row}, against real images alone${placeOf(study, cell)}`
      const change = `${signed(difference)} points of ${study.metric}, ${percent(cell.score)} against ${percent(cell.baseline)}`
      if (interval === undefined) return `${against}: ${change}; one repeat cannot tell effect from chance.`
      const range = `95 % interval ${signed(interval[0])} to ${signed(interval[1])} points; ${cell.n} repeats of the real images, one set of predictions, ${cell.images} test images`
      return `${against}: ${elsewhereWords[cell.verdict ?? 'cannot-tell']} ${change} (${range}).`
    })
}

const elsewhereWords = { helps: 'better.', harms: 'worse.', 'cannot-tell': 'this study cannot tell which is better.' }

type Elsewhere = Pick<Field, 'cell'> & { readonly comparison: Pick<Field['comparison'], 'isWhole'> }

function sentenceOf(study: FrozenStudy, cell: StudyCell, comparisons: number): string {
  const what = armTitles[cell.arm]
  const where = placeOf(study, cell)
  const { difference = 0 } = cell
  if (cell.interval === undefined) {
    return `${what}${where}: the difference is ${signed(difference)} points of ${study.metric}, from one ${cell.n < 2 ? 'repeat' : cell.images < 2 ? 'test image' : 'well'}, which cannot tell effect from chance.`
  }
  const [low, high] = cell.interval
  const numbers = `95 % interval ${signed(low)} to ${signed(high)} points${p(cell, comparisons)}; ${cell.n} repeats, ${cell.images} test images`
  const change = `from ${percent(cell.baseline)} to ${percent(cell.score)}`
  if (cell.verdict === 'helps') {
    return `${what}${where}: helps. ${study.metric} rises by ${percent(difference)} points, ${change} (${numbers})${worth(cell)}.${small(study, difference)}`
  }
  if (cell.verdict === 'harms') {
    return `${what}${where}: harms. ${study.metric} falls by ${percent(-difference)} points, ${change} (${numbers}).${small(study, difference)}`
  }
  return `${what}${where}: this study cannot tell. The difference is ${signed(difference)} points of ${study.metric} (${numbers})${seen(cell)}.`
}

function placeOf({ design }: FrozenStudy, { column, row }: StudyCell): string {
  const stage = design === 'table4' ? `, ${row.split(', ').at(-1) ?? ''} images` : ''
  if (design === 'table2') return ` (${column})`
  return design === 'few-images' ? `, with ${column}` : `, with ${column} of the real images${stage}`
}

/** What cannot be reached is no sign against an effect, and no p-value of 1 stands beside a verdict. */
function p({ p: value, adjusted, leastP = 0, basis, verdict }: StudyCell, comparisons: number): string {
  if (value === undefined) return ''
  if (basis === 'interval') {
    const least = leastWords(leastP, comparisons)
    if (verdict === 'cannot-tell') return `; ${least}`
    const alone = comparisons > 1 ? `, and of ${comparisons} such comparisons one in twenty errs` : ''
    return `; this rests on the interval alone: ${least}${alone}`
  }
  return `; p = ${value.toFixed(3)}${adjusted === undefined || adjusted === value ? '' : `, ${adjusted.toFixed(3)} over the whole table`}`
}

function leastWords(leastP: number, comparisons: number): string {
  const [alone, over] = [leastP, comparisons * leastP].map((least) => least.toFixed(3))
  if (comparisons === 1) return `so few independent repeats allow no p below ${alone}`
  const table = `the ${comparisons} comparisons of the table`
  if (comparisons * leastP < 1) return `so few independent repeats allow no p below ${over} over ${table}`
  return `so few independent repeats allow no p below ${alone} for one comparison, and say nothing over ${table}`
}

function worth({ worth: images }: StudyCell): string {
  return images === undefined ? '' : `; worth ${images.toFixed(1)} annotated images more`
}

function seen({ detectable }: StudyCell): string {
  return detectable === undefined || detectable === 0
    ? ''
    : `; it would have found ${percent(detectable)} points in four of five tries`
}

/** An arm whose pictures show nothing answers nothing about pictures that do. */
function caution(study: FrozenStudy, { comparison }: Field, emptied: ReadonlySet<string>): string {
  const { arm, column } = comparison.arm
  const needs = studyTasks(study)
    .filter((task) => task.kind === 'arm' && task.arm === arm && task.column === column)
    .flatMap((task) => task.needs ?? [])
  const generators = [...new Set(needs)]
  const poor = generators.filter((id) => emptied.has(id)).length
  if (poor === 0) return ''
  const which = generators.length === 1 ? 'Its generator' : `${poor} of its ${generators.length} generators`
  return ` Caution: ${which} painted almost no cells; this says nothing of good synthetic pictures.`
}

/** Significant need not matter. */
function small({ smallestEffect }: FrozenStudy, difference: number): string {
  return Math.abs(difference) >= smallestEffect
    ? ''
    : ` That is less than the ${percent(smallestEffect)} points that were said to matter.`
}

/** Masks of other pictures must do harm: a study that does not see it sees nothing. */
function blindness(cells: readonly StudyCell[]): string[] {
  const controls = cells.filter(({ arm }) => arm === 'synthetic-shuffled-masks')
  if (controls.length === 0) return []
  const seenIn = controls.filter(({ verdict }) => verdict === 'harms').length
  if (seenIn === controls.length) return ['Control: masks of other pictures harm, as they must.']
  if (seenIn > 0)
    return [
      `Control: masks of other pictures harm in ${seenIn} of ${controls.length} comparisons; where they do not, this study may be blind.`
    ]
  return [
    'Control: masks of other pictures, which must harm, are not seen to do so: this study is blind to smaller effects.'
  ]
}

/** Percentage points, as papers print scores. */
export function percent(fraction: number): string {
  return (100 * fraction).toFixed(2)
}

export function signed(fraction: number): string {
  const text = percent(fraction)
  return fraction < 0 ? text.replace('-', '−') : `+${text}`
}
