import { describe, expect, test } from 'vitest'
import { samplingWork, trainingWork } from '../../../../src/main/engine/work-model.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'

const settings = presetSettings('livecell', { resolution: 128, imageChannels: 1, classes: 2 }, 0)
const { network } = settings

describe('the work of an iteration', () => {
  test('grows with the batch', () => {
    expect(trainingWork({ ...settings, batch: 2 * settings.batch })).toBe(2 * trainingWork(settings))
  })

  test('is a sixteenth in networks of a quarter of the channels', () => {
    const thin = { ...network, channelBase: network.channelBase / 4, channelMax: network.channelMax / 4 }
    expect(samplingWork(network) / samplingWork(thin)).toBeCloseTo(16)
  })

  test('is that of the 3×3 convolutions of each size: two to a block', () => {
    const small = { ...network, resolution: 8, channelBase: 1024, channelMax: 8 }
    expect(samplingWork(small)).toBe(9 * 8 * 16 * (16 + 64))
  })
})
