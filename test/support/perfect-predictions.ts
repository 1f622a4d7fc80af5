import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FrozenPlace } from '../../src/main/studies/run-task.ts'
import { type StudyImage } from '../../src/shared/studies.ts'

export interface PerfectPrediction {
  readonly image_id: number
  readonly score?: unknown
  readonly segmentation: object
}

/** The true cells of some images of a study, as a program finds them that errs in nothing. */
export async function perfectPredictions(
  { place, study }: Pick<FrozenPlace, 'place' | 'study'>,
  images: readonly Pick<StudyImage, 'id' | 'width' | 'height'>[]
): Promise<PerfectPrediction[]> {
  const all = await Promise.all(
    images.map(async ({ id, width, height }) => {
      const text = await readFile(join(place.dataset(study.dataset.id), 'cells', `${id}.json`), 'utf8')
      const cells = JSON.parse(text) as { counts: string }[]
      return cells.map(({ counts }, i) => ({
        image_id: id,
        category_id: 1,
        score: 0.9 - i / 10,
        segmentation: { size: [height, width], counts }
      }))
    })
  )
  return all.flat()
}
