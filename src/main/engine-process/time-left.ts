import { type TrainingSettings } from '../../shared/training.ts'

/** What a run does besides iterations. */
export type Stage = 'evaluation' | 'safePoint' | 'sample'
/** Seconds that one of each took. */
export type StageSeconds = Partial<Record<Stage | 'iteration', number | undefined>>

/** How many of the latest iterations the pace is taken from: some whole cycles of the regularisers. */
const windowSize = 64
/** Iterations before the first estimate. */
const enough = 10
/** Safe points are also made after this many seconds. */
const safePointSeconds = 5 * 60

/** What is told of a run's progress. */
interface Progress {
  readonly done: number
  readonly total: number
  readonly secondsLeft?: number
}

/**
 * Time left of a run from what each stage takes: the pace of the latest iterations, and the evaluations, safe points
 * and sample sheets that are still to come. What this session has not measured yet is taken from an earlier one, in
 * proportion to the pace then and now: the run may have moved to another computer.
 */
export class TimeLeft {
  readonly #settings: TrainingSettings
  readonly #earlier: StageSeconds
  readonly #start: number
  readonly #iterationSeconds: number[] = []
  readonly #stageSeconds: Record<Stage, number[]> = { evaluation: [], safePoint: [], sample: [] }
  /** Seconds of the run at the last iteration, and of stages since. */
  #last: number
  #stagesSince = 0

  /** @param earlier what an earlier session of the same run measured, or a trial */
  constructor(
    settings: TrainingSettings,
    { iteration, seconds }: { readonly iteration: number; readonly seconds: number },
    earlier: StageSeconds = {}
  ) {
    this.#settings = settings
    this.#earlier = earlier
    this.#start = iteration
    this.#last = seconds
  }

  /** Takes note of what a stage took. It counts from the second time on as well: the latest three make the mean. */
  took(stage: Stage, seconds: number): void {
    this.#stagesSince += seconds
    const latest = this.#stageSeconds[stage]
    latest.push(seconds)
    if (latest.length > 3) latest.shift()
  }

  /** @param seconds of the run so far, stages included */
  after({ iteration, seconds }: { readonly iteration: number; readonly seconds: number }): Progress {
    const own = seconds - this.#last - this.#stagesSince
    this.#last = seconds
    this.#stagesSince = 0
    // An engine's first iteration makes what the later ones use again.
    if (iteration > this.#start + 1) this.#iterationSeconds.push(own)
    if (this.#iterationSeconds.length > this.#window) this.#iterationSeconds.shift()

    const { iterations, minutes } = this.#settings
    const needed = this.#secondsFrom(iteration) ?? Number.POSITIVE_INFINITY
    const budget = minutes === undefined ? Number.POSITIVE_INFINITY : Math.max(0, 60 * minutes - seconds)
    const secondsLeft = Math.min(needed, budget)
    // Whichever limit comes first decides how full the bar is.
    const progress =
      budget < needed ? { done: seconds, total: seconds + budget } : { done: iteration, total: iterations }
    return iteration - this.#start < enough || !Number.isFinite(secondsLeft) ? progress : { ...progress, secondsLeft }
  }

  /** What this session knows of each stage, to be kept with the run. */
  get measured(): StageSeconds {
    const all: StageSeconds = {}
    const stages = ['evaluation', 'safePoint', 'sample'] as const
    for (const [name, seconds] of [
      ['iteration', this.#pace] as const,
      ...stages.map((stage) => [stage, this.#stage(stage)] as const)
    ]) {
      if (seconds !== undefined) all[name] = seconds
    }
    return all
  }

  #secondsFrom(iteration: number): number | undefined {
    const pace = this.#pace
    if (pace === undefined) return undefined
    const { iterations, evaluateEvery, checkpointEvery, sampleEvery } = this.#settings
    const training = (iterations - iteration) * pace
    const left = (every: number): number => Math.floor(iterations / every) - Math.floor(iteration / every)
    const evaluations = Math.ceil(iterations / evaluateEvery) - Math.floor(iteration / evaluateEvery)
    const safePoints = Math.max(left(checkpointEvery), Math.floor(training / safePointSeconds)) + 1
    return (
      training +
      evaluations * (this.#stage('evaluation') ?? 0) +
      safePoints * (this.#stage('safePoint') ?? 0) +
      left(sampleEvery) * (this.#stage('sample') ?? 0)
    )
  }

  /** Seconds an iteration, over whole cycles of the regularisers where there are some. */
  get #pace(): number | undefined {
    const cycle = this.#cycle
    const times = this.#iterationSeconds
    const whole = Math.floor(times.length / cycle) * cycle
    return mean(whole === 0 ? times : times.slice(-whole))
  }

  #stage(stage: Stage): number | undefined {
    const now = mean(this.#stageSeconds[stage])
    const then = this.#earlier[stage]
    if (now !== undefined || then === undefined) return now
    const { iteration } = this.#earlier
    const pace = this.#pace
    return iteration === undefined || pace === undefined ? then : then * (pace / iteration)
  }

  get #cycle(): number {
    return Math.max(1, this.#settings.r1.interval, this.#settings.pathLength.interval)
  }

  get #window(): number {
    return Math.max(windowSize, this.#cycle)
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
