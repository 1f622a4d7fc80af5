import type { FrozenStudy, StudyCell, StudyTable } from '../../../shared/studies.ts'
import { percent, signed } from '../../study/answer.ts'
import { paperFields } from '../../study/paper-tables.ts'
import { escaped } from './charts.ts'

/** Every field with all that is known of it, in percent points; scores of the paper are not in it. */
export function tableCsv({ cells }: StudyTable): string {
  const columns: [name: string, value: (cell: StudyCell) => string | number | undefined][] = [
    ['row', ({ row }) => row],
    ['column', ({ column }) => column],
    ['arm', ({ arm }) => arm],
    ['score', ({ score }) => number(score)],
    ['real_only', ({ baseline }) => number(baseline)],
    ['difference', ({ difference }) => number(difference)],
    ['low', ({ interval }) => number(interval?.[0])],
    ['high', ({ interval }) => number(interval?.[1])],
    ['p', ({ p }) => p],
    ['p_holm', ({ adjusted }) => adjusted],
    ['p_least', ({ leastP }) => leastP],
    ['rests_on', ({ basis }) => basis],
    ['verdict', ({ verdict }) => verdict],
    ['detectable', ({ detectable }) => number(detectable)],
    ['worth_images', ({ worth }) => worth?.toFixed(2)],
    ['repeats', ({ n }) => n],
    ['test_images', ({ images }) => images],
    ['test_cells', ({ cells: count }) => count]
  ]
  const lines = cells.map((cell) => columns.map(([, value]) => quoted(value(cell) ?? '')).join(','))
  return `${[columns.map(([name]) => name).join(','), ...lines].join('\n')}\n`
}

function number(fraction: number | undefined): string | undefined {
  return fraction === undefined ? undefined : (100 * fraction).toFixed(4)
}

/** A formula in a name is text, also for a spreadsheet. */
function quoted(value: string | number): string {
  const text = String(value)
  if (typeof value === 'number' || /^-?\d+([.]\d+)?$/.test(text)) return text
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** In the form of the paper: the score, and in parentheses what synthetic images change. */
export function tableHtml(table: StudyTable): string {
  const at = new Map(table.cells.map((cell) => [`${cell.row}\n${cell.column}`, cell]))
  const body = table.rows.map((row) => {
    const fields = table.columns.map((column) => fieldHtml(at.get(`${row}\n${column}`)))
    return `<tr><th scope="row">${escaped(row)}</th>${fields.join('')}</tr>`
  })
  return grid(table.columns, body)
}

function fieldHtml(cell: StudyCell | undefined): string {
  if (cell === undefined) return '<td>–</td>'
  const { difference, interval, verdict = 'cannot-tell', adjusted, basis } = cell
  if (difference === undefined) return `<td>${percent(cell.ap)}</td>`
  const range = interval === undefined ? 'no interval' : `${signed(interval[0])} … ${signed(interval[1])}`
  const mark = verdict === 'helps' ? ' ▲' : verdict === 'harms' ? ' ▼' : ''
  const p = adjusted === undefined || basis === 'interval' ? '' : `, p ${adjusted.toFixed(3)}`
  return `<td class="${verdict}">${percent(cell.ap)} (${signed(difference)})${mark}<br><small>${range}${p}</small></td>`
}

/** The paper's own numbers, where it has such a table. */
export function paperHtml({ design }: FrozenStudy): string {
  const fields = paperFields(design)
  if (fields.length === 0) return ''
  const columns = [...new Set(fields.map(({ column }) => column))]
  const rows = [...new Set(fields.map(({ row }) => row))]
  const body = rows.map((row) => {
    const own = columns.map((column) => {
      const field = fields.find((each) => each.row === row && each.column === column)
      if (field === undefined) return '<td>–</td>'
      const change = field.difference === undefined ? '' : ` (${signed(field.difference / 100)})`
      return `<td>${field.ap.toFixed(2)}${change}</td>`
    })
    return `<tr><th scope="row">${escaped(row)}</th>${own.join('')}</tr>`
  })
  return `<h2>The paper's own numbers</h2><p class="theirs">Not ours: Lesmes-Leon et al. (ICAART 2025), Table ${design.slice(-1)}, on all of LIVECell with another network. Each number is one training: what of it is chance cannot be told.</p><div class="theirs">${grid(columns, body)}</div>`
}

function grid(columns: readonly string[], rows: readonly string[]): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('')
  return `<div class="wide"><table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
