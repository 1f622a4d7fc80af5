import type { Progress } from '../../shared/api.ts'
import type { EngineInfo, EngineRequest } from '../../shared/runs.ts'
import type { SegmentationPlan } from '../../shared/studies.ts'

/** Some pictures of one set, with their cells. */
export interface PictureGroup {
  readonly kind: 'dataset' | 'synthetic'
  /** Of the set: `images`, and `cells` or `masks`, and an `about.json` that says what is there. */
  readonly folder: string
  /** Names of files. */
  readonly images: readonly string[]
  /** Each picture gets the cells of another one. */
  readonly shuffledMasks?: boolean
}

export interface SegmentationTask {
  /** Survives a stop: safe points go there, and the next try goes on from them. */
  readonly folder: string
  readonly real: PictureGroup
  /** In the place of synthetic pictures, with a share of each batch. */
  readonly extra: PictureGroup | undefined
  /** The best checkpoint is chosen by these: real, and of no arm's training. */
  readonly validation: PictureGroup
  readonly test: PictureGroup
  readonly plan: SegmentationPlan
  readonly augmentation: 'usual' | 'doubled' | 'copy-paste'
  readonly seed: number
  readonly engine: EngineRequest
}

/** A cell that a network sees, as COCO's compressed runs on the grid of its picture. */
export interface Prediction {
  readonly counts: string
  readonly score: number
}

export interface SegmentationOutcome {
  /** By the ids of the test pictures; a picture without cells may be absent. */
  readonly predictions: ReadonlyMap<number, readonly Prediction[]>
  readonly engine?: EngineInfo | undefined
  readonly details: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

export interface Watcher {
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
}

/** Trains a network and lets it see the test pictures. */
export type Segmenter = (task: SegmentationTask, watcher: Watcher) => Promise<SegmentationOutcome>
