import { type HistoryEntry, type TrainingSettings } from '../../../shared/training.ts'
import { type Generator } from '../networks/generator.ts'
import { type Batch } from './batch.ts'
import { alignClasses } from './class-alignment.ts'
import { runIteration } from './iteration.ts'
import { type TrainingState } from './training-state.ts'

type EvaluationEntry = Extract<HistoryEntry, { kind: 'evaluation' }>
/** How good the averaged generator's pictures are: lower is better. */
export type Evaluation = Pick<EvaluationEntry, 'metric' | 'value' | 'classes' | 'note'>

export interface TrainingHooks {
  /** The batch of an iteration, counted from 0. The same iteration gets the same batch whenever it is asked for. */
  readonly nextBatch: (iteration: number) => Promise<Batch>
  /**
   * Scores the averaged generator: when it is due, or once more because training ends. Nothing comes of it where there
   * is no time for it, or it was broken off; training ends then, and what was due is made up for when it goes on.
   */
  readonly evaluate?: ((generatorEma: Generator, occasion: Occasion) => Promise<Evaluation | undefined>) | undefined
  /** Whether the state had its score before: where a run goes on, that is known from its history. */
  readonly isScored?: boolean | undefined
}

/** A closing score stands beside the schedule: it does not count for a run that goes on. */
export type Occasion = 'due' | 'closing'

export type TrainingEvent =
  | Extract<HistoryEntry, { kind: 'step' }>
  | (Evaluation & { kind: 'evaluated'; iteration: number; seconds: number; occasion: Occasion; isBest: boolean })
  /** The state is to be saved, or pictures to be made from the averaged generator, before the next event. */
  | { kind: 'checkpoint-due' | 'sample-due'; iteration: number }
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
  let score = yield* scoreBefore(settings, state, hooks)

  while (score !== 'broken off' && !signal.aborted && !isFinished(settings, state)) {
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
    if (iteration % settings.sampleEvery === 0) yield { kind: 'sample-due', iteration }

    // Evaluate, and say whether this is the model to keep.
    score = yield* scoreWhereDue(settings, state, hooks)
    if (iteration % settings.checkpointEvery === 0) yield { kind: 'checkpoint-due', iteration }
    clock()
  }

  if (score !== 'there' && !signal.aborted) yield* evaluate(state, hooks, 'closing')
}

function isFinished({ iterations, minutes }: TrainingSettings, state: TrainingState): boolean {
  return state.iteration >= iterations || (minutes !== undefined && state.seconds >= 60 * minutes)
}

/** What a state still lacks that was saved, or left, between an iteration and its score. */
async function* scoreBefore(
  settings: TrainingSettings,
  state: TrainingState,
  hooks: TrainingHooks
): AsyncGenerator<TrainingEvent, Score> {
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
  const { iteration, seconds } = state
  const isBest = state.best === undefined || score.value <= state.best.value
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
