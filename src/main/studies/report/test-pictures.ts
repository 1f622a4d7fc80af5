import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { armTitles } from '../../../shared/arm-titles.ts'
import type { StudyImage } from '../../../shared/studies.ts'
import { jsonOf } from '../../files/json-or-nothing.ts'
import { autoContrast } from '../../images/auto-contrast.ts'
import { Canvas } from '../../images/canvas.ts'
import { toEightBit } from '../../images/eight-bit.ts'
import { encodeRgbPng } from '../../images/png-encode.ts'
import { outlineCells } from '../../images/preview.ts'
import { readPicture } from '../../images/read.ts'
import { paintRle } from '../../masks/rle.ts'
import { rleFromString } from '../../masks/rle-string.ts'
import type { Field } from '../../study/study-table.ts'
import { pairsOf, type StudyTask, studyTasks } from '../../study/study-tasks.ts'
import type { FrozenPlace } from '../run-task.ts'
import { type ArmResult, predictionsFile } from '../task-results.ts'
import type { ReportPicture } from './report-html.ts'

const shown = 2
/** What a cell needs to be drawn as sure. */
const sure = 0.5

/** The test images that one arm gains and loses most with, beside what real images alone bring. */
export async function bestAndWorst(
  frozen: FrozenPlace,
  fields: readonly Field[],
  results: ReadonlyMap<string, ArmResult>
): Promise<ReportPicture[]> {
  const compared = fields.filter(({ comparison, cell }) => comparison.isWhole && cell.difference !== undefined)
  const field = compared.findLast(({ cell }) => cell.arm === 'synthetic') ?? compared.at(-1)
  if (field === undefined) return []
  const { arm, baseline } = field.comparison
  const pairs = pairsOf(studyTasks(frozen.study), arm, baseline)
  const gains = gainsOf(frozen, pairs, results)
  const [first] = pairs
  if (first === undefined || gains.length === 0) return []
  const count = Math.min(shown, Math.floor(gains.length / 2))
  const chosen = [
    ...gains.slice(0, count).map((gain) => ({ ...gain, what: 'Among the best' })),
    ...gains.slice(gains.length - count).map((gain) => ({ ...gain, what: 'Among the worst' }))
  ]
  return Promise.all(
    chosen.map(async ({ image, gain, what }) => ({
      title: `${what}: ${image.file}`,
      caption: `From left to right: annotated cells; ${armTitles[baseline.arm].toLowerCase()}; ${armTitles[arm.arm].toLowerCase()} (${field.cell.column}, first repeat). F1 at IoU 0.5 changes by ${(100 * gain).toFixed(0)} points over all repeats.`,
      bytes: await drawTriple(frozen, image, first)
    }))
  )
}

type Pair = ReturnType<typeof pairsOf>[number]

/** Test images by what an arm changes in them, the greatest gain first. */
function gainsOf(
  { study }: FrozenPlace,
  pairs: readonly Pair[],
  results: ReadonlyMap<string, ArmResult>
): { readonly image: StudyImage; readonly gain: number }[] {
  const f1 = ({ id }: StudyTask, image: StudyImage): number => {
    const { tp, fp, fn } = results.get(id)?.images.find((each) => each.id === image.id) ?? { tp: 0, fp: 0, fn: 0 }
    return 2 * tp + fp + fn === 0 ? 1 : (2 * tp) / (2 * tp + fp + fn)
  }
  return study.images
    .filter(({ split }) => split === 'test')
    .map((image) => ({
      image,
      gain: pairs.reduce((sum, pair) => sum + f1(pair.arm, image) - f1(pair.baseline, image), 0) / pairs.length
    }))
    .sort((a, b) => b.gain - a.gain || a.image.id - b.image.id)
}

const Runs = z.array(z.object({ counts: z.string() }))
const Predictions = z.array(
  z.object({ image_id: z.int(), score: z.number(), segmentation: z.object({ counts: z.string() }) })
)

async function drawTriple({ place, study }: FrozenPlace, image: StudyImage, pair: Pair): Promise<Uint8Array> {
  const folder = place.dataset(study.dataset.id)
  const truth = Runs.safeParse(await json(join(folder, 'cells', `${image.id}.json`))).data ?? []
  const masks = [
    truth.map(({ counts }) => counts),
    await seen(join(place.result(pair.baseline.id), predictionsFile), image),
    await seen(join(place.result(pair.arm.id), predictionsFile), image)
  ]
  const { width, height } = image
  const pixels = autoContrast(toEightBit(await readPicture(join(folder, 'images', image.file)), 'percentiles', 'gray'))
  const gap = 4
  const canvas = new Canvas(3 * width + 2 * gap, height, [255, 255, 255])
  for (const [i, cells] of masks.entries()) {
    const left = i * (width + gap)
    canvas.place({ pixels, width, height, channels: 1 }, left, 0, 1)
    const labels = new Uint32Array(width * height)
    for (const [j, counts] of cells.entries()) paintRle(rleFromString(counts, height, width), labels, j + 1)
    outlineCells(canvas, { labels, width, height }, { left, top: 0, zoom: 1 })
  }
  return encodeRgbPng(canvas.pixels, canvas.width, canvas.height)
}

async function seen(file: string, image: StudyImage): Promise<string[]> {
  const all = Predictions.safeParse(await json(file)).data ?? []
  const own = all.filter(({ image_id: id, score }) => id === image.id && score >= sure)
  return own.toSorted((a, b) => a.score - b.score).map(({ segmentation }) => segmentation.counts)
}

async function json(file: string): Promise<unknown> {
  return jsonOf(await readFile(file, 'utf8').catch(() => ''))
}
