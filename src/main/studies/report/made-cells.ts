import type { FrozenStudy } from '../../../shared/studies.ts'
import { type StudyTask, studyTasks, trainingImages } from '../../study/study-tasks.ts'
import { armPictures } from '../arm-pictures.ts'
import { type MeasuredCells, measureCells } from '../measure-cells.ts'
import type { FrozenPlace } from '../run-task.ts'
import { type Chart } from './report-html.ts'
import { distributionChart } from './charts.ts'

/** So many pictures of each kind are counted. */
const counted = 200

/** Areas of cells and cells for an area, real against synthetic, of the first repeat of the largest share. */
export async function cellCharts(
  frozen: FrozenPlace
): Promise<{ readonly charts: Chart[]; readonly facts: { name: string; value: string }[] }> {
  const task = lastWithPictures(frozen.study)
  if (task === undefined) return { charts: [], facts: [] }
  const { real, extra } = await armPictures(frozen.place, frozen.study, task)
  if (extra === undefined) return { charts: [], facts: [] }
  const [ofReal, ofMade] = [await measureCells(real, counted), await measureCells(extra, counted)]
  if (ofReal.areas.length === 0 || ofMade.areas.length === 0) return { charts: [], facts: [] }
  const svg = distributionChart(
    [
      { label: `real (${ofReal.areas.length} cells)`, values: ofReal.areas },
      { label: `synthetic (${ofMade.areas.length} cells)`, values: ofMade.areas }
    ],
    'area of a cell in pixels'
  )
  const distance = largestGap(ofReal.areas, ofMade.areas)
  return {
    charts: [
      {
        name: 'cell-areas',
        title: 'Cells, real against synthetic',
        caption: `Areas of cells in ${real.images.length} real and ${extra.images.length} synthetic pictures of one repeat (${trainingImages(frozen.study, task).length} real images). The largest distance between the two distributions (Kolmogorov and Smirnov) is ${distance.toFixed(2)}.`,
        svg
      }
    ],
    facts: [
      {
        name: 'Cells in 100 × 100 pixels',
        value: `${density(ofReal)} in real pictures, ${density(ofMade)} in synthetic ones`
      },
      { name: 'Distance of cell areas', value: `${distance.toFixed(2)} (0 is the same, 1 has nothing in common)` }
    ]
  }
}

function lastWithPictures(study: FrozenStudy): StudyTask | undefined {
  return studyTasks(study).findLast(
    ({ kind, arm, draw, generator, seed }) => kind === 'arm' && arm === 'synthetic' && draw + generator + seed === 0
  )
}

function density({ areas, pixels }: MeasuredCells): string {
  return ((10_000 * areas.length) / pixels).toFixed(2)
}

/** Kolmogorov's and Smirnov's statistic of two samples. */
function largestGap(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [first.toSorted((x, y) => x - y), second.toSorted((x, y) => x - y)]
  let [below, beside, gap] = [0, 0, 0]
  for (const at of [...a, ...b].sort((x, y) => x - y)) {
    while (below < a.length && (a[below] ?? 0) <= at) below++
    while (beside < b.length && (b[beside] ?? 0) <= at) beside++
    gap = Math.max(gap, Math.abs(below / a.length - beside / b.length))
  }
  return gap
}
