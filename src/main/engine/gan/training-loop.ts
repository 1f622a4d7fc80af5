import { type HistoryEntry, type TrainingSettings } from '../../../shared/training.ts'
import { type Generator } from '../networks/generator.ts'
import { type Batch } from './batch.ts'
import { alignClasses } from './class-alignment.ts'
import { runIteration } from './iteration.ts'
import { type TrainingState } from './training-state.ts'

type EvaluationEntry = Extract<HistoryEntry, { kind: 'evaluation' }>
/** How good the averaged generator's pictures are: lower is better. */
export type Evaluation = Pick<EvaluationEntry, 'metric' | 'value' | 'classes'>

export interface TrainingHooks {
  /** The batch of an iteration, counted from 0. The same iteration gets the same batch whenever it is asked for. */
  readonly nextBatch: (iteration: number) => Promise<Batch>
  readonly evaluate?: ((generatorEma: Generator) => Promise<Evaluation>) | undefined
}

export type TrainingEvent =
  | Extract<HistoryEntry, { kind: 'step' }>
  | (Evaluation & { kind: 'evaluated'; iteration: number; seconds: number; isBest: boolean })
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
  let evaluated = state.iteration

  yield* scoreModel(state, hooks)
  while (!signal.aborted && !isFinished(settings, state)) {
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
    if (iteration % settings.evaluateEvery === 0) {
      yield* evaluate(state, hooks)
      evaluated = iteration
    }
    if (iteration % settings.checkpointEvery === 0) yield { kind: 'checkpoint-due', iteration }
    clock()
  }

  if (evaluated !== state.iteration && isFinished(settings, state)) yield* evaluate(state, hooks)
}

function isFinished({ iterations, minutes }: TrainingSettings, state: TrainingState): boolean {
  return state.iteration >= iterations || (minutes !== undefined && state.seconds >= 60 * minutes)
}

/** A model that a run starts from has a score already: what training does to it has to be better. */
async function* scoreModel(state: TrainingState, hooks: TrainingHooks): AsyncGenerator<TrainingEvent> {
  if (state.iteration === 0 && state.imagesSeen > 0) yield* evaluate(state, hooks)
}

async function* nameClasses(settings: TrainingSettings, state: TrainingState): AsyncGenerator<TrainingEvent> {
  const order = await alignClasses(settings, state)
  if (order) yield { kind: 'classes-exchanged', iteration: state.iteration, order }
}

async function* evaluate(state: TrainingState, hooks: TrainingHooks): AsyncGenerator<TrainingEvent> {
  if (!hooks.evaluate) return
  const { metric, value, classes } = await hooks.evaluate(state.generatorEma)
  const { iteration, seconds } = state
  const isBest = state.best === undefined || value <= state.best.value
  if (isBest) state.best = { iteration, value }
  yield { kind: 'evaluated', iteration, seconds, metric, value, classes, isBest }
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
