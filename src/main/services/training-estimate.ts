import type { ParsedInput } from '../../shared/api.ts'
import type { Estimate, StageEstimate, WayToFit } from '../../shared/estimates.ts'
import type { Remedy } from '../../shared/remedies.ts'
import type { TrainingSettings } from '../../shared/training.ts'
import type { TrialOutcome, TrialWay } from '../jobs/engine-protocol.ts'
import { waysToMoreMemory } from '../jobs/out-of-memory.ts'
import { secondsFrom } from '../jobs/training-seconds.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import { chooseSize, isFirstLook } from './first-look.ts'
import { planRun, type RunPlan } from './run-plan.ts'
import { tryTraining } from './try-training.ts'
import { estimateOf, finishAfter } from './work-trial.ts'

type TrainChoices = Extract<ParsedInput<'estimates.make'>, { of: 'train' }>

/** Safe points on the disk at a time: the two newest, the best, and the one that is being written. */
const keptSafePoints = 6
/** Of one line of the history. */
const historyBytes = 260

/** What a training would take, from a trial of some iterations. */
export async function estimateTraining(
  app: AppContext,
  request: TrainChoices,
  context: RequestContext
): Promise<Estimate> {
  const plan = await planRun(app, request)
  const { outcome: whole, engine } = await tryTraining(app, request, plan, context)
  const { settings, outcome } = isFirstLook(request)
    ? firstLook(plan.settings, whole)
    : { settings: plan.settings, outcome: whole }
  const seconds = secondsOf(settings, outcome.stages, request.minutes)
  const estimate = await estimateOf(app, {
    seconds,
    bytes: bytesOf(settings, outcome),
    notes: notesOn(app, outcome)
  })
  const ways = outcome.ways.map((way) => wayToFit(app, request, plan, way))
  return {
    ...estimate,
    fits: estimate.fits && fitsMemory(outcome),
    ...(outcome.memory && { memory: outcome.memory }),
    ...(ways.length > 0 && { wouldFit: ways }),
    secondsPerIteration: outcome.stages.iteration,
    stages: outcome.stages,
    iterations: settings.iterations,
    ...(engine && { engine })
  }
}

/** A first look is of the size that it would be given. */
function firstLook(
  preset: TrainingSettings,
  outcome: TrialOutcome
): { settings: TrainingSettings; outcome: TrialOutcome } {
  const { settings, stages, memory } = chooseSize(preset, outcome)
  return { settings, outcome: { ...outcome, stages, ...(memory && { memory }) } }
}

/** Minutes that were asked for end a training that would take longer. */
function secondsOf(settings: TrainingSettings, stages: StageEstimate, minutes: number | undefined): number {
  const all = stages.start + secondsFrom(settings, 0, stages)
  return minutes === undefined ? all : Math.min(all, 60 * minutes)
}

function bytesOf(
  { iterations, sampleEvery, sampleSeconds, checkpointEvery }: TrainingSettings,
  { bytes }: TrialOutcome
): number {
  const safePoints = Math.min(keptSafePoints, Math.ceil(iterations / checkpointEvery) + 1)
  const sheets = Math.floor(iterations / sampleEvery) + sampleSeconds.length + 1
  return safePoints * bytes.safePoint + sheets * bytes.sheet + iterations * historyBytes
}

function fitsMemory({ memory }: TrialOutcome): boolean {
  return memory === undefined || memory.neededBytes <= memory.availableBytes
}

function wayToFit(
  app: AppContext,
  request: TrainChoices,
  { settings, prepared }: RunPlan,
  { engine, tile, neededBytes, stages }: TrialWay
): WayToFit {
  const seconds = secondsOf(settings, stages, request.minutes)
  const dataset = app.catalog.datasets.find(prepared.dataset)?.name
  const remedy: Remedy =
    engine === undefined
      ? { action: 'prepare-again', ...(dataset !== undefined && { dataset }), ...(tile !== undefined && { tile }) }
      : { action: 'install-engine', engine }
  return {
    remedy,
    ...(engine !== undefined && { engine }),
    ...(tile !== undefined && { tile }),
    neededBytes,
    seconds,
    finish: finishAfter(app, seconds)
  }
}

function notesOn(app: AppContext, outcome: TrialOutcome): string[] {
  const notes: string[] = []
  if (outcome.isInProportion) {
    notes.push(
      'An iteration is too large to try it whole: fewer samples or thinner networks were tried, and the times are in proportion.'
    )
  }
  if (outcome.memory !== undefined && !fitsMemory(outcome)) notes.push(waysToMoreMemory(outcome.memory.limit).next)
  if (outcome.ways.some(({ engine }) => engine !== undefined)) {
    notes.push(
      'How fast the processor pack would be is taken from other computers; it is measured once it is installed.'
    )
  }
  const working = app.catalog.tasks.active().find(({ state, kind }) => state === 'running' && isHeavy.has(kind))
  if (working !== undefined) {
    notes.push(`“${working.name}” was computing at the same time: without it, this would be quicker.`)
  }
  return notes
}

const isHeavy: ReadonlySet<string> = new Set(['train', 'resume', 'generate', 'evaluate'])
