import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type z } from 'zod'
import { DatasetAbout } from '../../shared/abouts.ts'
import { refuse } from '../../shared/errors.ts'
import type { FrozenStudy, StudyImage } from '../../shared/studies.ts'
import { SyntheticAbout, type SyntheticImage } from '../../shared/synthetic.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { type StudyTask, trainingImages, usesPictures } from '../study/study-tasks.ts'
import type { PictureGroup } from './segmenter.ts'
import type { StudyFolder } from './study-folder.ts'

/** What a network of one arm learns from. */
export interface ArmPictures {
  readonly real: PictureGroup
  readonly extra: PictureGroup | undefined
}

/** @throws AppError of kind `input` where pictures that it needs are not there */
export async function armPictures(place: StudyFolder, study: FrozenStudy, task: StudyTask): Promise<ArmPictures> {
  const byId = new Map(study.images.map((image) => [image.id, image]))
  const real = realPictures(
    place,
    study,
    trainingImages(study, task).flatMap((id) => byId.get(id) ?? [])
  )
  if (task.arm === 'real-repeated') return { real, extra: real }
  if (!usesPictures(task.arm)) return { real, extra: undefined }
  const { synthetic = 0 } = study.columns[task.column] ?? {}
  const extra = await madePictures(place, study, task)
  const images = extra.images.slice(0, synthetic)
  return { real, extra: { ...extra, images, shuffledMasks: task.arm === 'synthetic-shuffled-masks' } }
}

export function realPictures(
  place: StudyFolder,
  { dataset }: FrozenStudy,
  images: readonly StudyImage[]
): PictureGroup {
  return { kind: 'dataset', folder: place.dataset(dataset.id), images: images.map(({ file }) => file) }
}

/** Pictures of the arm's own generator, or those that were there before the study. */
async function madePictures(place: StudyFolder, { given }: FrozenStudy, task: StudyTask): Promise<PictureGroup> {
  if (given?.kind === 'dataset') return passedOff(place.dataset(given.id))
  const folder = given === undefined ? place.pictures(task.needs ?? '') : place.synthetic(given.id)
  const about = await readAbout(folder, SyntheticAbout)
  const images = about.images.filter(({ verdict }) => verdict !== 'rejected')
  const kept = task.arm === 'synthetic-filtered' ? betterHalf(images) : images
  return { kind: 'synthetic', folder, images: kept.map(({ file }) => file) }
}

async function passedOff(folder: string): Promise<PictureGroup> {
  const { images } = await readAbout(folder, DatasetAbout)
  return { kind: 'dataset', folder, images: images.filter(({ annotated }) => annotated).map(({ file }) => file) }
}

/** @throws AppError of kind `input` where a set does not say what it holds */
async function readAbout<About>(folder: string, schema: z.ZodType<About>): Promise<About> {
  const file = join(folder, 'about.json')
  const about = schema.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (about !== undefined) return about
  throw refuse('Pictures that an arm of this study learns from are not there.', {
    file,
    next: 'Put their folder back, or plan the study anew.'
  })
}

/** By the fit of mask and picture; where nothing was measured there is nothing to choose by. */
function betterHalf(images: readonly SyntheticImage[]): readonly SyntheticImage[] {
  const measured = images.filter(({ maskFit }) => maskFit !== undefined)
  const best = measured.toSorted((a, b) => (b.maskFit ?? 0) - (a.maskFit ?? 0))
  return best.length === 0 ? images : best.slice(0, Math.ceil(best.length / 2))
}
