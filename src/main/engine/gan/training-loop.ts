import { type HistoryEntry, type TrainingSettings } from '../../../shared/training.ts'
import { type Generator } from '../networks/generator.ts'
import { type Batch } from './batch.ts'
import { alignClasses } from './class-alignment.ts'
import { runIteration } from './iteration.ts'
import { type TrainingState } from './training-state.ts'

type EvaluationEntry = Extract<HistoryEntry, { kind: 'evaluation' }>
/** How good the averaged generator's pictures are: lower is better. */
export type Evaluation = Pick<EvaluationEntry, 'metric' | 'value' | 'classes' | 'anchors' | 'note'>

export interface TrainingHooks {
  /** The batch of an iteration, counted from 0. The same iteration gets the same batch whenever it is asked for. */
  readonly nextBatch: (iteration: number) => Promise<Batch>
  /**
   * Scores the averaged generator: when it is due, or once more because training ends. Where nothing comes of it, since it
   * was broken off or there is no time for it, training ends, and what was due is made up for when it goes on; a score that
   * is left out is missed.
   */
  readonly evaluate?:
    ((generatorEma: Generator, occasion: Occasion) => Promise<Evaluation | 'left out' | undefined>) | undefined
  /** Whether the time of this sitting is over. */
  readonly isOver?: (() => boolean) | undefined
  /** What the state had before: where a run goes on, its history tells whether there are pictures and a score of it. */
  readonly isShown?: boolean | undefined
  readonly isScored?: boolean | undefined
}

/** A closing score stands beside the schedule: it does not count for a run that goes on. */
export type Occasion = 'due' | 'closing'

export type TrainingEvent =
  | Extract<HistoryEntry, { kind: 'step' }>
  | (Evaluation & { kind: 'evaluated'; iteration: number; seconds: number; occasion: Occasion; isBest: boolean })
  /** The state is to be saved, or pictures to be made from the averaged generator, before the next event. */
  | { kind: 'checkpoint-due'; iteration: number }
  | { kind: 'sample-due'; iteration: number; isByClock?: true }
  /** Each class took over the row of another in the generator's class embedding: `order` names which (class-alignment.ts). */
  | { kind: 'classes-exchanged'; iteration: number; order: number[] }
  /** A loss is no longer finite, and the weights are lost: go back to a saved state. Nothing follows. */
  | { kind: 'diverged'; iteration: number }

/**
 * Trains until the iterations or the minutes are over, or the run is cancelled. One iteration is one batch seen by each
 * network. The run is evaluated every so often and once more at its end, and at its beginning where it starts from a model.
 */
export async function* train(
  settings: TrainingSettings,
  state: TrainingState,
  hooks: TrainingHooks,
  signal: AbortSignal
): AsyncGenerator<TrainingEvent> {
  const clock = startClock(state)
  let score = yield* makeUp(settings, state, hooks)
  clock()
  const isTimeToShow = startSheetClock(settings, state)

  while (score !== 'broken off' && !signal.aborted && goesOn(settings, state, hooks)) {
    // One batch through both networks.
    const batch = await hooks.nextBatch(state.iteration)
    const losses = await runIteration(settings, state, batch)
    state.iteration++
    state.imagesSeen += batch.labels.length
    yield* nameClasses(settings, state)
    clock()

    // Report.
    const { iteration, seconds } = state
    if (!Object.values(losses).every(Number.isFinite)) {
      yield { kind: 'diverged', iteration }
      return
    }
    yield { kind: 'step', iteration, seconds, ...losses }
    const isByClock = isTimeToShow()
    if (iteration % settings.sampleEvery === 0) yield { kind: 'sample-due', iteration }
    else if (isByClock) yield { kind: 'sample-due', iteration, isByClock }

    // Evaluate, and say whether this is the model to keep.
    score = yield* scoreWhereDue(settings, state, hooks)
    if (iteration % settings.checkpointEvery === 0) yield { kind: 'checkpoint-due', iteration }
    clock()
  }

  if (score !== 'there' && !signal.aborted) yield* evaluate(state, hooks, 'closing')
}

function goesOn({ iterations }: TrainingSettings, { iteration }: TrainingState, { isOver }: TrainingHooks): boolean {
  return iteration < iterations && !(isOver?.() ?? false)
}

/** Makes up for what a state lacks that was saved, or left, between an iteration and what was due after it. */
async function* makeUp(
  settings: TrainingSettings,
  state: TrainingState,
  hooks: TrainingHooks
): AsyncGenerator<TrainingEvent, Score> {
  const { iteration } = state
  if (hooks.isShown === false && iteration % settings.sampleEvery === 0) yield { kind: 'sample-due', iteration }
  return (hooks.isScored ?? state.iteration > 0) ? 'there' : yield* scoreWhereDue(settings, state, hooks)
}

/** Every so often; at the beginning for a model that a run starts from: what training does to it has to be better. */
async function* scoreWhereDue(
  { evaluateEvery }: TrainingSettings,
  state: TrainingState,
  hooks: TrainingHooks
): AsyncGenerator<TrainingEvent, Score> {
  const isDue = state.iteration === 0 ? state.imagesSeen > 0 : state.iteration % evaluateEvery === 0
  return isDue ? yield* evaluate(state, hooks, 'due') : 'not due'
}

/** Whether the state has its score. */
type Score = 'there' | 'not due' | 'broken off'

async function* nameClasses(settings: TrainingSettings, state: TrainingState): AsyncGenerator<TrainingEvent> {
  const order = await alignClasses(settings, state)
  if (order) yield { kind: 'classes-exchanged', iteration: state.iteration, order }
}

async function* evaluate(
  state: TrainingState,
  hooks: TrainingHooks,
  occasion: Occasion
): AsyncGenerator<TrainingEvent, Score> {
  if (!hooks.evaluate) return 'there'
  const score = await hooks.evaluate(state.generatorEma, occasion)
  if (score === undefined) return 'broken off'
  if (score === 'left out') return 'there'
  const { iteration, seconds } = state
  // A score of fewer pictures, which says so, cannot be compared with whole ones.
  const isBest = score.note === undefined && (state.best === undefined || score.value <= state.best.value)
  if (isBest && occasion === 'due') state.best = { iteration, value: score.value }
  yield { kind: 'evaluated', iteration, seconds, ...score, occasion, isBest }
  return 'there'
}

/** Adds the time since the last call to the state's. */
function startClock(state: TrainingState): () => void {
  let last = performance.now()
  return () => {
    const now = performance.now()
    state.seconds += (now - last) / 1000
    last = now
  }
}

/** Tells whether one of the times for pictures has come since it was last asked. */
function startSheetClock({ sampleSeconds }: TrainingSettings, state: TrainingState): () => boolean {
  let last = state.seconds
  return () => {
    const isTime = sampleSeconds.some((time) => time > last && time <= state.seconds)
    last = state.seconds
    return isTime
  }
}
