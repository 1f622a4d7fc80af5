import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { DatasetAbout } from '../../shared/abouts.ts'
import { refuse } from '../../shared/errors.ts'
import type { StudyImage } from '../../shared/studies.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { sha256File } from '../files/checksum.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { newId } from '../files/new-id.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { ImageList } from '../scoring/scored-images.ts'
import { type OwnPredictions, readPredictions, type ScoredPrediction } from '../scoring/scored-files.ts'
import type { ImageResult } from './match-predictions.ts'
import { matchTestImages } from './match-test-images.ts'
import type { FrozenPlace } from './run-task.ts'
import type { Prediction } from './segmenter.ts'
import { readFrozen, StudyFolder } from './study-folder.ts'
import { predictionsFile, readMatches, writeMatches } from './task-results.ts'

/** Predictions of another program, taken into a study for a row of their own. */
const ElsewhereAbout = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  /** ISO 8601. */
  taken: z.string(),
  /** SHA-256 of the question whose test images these are of. */
  question: z.string(),
  predictions: z.int(),
  notes: z.array(z.string())
})
type ElsewhereAbout = z.infer<typeof ElsewhereAbout>

export interface ElsewhereResult {
  readonly about: ElsewhereAbout
  readonly images: readonly ImageResult[]
}

/** What a thread is asked to take in. */
export interface PredictionsTask {
  readonly root: string
  readonly id: string
  readonly program: string
  readonly file: string
  readonly name: string
  readonly taken: string
}

/**
 * Takes COCO predictions of the test images into a study: whole or not at all. The frozen question and its arms stay as they
 * are.
 *
 * @returns sentences on what was taken in another way than it stands in the file
 * @throws AppError of kind `input` for unknown images, scores that are no numbers, and whatever else cannot be compared
 */
export async function takePredictions({ root, id, program, file, name, taken }: PredictionsTask): Promise<string[]> {
  const place = new StudyFolder(root, id)
  const frozen = { place, program, ...(await readFrozen(place)) }
  await requireFreeRow(frozen, name)
  const found = await readPredictions(
    file,
    ImageList.of(`the data set "${frozen.study.dataset.name}"`, await imagesOf(frozen))
  )
  const test = frozen.study.images.filter(({ split }) => split === 'test')
  const predictions = new Map(test.map((image) => [image.id, (found.predictions.get(image.id) ?? []).map(stored)]))
  const notes = [...found.notes, ...notesOf(file, found, test)]
  const images = await matchTestImages(place, frozen.study, predictions)
  const about: ElsewhereAbout = {
    name,
    file: basename(file),
    sha256: await sha256File(file),
    taken,
    question: frozen.hash,
    predictions: [...predictions.values()].reduce((sum, own) => sum + own.length, 0),
    notes
  }
  await mkdir(place.elsewhere, { recursive: true })
  const staged = await stageFolder(join(place.elsewhere, newId('e')))
  try {
    await writeFile(join(staged.path, predictionsFile), JSON.stringify(Object.fromEntries(predictions)))
    await writeMatches(staged.path, images)
    await writeFile(join(staged.path, aboutFile), JSON.stringify(about, undefined, 1))
    await staged.commit()
  } finally {
    await staged.discard()
  }
  return notes
}

const aboutFile = 'about.json'

/** Of all that was taken, by name. @throws AppError of kind `input` where something is damaged or of another question */
export async function readElsewhere({ place, hash }: Pick<FrozenPlace, 'place' | 'hash'>): Promise<ElsewhereResult[]> {
  const all = await Promise.all(
    place.taken().map(async (folder) => {
      const path = join(place.elsewhere, folder)
      const about = ElsewhereAbout.safeParse(jsonOf(await readFile(join(path, aboutFile), 'utf8').catch(() => ''))).data
      const images = await readMatches(path)
      if (about?.question === hash && images !== undefined) return { about, images }
      throw refuse('Predictions that were taken into this study are damaged, or answer another question.', {
        file: path,
        next: 'Take their folder away, and take the predictions in again.'
      })
    })
  )
  return all.sort((a, b) => (a.about.name < b.about.name ? -1 : 1))
}

async function requireFreeRow(frozen: FrozenPlace, name: string): Promise<void> {
  const others = await readElsewhere(frozen)
  if (others.every(({ about }) => about.name.toLowerCase() !== name.toLowerCase())) return
  throw refuse(`This study has a row called "${name}" already.`, {
    next: 'Choose another name; what was taken in is never overwritten.',
    remedies: [{ action: 'choose-name' }]
  })
}

/** Of the whole data set: predictions may be of more than what is tested. */
async function imagesOf({ place, study }: FrozenPlace) {
  const file = join(place.dataset(study.dataset.id), 'about.json')
  const about = DatasetAbout.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (about === undefined) throw refuse('The data set of this study is not there, or damaged.', { file })
  return about.images.map(({ id, file: name, width, height }) => ({ id, name, width, height }))
}

function stored({ mask, score }: Pick<ScoredPrediction, 'mask' | 'score'>): Prediction {
  return { counts: encodeCounts(mask.counts), score }
}

/** @throws AppError of kind `input` where test images were not looked at */
function notesOf(file: string, { predictions, listed }: OwnPredictions, test: readonly StudyImage[]): string[] {
  const left = listed === undefined ? undefined : test.filter(({ id }) => !listed.has(id))
  const [first] = left ?? []
  if (first !== undefined) {
    throw refuse(`${file} says nothing of ${left?.length} of the ${test.length} test images, such as ${first.file}.`, {
      file,
      next: 'Predict all test images: the frozen question of the study lists them.'
    })
  }
  const empty = test.filter(({ id }) => !predictions.has(id))
  if (empty.length === test.length) {
    throw refuse(`${file} has no prediction for any of the ${test.length} test images.`, {
      file,
      next: 'Predict the test images: the frozen question of the study lists them.'
    })
  }
  const tested = new Set(test.map(({ id }) => id))
  const others = [...predictions.keys()].filter((id) => !tested.has(id)).length
  return [
    ...(empty.length === 0 ? [] : [`In ${empty.length} of the ${test.length} test images nothing was predicted.`]),
    ...(others === 0 ? [] : [`Predictions for ${others} images that are not tested with were left out.`])
  ]
}
