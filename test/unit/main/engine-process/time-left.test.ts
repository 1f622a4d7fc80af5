import { describe, expect, test } from 'vitest'
import { TimeLeft } from '../../../../src/main/engine-process/time-left.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'

const settings = { ...presetSettings('demo', { resolution: 32, imageChannels: 1, classes: 2 }, 0), iterations: 1000 }

/** Runs through iterations at a pace; every hundredth carries an evaluation of five seconds. */
function follow(
  timeLeft: TimeLeft,
  from: number,
  to: number,
  seconds: number
): { last: ReturnType<TimeLeft['after']>; seconds: number } {
  let last = timeLeft.after({ iteration: from, seconds })
  for (let iteration = from + 1; iteration <= to; iteration++) {
    seconds += 1 + (iteration % 100 === 0 ? 5 : 0)
    last = timeLeft.after({ iteration, seconds })
  }
  return { last, seconds }
}

describe('time left', () => {
  test('says nothing before it knows the pace', () => {
    const timeLeft = new TimeLeft(settings, 0, 0)
    expect(follow(timeLeft, 0, 5, 0).last.secondsLeft).toBeUndefined()
  })

  test('is within a fifth after a twentieth of the run, evaluations included', () => {
    const { last } = follow(new TimeLeft(settings, 0, 0), 0, 50, 0)
    const truth = 950 + 10 * 5
    expect(Math.abs((last.secondsLeft ?? 0) - truth) / truth).toBeLessThan(0.2)
  })

  test('is right again soon after a run goes on on a slower computer', () => {
    const timeLeft = new TimeLeft(settings, 500, 500)
    let last = timeLeft.after({ iteration: 500, seconds: 500 })
    for (let i = 1; i <= 50; i++) last = timeLeft.after({ iteration: 500 + i, seconds: 500 + 3 * i })
    expect(last.secondsLeft).toBeCloseTo(450 * 3, -2)
  })

  test('fills its bar by time where the minutes come to an end first', () => {
    const timeLeft = new TimeLeft({ ...settings, minutes: 2 }, 0, 0)
    const { last } = follow(timeLeft, 0, 60, 0)
    expect(last).toMatchObject({ done: 60, total: 120, secondsLeft: 60 })
  })
})
