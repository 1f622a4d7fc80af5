import type { FrozenStudy, GenerationPlan, SegmentationPlan, StudyImage } from '../../shared/studies.ts'

/** Looking at the validation pictures takes as long as many iterations: short trainings do it twice. */
const shortestLook = 60

/** Iterations between two looks at the validation pictures. */
export function lookEvery(iterations: number): number {
  return Math.min(iterations, Math.max(shortestLook, Math.round(iterations / 5)))
}

/** What decides how long one training takes. */
export type EffortPlan = Pick<FrozenStudy, 'segmentation' | 'generation' | 'images'>

/** Of a training that was done: its seconds, and those of them in which it learned. */
export interface Measured {
  readonly seconds: number
  readonly learning: number
}

/** So many validation pictures are looked at, at most. */
const mostLookedAt = 32

/**
 * The seconds that a training of one plan takes, from those of another: learning by its iterations and what is computed in
 * each, the rest by the pixels that are looked at.
 */
export function armSeconds({ seconds, learning }: Measured, from: EffortPlan, to: EffortPlan): number {
  const learned = learning * (learningOf(to.segmentation) / learningOf(from.segmentation))
  return learned + (seconds - learning) * (lookingOf(to) / lookingOf(from))
}

/** What a short training showed: its parts, of which each grows with something else. */
export interface Tried {
  /** Of one start of the engine. */
  readonly start: number
  readonly perIteration: number
  /** In which pictures were looked at. */
  readonly looking: number
}

/** The engine starts twice: to learn, and to predict. */
export function secondsFromTrial({ start, perIteration, looking }: Tried, from: EffortPlan, to: EffortPlan): number {
  return 2 * start + to.segmentation.iterations * perIteration + looking * (lookingOf(to) / lookingOf(from))
}

/** Of a generator that was trained: its seconds, and those of them in which it made pictures. */
export interface MeasuredGenerator {
  readonly seconds: number
  readonly making: number
}

/**
 * The seconds of a generator of one plan, from those of another: making pictures by their number, the rest by iterations.
 * Undefined where the generators are of other networks, which no measurement of these tells of.
 */
export function generatorSeconds(
  { seconds, making }: MeasuredGenerator,
  from: EffortPlan,
  to: EffortPlan
): number | undefined {
  const [a, b] = [from.generation, to.generation]
  if (a === undefined || b?.preset !== a.preset || a.channels !== b.channels) return undefined
  const pixels = (b.tile / a.tile) ** 2
  return pixels * ((seconds - making) * (b.iterations / a.iterations) + making * (b.images / a.images))
}

/** What trials of a generator showed. */
export interface TriedGenerator {
  /** Of its whole training. */
  readonly training: number
  /** Until it makes pictures, once it is trained. */
  readonly start: number
  readonly perPicture: number
}

export function generatorSecondsFromTrial(
  { training, start, perPicture }: TriedGenerator,
  { images }: GenerationPlan
): number {
  return training + start + images * perPicture
}

/** Multiplications grow with the square of the features: 3/4 and 1/2 of them. */
const widths: Readonly<Record<SegmentationPlan['width'], number>> = { full: 1, half: 9 / 16, quarter: 1 / 4 }

function learningOf({ iterations, batch, width, crop }: SegmentationPlan): number {
  return iterations * batch * crop ** 2 * widths[width]
}

function lookingOf({ segmentation, images }: EffortPlan): number {
  const { iterations, width } = segmentation
  const looks = Math.ceil(iterations / lookEvery(iterations))
  const validation = images.filter(({ split }) => split === 'validation').slice(0, mostLookedAt)
  const test = images.filter(({ split }) => split === 'test')
  return widths[width] * (pixelsOf(test) + looks * pixelsOf(validation))
}

function pixelsOf(images: readonly StudyImage[]): number {
  return images.reduce((sum, { width, height }) => sum + width * height, 0)
}
