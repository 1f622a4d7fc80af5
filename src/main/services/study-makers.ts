import type { Environment } from '../environment.ts'
import { engineSegmenter } from '../studies/engine-segmenter.ts'
import { pictureMaker } from '../studies/make-pictures.ts'
import type { Makers } from '../studies/run-task.ts'

/** What trains on this computer. */
export function studyMakers(environment: Environment): Makers {
  return { segment: engineSegmenter(environment), makePictures: pictureMaker(environment) }
}
