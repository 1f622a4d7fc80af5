import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { FrozenStudy } from '../../../shared/studies.ts'
import { jsonOf } from '../../files/json-or-nothing.ts'
import { readLabelImage } from '../../images/label-image.ts'
import { rleArea } from '../../masks/rle.ts'
import { rleFromString } from '../../masks/rle-string.ts'
import { type StudyTask, studyTasks, trainingImages } from '../../study/study-tasks.ts'
import { armPictures } from '../arm-pictures.ts'
import type { FrozenPlace } from '../run-task.ts'
import type { PictureGroup } from '../segmenter.ts'
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
  const [ofReal, ofMade] = [await measure(real), await measure(extra)]
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

interface Measured {
  readonly areas: readonly number[]
  readonly pixels: number
}

async function measure({ kind, folder, images }: PictureGroup): Promise<Measured> {
  const about = Sizes.parse(jsonOf(await readFile(join(folder, 'about.json'), 'utf8')))
  const byFile = new Map(about.images.map((image) => [image.file, image]))
  const some = images.slice(0, counted).flatMap((file) => byFile.get(file) ?? [])
  const areas = await Promise.all(
    some.map((image) =>
      kind === 'dataset' ? storedAreas(folder, image) : maskAreas(join(folder, 'masks', image.file))
    )
  )
  return { areas: areas.flat(), pixels: some.reduce((sum, { width, height }) => sum + width * height, 0) }
}

const Size = z.object({ id: z.int().optional(), file: z.string(), width: z.int(), height: z.int() })
const Sizes = z.object({ images: z.array(Size) })
const Runs = z.array(z.object({ counts: z.string() }))

async function storedAreas(folder: string, { id, width, height }: z.infer<typeof Size>): Promise<number[]> {
  const stored = Runs.safeParse(jsonOf(await readFile(join(folder, 'cells', `${id}.json`), 'utf8'))).data ?? []
  return stored.map(({ counts }) => rleArea(rleFromString(counts, height, width)))
}

async function maskAreas(file: string): Promise<number[]> {
  const { labels } = await readLabelImage(file)
  const areas = new Map<number, number>()
  for (const label of labels) if (label > 0) areas.set(label, (areas.get(label) ?? 0) + 1)
  return [...areas.values()]
}

function density({ areas, pixels }: Measured): string {
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
