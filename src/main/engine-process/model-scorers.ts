import { type Evaluation } from '../engine/gan/training-loop.ts'
import { type PictureFeatures } from '../engine/metrics/sample-quality.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { cellMetric, CellScorer } from './cell-scorer.ts'
import { qualityMetric } from './picture-networks.ts'
import { type AfterPart, type PictureStream } from './picture-stream.ts'
import { type RealTiles } from './real-tiles.ts'
import { type ScoredRun, Scorer } from './scorer.ts'

/** The score by which a run chooses its best model. */
export interface ModelScorer {
  /** Studies real pictures: from what was kept of them, else anew. */
  study(real: RealTiles, afterPart?: AfterPart): Promise<ModelScore>
  /** The same where it was kept. */
  findStudied(real: RealTiles): Promise<ModelScore | undefined>
  /** Looks at pictures without real ones to compare with, to learn how long it takes. */
  tryOut(pictures: PictureStream): Promise<void>
}

/** A score against real pictures. */
export interface ModelScore {
  readonly real: PictureFeatures
  look(pictures: PictureStream, afterPart?: AfterPart): Promise<PictureFeatures>
  score(fake: PictureFeatures): Evaluation
}

/** What a run's best model is the best by. */
export function selectionMetric({ selection }: TrainingSettings): string {
  return selection === 'cells' ? cellMetric : qualityMetric
}

export async function openModelScorer(run: ScoredRun): Promise<ModelScorer> {
  return run.settings.selection === 'cells' ? byCells(await CellScorer.open(run)) : byPictures(await Scorer.open(run))
}

function byCells(scorer: CellScorer): ModelScorer {
  return modelScorer(
    scorer,
    (known) => ({
      real: known.features,
      look: (pictures, afterPart) => scorer.featuresOf(pictures, known, afterPart),
      score: (fake) => scorer.score(known, fake)
    }),
    (pictures) => scorer.featuresOf(pictures, undefined)
  )
}

function byPictures(scorer: Scorer): ModelScorer {
  return modelScorer(
    scorer,
    (real) => ({
      real,
      look: (pictures, afterPart) => scorer.featuresOf(pictures, afterPart),
      score: (fake) => scorer.score(real, fake)
    }),
    (pictures) => scorer.featuresOf(pictures)
  )
}

/** What studies real pictures; `Known` is what it knows of them then. */
interface Studies<Known> {
  featuresOfReal(real: RealTiles, afterPart?: AfterPart): Promise<Known>
  findFeaturesOfReal(real: RealTiles): Promise<Known | undefined>
}

function modelScorer<Known>(
  studies: Studies<Known>,
  against: (known: Known) => ModelScore,
  look: (pictures: PictureStream) => Promise<PictureFeatures>
): ModelScorer {
  return {
    study: async (real, afterPart) => against(await studies.featuresOfReal(real, afterPart)),
    findStudied: async (real) => {
      const known = await studies.findFeaturesOfReal(real)
      return known && against(known)
    },
    tryOut: async (pictures) => {
      await look(pictures)
    }
  }
}
