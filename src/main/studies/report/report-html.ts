import type { FrozenStudy, StudyTable, TaskRecord } from '../../../shared/studies.ts'
import { escaped } from './charts.ts'
import { methodsParagraph } from './methods.ts'
import { paperHtml, tableHtml } from './tables.ts'

/** All that a report shows, computed before. */
export interface ReportParts {
  readonly study: FrozenStudy
  readonly hash: string
  readonly table: StudyTable
  readonly sentences: readonly string[]
  /** Title, SVG and what it shows. */
  readonly charts: readonly Chart[]
  readonly pictures: readonly ReportPicture[]
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  readonly records: readonly TaskRecord[]
}

export interface Chart {
  /** Also the name of its file. */
  readonly name: string
  readonly title: string
  readonly caption: string
  readonly svg: string
}

export interface ReportPicture {
  readonly title: string
  readonly caption: string
  /** PNG. */
  readonly bytes: Uint8Array
}

/** The report as one file: it loads nothing, runs nothing, opens without a network, and prints well. */
export function reportHtml(parts: ReportParts): string {
  const { study, hash, table, sentences, charts, pictures, facts } = parts
  const title = escaped(study.name)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="question">${escaped(study.question)}</p>
<section><h2>Answer</h2>
<ul class="answer">${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join('')}</ul>
${notesHtml(study.notes)}</section>
<section><h2>Table</h2>
<p>${tableCaption(study)}${elsewhereCaption(table)}</p>
${tableHtml(table)}</section>
${charts.map(chartHtml).join('\n')}
${pictures.length === 0 ? '' : `<section><h2>Pictures</h2>${pictures.map(pictureHtml).join('')}</section>`}
<section>${paperHtml(study)}</section>
<section><h2>Checks</h2>
<dl>${facts.map(({ name, value }) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl></section>
<section><h2>Methods</h2>
<p>${escaped(methodsParagraph(study, hash))}</p></section>
<section><h2>Frozen before the first arm</h2>
<p>SHA-256 <code>${hash}</code></p>
<pre>${escaped(JSON.stringify(settingsOf(study), undefined, 1))}</pre></section>
</main>
</body>
</html>
`
}

/** Without the lists of images, which stand in the file itself. */
function settingsOf(study: FrozenStudy): object {
  const { images, order, ...settings } = study
  return { ...settings, images: `${images.length} images, each with its class, well and SHA-256`, draws: order.length }
}

function tableCaption({ design, metric }: FrozenStudy): string {
  const unit = `${metric} in percent.`
  const form =
    design === 'table3' || design === 'table4'
      ? 'The score with real images alone, and in parentheses what the other images change.'
      : 'The score of each arm, and in parentheses its difference from real images alone.'
  return `${unit} ${form} Below it the 95 % interval of the difference and its p-value over the whole table, left out where so few repeats could not reach 5 %; ▲ helps, ▼ harms.`
}

function elsewhereCaption({ cells }: StudyTable): string {
  return cells.some(({ arm }) => arm === 'elsewhere')
    ? ' Rows that say so were made elsewhere: predictions of other programs, taken in beside the frozen arms and judged apart from them. What chance does to such a program is not in its interval.'
    : ''
}

function notesHtml(notes: readonly string[]): string {
  return notes.length === 0 ? '' : `<ul class="notes">${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`
}

function chartHtml({ title, caption, svg }: Chart): string {
  return `<section><figure><h2>${escaped(title)}</h2><div class="wide">${svg}</div><figcaption>${escaped(caption)}</figcaption></figure></section>`
}

function pictureHtml({ title, caption, bytes }: ReportPicture): string {
  const source = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
  return `<figure><h3>${escaped(title)}</h3><img src="${source}" alt="${escaped(caption)}"><figcaption>${escaped(caption)}</figcaption></figure>`
}

/** Seconds and engines of what was done, in words. */
export function effortFacts(records: readonly TaskRecord[]): ReportParts['facts'] {
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0)
  const engines = [
    ...new Set(records.flatMap(({ engine }) => (engine === undefined ? [] : `${engine.name} (${engine.library})`)))
  ]
  return [
    { name: 'Computed', value: `${records.length} tasks in ${(seconds / 3600).toFixed(2)} hours of one machine` },
    { name: 'Engine', value: engines.length === 0 ? 'not recorded' : engines.sort().join(', ') }
  ]
}

const style = `
:root { color-scheme: light; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c2530; background: #fff; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.8rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; }
.question { font-size: 1.1rem; color: #47525f; margin: 0 0 1rem; }
.answer li { margin: .4rem 0; } .notes { color: #6b4e00; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid #d5dbe2; white-space: nowrap; vertical-align: top; }
th[scope=row] { text-align: left; font-weight: 600; }
td small { color: #5f6b7a; } td.helps { color: #0b6e4f; } td.harms { color: #b3261e; }
.wide { overflow-x: auto; } figure { margin: 0; } figcaption, .theirs p { color: #47525f; font-size: .9rem; }
div.theirs table { color: #47525f; font-style: italic; } img { max-width: 100%; image-rendering: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; } dt { font-weight: 600; } dd { margin: 0; }
pre { background: #f4f6f8; padding: 1rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap; }
@media print { main { max-width: none; padding: 0; } section { break-inside: avoid; } pre { font-size: .65rem; } .wide { overflow: visible; } th, td { padding: .2rem .4rem; font-size: .8rem; } svg { max-width: 100%; height: auto; } }
`
