import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { StoredCell } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import type { FrozenStudy, StudyImage } from '../../shared/studies.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { type ImageResult, matchPicture } from './match-predictions.ts'
import type { Prediction } from './segmenter.ts'
import type { StudyFolder } from './study-folder.ts'

/**
 * Predictions held against the true cells of every test image.
 *
 * @param predictions by the ids of the images; one in which nothing was found may be absent
 * @throws AppError of kind `input` for predictions of images that are not tested with
 */
export async function matchTestImages(
  place: StudyFolder,
  study: FrozenStudy,
  predictions: ReadonlyMap<number, readonly Prediction[]>
): Promise<ImageResult[]> {
  const test = study.images.filter(({ split }) => split === 'test')
  const known = new Set(test.map(({ id }) => id))
  const unknown = [...predictions.keys()].find((id) => !known.has(id))
  if (unknown !== undefined) throw refuse(`There are predictions for the image ${unknown}, which is not tested with.`)
  return Promise.all(test.map((image) => matchStored(place, study, image, predictions.get(image.id) ?? [])))
}

async function matchStored(
  place: StudyFolder,
  { dataset, convention }: FrozenStudy,
  image: StudyImage,
  predictions: readonly Prediction[]
): Promise<ImageResult> {
  const file = join(place.dataset(dataset.id), 'cells', `${image.id}.json`)
  const cells = z.array(StoredCell).safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (cells === undefined) throw refuse(`The cells of ${image.file} are not there, or damaged.`, { file })
  return matchPicture(image, cells, predictions, convention)
}
