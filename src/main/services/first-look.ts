import { roughly } from '../../shared/estimate-words.ts'
import type { MemoryOutlook, StageEstimate } from '../../shared/estimates.ts'
import type { TrainingSettings } from '../../shared/training.ts'
import type { TrialOutcome } from '../jobs/engine-protocol.ts'
import { secondsFrom } from '../jobs/training-seconds.ts'
import type { AppContext } from '../workspace/app-context.ts'
import type { RequestContext } from './dispatch.ts'
import type { RunChoices, RunPlan } from './run-plan.ts'
import { thinnerNetworks, tryTraining } from './try-training.ts'

/** The preset "quick" promises a first look in about so long. */
const promisedSeconds = 600
/** With fewer iterations there is little to see: thinner networks, which are quicker, show more by then. */
const enoughIterations = 1500
const step = 250

/** Whether a run takes its size from the speed of the computer: nobody said how long or how far it should train. */
export function isFirstLook({ preset, iterations, minutes, paper }: RunChoices): boolean {
  return preset === 'quick' && !paper && iterations === undefined && minutes === undefined
}

/**
 * The plan of a first look in a size that this computer trains in about ten minutes, as a trial tells; said before it
 * begins. The settings of the run hold what was chosen, so that it is resumed and repeated as it is.
 */
export async function sizeFirstLook(
  app: AppContext,
  choices: RunChoices,
  plan: RunPlan,
  { signal, wish, progress, notice }: RequestContext
): Promise<RunPlan> {
  const { outcome } = await tryTraining(app, choices, plan, { signal: unlessPaused(signal, wish), progress })
  const { settings, seconds } = chooseSize(plan.settings, outcome)
  const end = new Date(app.environment.now().getTime() + 1000 * seconds)
  notice?.(
    `This first look takes about ${roughly(seconds)}, until ${timeOfDay.format(end)}: ${settings.iterations.toLocaleString('en-GB')} iterations with up to ${settings.network.channelMax} channels, by the speed of this computer.`
  )
  return { ...plan, settings }
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** A pause waits for the trial, which is short: then there is a run that can be paused. */
function unlessPaused(signal: AbortSignal, wish: RequestContext['wish']): AbortSignal {
  const controller = new AbortController()
  const pass = (): void => {
    if (wish?.() === 'cancel') controller.abort()
  }
  if (signal.aborted) pass()
  signal.addEventListener('abort', pass, { once: true })
  return controller.signal
}

interface Size {
  readonly settings: TrainingSettings
  readonly stages: StageEstimate
  readonly memory?: MemoryOutlook | undefined
  /** From its start to its end. */
  readonly seconds: number
}

/** The widest networks that come far enough in the promised time, else those that come farthest. */
export function chooseSize(
  settings: TrainingSettings,
  { stages, thinner, memory }: Pick<TrialOutcome, 'stages' | 'thinner' | 'memory'>
): Size {
  const fits = memory === undefined || memory.neededBytes <= memory.availableBytes
  const choices = [
    { settings, stages, fits, memory },
    ...thinnerNetworks(settings).flatMap((choice, i) => {
      const tried = thinner[i]
      return tried === undefined ? [] : [{ settings: choice, ...tried }]
    })
  ]
  const sized = choices.filter((choice) => choice.fits).map(inPromisedTime)
  const wide = sized.find((size) => size.settings.iterations >= Math.min(enoughIterations, settings.iterations))
  return wide ?? sized.at(-1) ?? inPromisedTime({ settings, stages, memory })
}

function inPromisedTime({ settings: preset, stages, memory }: Omit<Size, 'seconds'>): Size {
  const secondsOf = (settings: TrainingSettings): number => stages.start + secondsFrom(settings, 0, stages)
  let iterations = preset.iterations
  while (iterations > step && secondsOf(withLength(preset, iterations)) > promisedSeconds) iterations -= step
  const settings = withLength(preset, Math.max(Math.min(step, preset.iterations), iterations))
  return { settings, stages, memory, seconds: secondsOf(settings) }
}

/** Scores, sheets and safe points as often, in proportion, as in the whole preset. */
function withLength(preset: TrainingSettings, iterations: number): TrainingSettings {
  const share = iterations / preset.iterations
  const scaled = (every: number): number => Math.max(1, Math.round(every * share))
  return { ...preset, iterations, evaluateEvery: scaled(preset.evaluateEvery), sampleEvery: scaled(preset.sampleEvery) }
}
