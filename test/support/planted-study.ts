import { resolve } from 'node:path'
import { z } from 'zod'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { engineSegmenter } from '../../src/main/studies/engine-segmenter.ts'
import { ImageResult } from '../../src/main/studies/match-predictions.ts'
import { planStudy } from '../../src/main/studies/plan-study.ts'
import { type FrozenPlace, type Makers } from '../../src/main/studies/run-task.ts'
import { FrozenStudy, PlanStudyRequest } from '../../src/shared/studies.ts'
import { runInProcess } from './engine/in-process.ts'
import { freeze, studyProgram } from './made-study.ts'
import { makePieces, type SamplePicture, samplePictures } from './sample-pieces.ts'

/** What the network found, kept, since it takes a quarter of an hour of the processor (scripts/planted-effects.ts). */
export const PlantedResults = z.object({ study: FrozenStudy, arms: z.record(z.string(), z.array(ImageResult)) })
export type PlantedResults = z.infer<typeof PlantedResults>
export const plantedFile = resolve('test/fixtures/planted-effects.json')

/** Side of a piece in pixels: nuclei of the sample at half their size, some eight in each. */
const side = 48
const scale = 0.5
/** Fluorescence pictures of the sample by their places; those that are not named are passed off as synthetic. */
const places = { train: [0, 1, 6, 13], validation: [5], test: [2, 3, 10, 12] } as const
const splits = ['train', 'validation', 'test'] as const
/** What the few pictures show is little, so that there is something to win. */
const mostCells = 6

/**
 * A study of a single annotated picture, six times another one, whose effects are planted: real pictures passed off as
 * synthetic, the same with the masks of others, and copies of the picture itself.
 */
export async function planPlanted(root: string): Promise<FrozenPlace> {
  const { used, left } = await picturesOfSample()
  const [dataset, images] = await makePieces(root, 'data', { pictures: used, side })
  const [more] = await makePieces(root, 'more', { pictures: left, side })
  const request = PlanStudyRequest.parse({
    name: 'planted effects',
    preset: 'small',
    sizes: [1],
    draws: 6,
    repeats: 1,
    counts: [more.images],
    arms: ['synthetic', 'synthetic-shuffled-masks', 'real-repeated'],
    metric: 'AP50',
    iterations: 200,
    engine: 'native-cpu'
  })
  const given = { id: more.id, name: more.name, kind: 'dataset', images: more.images, leaks: 'real images' } as const
  const facts = { dataset, images, given, program: studyProgram, created: '2026-01-01T00:00:00.000Z' }
  const study = planStudy(request, facts)
  return freeze(root, { ...study, segmentation: smallCrops(study.segmentation) })
}

/** Pieces are smaller than the usual crops. */
function smallCrops(segmentation: FrozenStudy['segmentation']): FrozenStudy['segmentation'] {
  return { ...segmentation, batch: 8, crop: side, syntheticShare: 0.5, learningRate: 0.005 }
}

async function picturesOfSample(): Promise<{ readonly used: SamplePicture[]; readonly left: SamplePicture[] }> {
  const names = await samplePictures('fluorescence')
  const used = splits.flatMap((split) =>
    places[split].map((i) => ({ name: names[i] ?? '', split, scale, ...(split === 'train' ? { mostCells } : {}) }))
  )
  const left = names.filter((name) => !used.some((each) => each.name === name))
  return { used, left: left.map((name) => ({ name, split: 'train', scale })) }
}

/** The network itself, in this process. */
export const plantedMakers: Makers = {
  segment: engineSegmenter(defaultEnvironment(), runInProcess),
  makePictures: () => Promise.reject(new Error('the pictures are given'))
}
