import { describe, expect, test } from 'vitest'
import { type StageSeconds, TimeLeft } from '../../../../src/main/engine-process/time-left.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { type TrainingSettings } from '../../../../src/shared/training.ts'

const settings: TrainingSettings = {
  ...presetSettings('demo', { resolution: 32, imageChannels: 1, classes: 2 }, 0),
  iterations: 2000,
  evaluateEvery: 100,
  checkpointEvery: 250,
  sampleEvery: 50
}

/** A clock that nobody waits for: what each stage takes on some computer. */
interface Pace {
  readonly iteration: number
  readonly regularised: number
  readonly evaluation: number
  readonly safePoint: number
  readonly sample: number
}
const computer: Pace = { iteration: 1, regularised: 2.5, evaluation: 20, safePoint: 4, sample: 1.5 }

/** Goes through the iterations of a run as the training loop does, its stages after them. */
class SimulatedRun {
  readonly timeLeft: TimeLeft
  seconds: number
  iteration: number
  readonly #pace: Pace

  constructor(pace: Pace, iteration = 0, seconds = 0, earlier: StageSeconds = {}) {
    this.#pace = pace
    this.iteration = iteration
    this.seconds = seconds
    this.timeLeft = new TimeLeft(settings, { iteration, seconds }, earlier)
  }

  until(iteration: number): ReturnType<TimeLeft['after']> {
    let last: ReturnType<TimeLeft['after']> = { done: 0, total: 0 }
    while (this.iteration < iteration) {
      this.seconds += this.iteration % 16 === 0 ? this.#pace.regularised : this.#pace.iteration
      this.iteration++
      last = this.timeLeft.after(this)
      this.#stage('sample', settings.sampleEvery)
      this.#stage('evaluation', settings.evaluateEvery)
      this.#stage('safePoint', settings.checkpointEvery)
    }
    return last
  }

  #stage(stage: 'evaluation' | 'safePoint' | 'sample', every: number): void {
    if (this.iteration % every !== 0) return
    this.seconds += this.#pace[stage]
    this.timeLeft.took(stage, this.#pace[stage])
  }
}

/** The error of an estimate made after some iterations, as a share of what is really left. */
function errorAfter(run: SimulatedRun, iteration: number): number {
  const estimate = run.until(iteration).secondsLeft ?? Number.NaN
  const then = run.seconds
  run.until(settings.iterations)
  return Math.abs(estimate / (run.seconds - then) - 1)
}

describe('time left', () => {
  test.each([
    ['with the first iteration, which has both regularisers', 1, 2],
    ['better with the fourth', 4, 1.25]
  ])('is there %s, by no more than a factor', (_, iteration, factor) => {
    const run = new SimulatedRun({ ...computer, evaluation: 0.1 })
    const estimate = run.until(iteration).secondsLeft ?? Number.NaN
    const then = run.seconds
    run.until(settings.iterations)
    expect(estimate / (run.seconds - then)).toBeLessThan(factor)
    expect(estimate / (run.seconds - then)).toBeGreaterThan(1 / factor)
  })

  test.each([
    ['as a rule', computer],
    ['where evaluations take most of the time', { ...computer, evaluation: 300 }],
    ['where regularisers do', { ...computer, regularised: 30 }],
    ['where safe points are slow', { ...computer, safePoint: 60 }]
  ])('is within a fifth after a twentieth of the run, %s', (_, pace) => {
    expect(errorAfter(new SimulatedRun(pace), 101)).toBeLessThan(0.2)
  })

  test('is within a fifth after a twentieth of the run that was paused twice, before its first evaluation as well', () => {
    const first = new SimulatedRun(computer)
    first.until(30)
    const second = new SimulatedRun(computer, 30, first.seconds, first.timeLeft.measured)
    second.until(70)
    expect(errorAfter(new SimulatedRun(computer, 70, second.seconds, second.timeLeft.measured), 101)).toBeLessThan(0.2)
  })

  test('is right within a fifth soon after a resume, before any stage was measured again', () => {
    const run = new SimulatedRun({ ...computer, evaluation: 200 })
    run.until(900)
    const resumed = new SimulatedRun({ ...computer, evaluation: 200 }, 900, run.seconds, run.timeLeft.measured)
    expect(errorAfter(resumed, 920)).toBeLessThan(0.2)
  })

  test('is right within a fifth after a resume on a computer three times slower', () => {
    const run = new SimulatedRun({ ...computer, evaluation: 100 })
    run.until(900)
    const slow = { iteration: 3, regularised: 7.5, evaluation: 300, safePoint: 12, sample: 4.5 }
    const resumed = new SimulatedRun(slow, 900, run.seconds, run.timeLeft.measured)
    expect(errorAfter(resumed, 920)).toBeLessThan(0.2)
  })

  test('does not take the long first iteration of a session for the pace', () => {
    const timeLeft = new TimeLeft(settings, { iteration: 0, seconds: 0 })
    let told: ReturnType<TimeLeft['after']> | undefined
    for (let i = 1; i <= 20; i++) told = timeLeft.after({ iteration: i, seconds: 60 + i })
    expect(told?.secondsLeft).toBeCloseTo(1980, 0)
  })

  test('fills its bar by time where the minutes come to an end first', () => {
    const timeLeft = new TimeLeft(settings, { iteration: 0, seconds: 0 })
    let told: ReturnType<TimeLeft['after']> | undefined
    for (let i = 1; i <= 60; i++) {
      told = timeLeft.after({ iteration: i, seconds: i }, { elapsed: i + 10, left: 110 - i })
    }
    expect(told).toMatchObject({ done: 70, total: 120, secondsLeft: 50 })
  })
})
