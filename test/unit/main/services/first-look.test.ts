import { describe, expect, test } from 'vitest'
import { chooseSize, isFirstLook } from '../../../../src/main/services/first-look.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { TrainRequest } from '../../../../src/shared/runs.ts'

const settings = presetSettings('quick', { resolution: 128, imageChannels: 1, classes: 2 }, 0)
const stages = (iteration: number) => ({ start: 20, iteration, evaluation: 10, safePoint: 0.5, sample: 0.5 })
/** Networks of half and a quarter of the channels take a quarter and a sixteenth. */
const trial = (iteration: number) => ({
  stages: stages(iteration),
  thinner: [
    { stages: stages(iteration / 4), fits: true },
    { stages: stages(iteration / 16), fits: true }
  ]
})
const memory = (neededBytes: number) => ({ neededBytes, availableBytes: 2e9, limit: 'webassembly' }) as const

describe('the size of a first look', () => {
  test('is the whole preset on a computer that is fast enough', () => {
    const { settings: chosen, seconds } = chooseSize(settings, trial(0.05))
    expect(chosen).toEqual(settings)
    expect(seconds).toBeLessThan(600)
  })

  test('is thinner networks where wide ones would not come far in ten minutes', () => {
    const { settings: chosen, seconds } = chooseSize(settings, trial(1.2))
    expect(chosen.network.channelMax).toBe(settings.network.channelMax / 2)
    expect(chosen.network.channelBase).toBe(settings.network.channelBase / 2)
    expect(chosen.iterations).toBeGreaterThanOrEqual(1500)
    expect(chosen.iterations).toBeLessThan(settings.iterations)
    expect(seconds).toBeLessThanOrEqual(600)
    expect(seconds).toBeGreaterThan(450)
  })

  test('is as long as ten minutes allow with the thinnest networks where nothing comes far', () => {
    const { settings: chosen, seconds } = chooseSize(settings, trial(14))
    expect(chosen.network.channelMax).toBe(settings.network.channelMax / 4)
    expect(chosen.iterations).toBe(500)
    expect(seconds).toBeLessThanOrEqual(600)
  })

  test('is never nothing: on a slow computer it takes longer, and says so', () => {
    const { settings: chosen, seconds } = chooseSize(settings, trial(400))
    expect(chosen.iterations).toBe(250)
    expect(seconds).toBeGreaterThan(6000)
  })

  test('leaves out networks that do not fit into memory', () => {
    const tight = { ...trial(0.05), memory: memory(3e9) }
    const { settings: chosen, memory: kept } = chooseSize(settings, {
      ...tight,
      thinner: tight.thinner.map((choice) => ({ ...choice, memory: memory(1e9) }))
    })
    expect(chosen.network.channelMax).toBe(settings.network.channelMax / 2)
    expect(kept?.neededBytes).toBe(1e9)
  })

  test('scores and shows as often in proportion', () => {
    const { settings: chosen } = chooseSize(settings, trial(14))
    expect(chosen.iterations / chosen.evaluateEvery).toBeCloseTo(settings.iterations / settings.evaluateEvery, 0)
    expect(chosen.iterations / chosen.sampleEvery).toBeCloseTo(settings.iterations / settings.sampleEvery, 0)
  })

  test.each([
    [{}, true],
    [{ iterations: 100 }, false],
    [{ minutes: 3 }, false],
    [{ preset: 'demo' as const }, false],
    [{ paper: true }, false]
  ])('is chosen only where nobody chose one: %j', (choices, isChosen) => {
    expect(isFirstLook(TrainRequest.parse({ prepared: 'p', name: 'n', ...choices }))).toBe(isChosen)
  })
})
