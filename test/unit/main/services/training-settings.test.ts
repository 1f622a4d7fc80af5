import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../../src/main/services/training-settings.ts'
import { defaultMaskSettings, type Prepared, PreparedId } from '../../../../src/shared/masks.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { TrainRequest } from '../../../../src/shared/runs.ts'
import { TrainingSettings } from '../../../../src/shared/training.ts'

const prepared: Prepared = {
  id: PreparedId.parse('p-1'),
  name: 'tiles',
  created: '2026-01-01T00:00:00.000Z',
  dataset: 'd-1',
  tile: 64,
  scale: 1,
  channels: 'gray',
  grayLevels: 4,
  mask: defaultMaskSettings,
  seed: 0,
  classes: ['a', 'b'],
  roundTrip: { AP: 1, AP50: 1, AP75: 1 }
}

function wish(changes: object) {
  return TrainRequest.parse({ prepared: 'tiles', name: 'run', ...changes })
}

describe('the settings of a run', () => {
  test('of the paper’s presets are the paper’s (§2.5), shaped by the data', () => {
    const livecell = presetSettings('livecell', { resolution: 512, imageChannels: 1, classes: 8 }, 0)
    expect(livecell).toMatchObject({ iterations: 60_000, batch: 16, evaluateEvery: 500 })
    expect(livecell.network).toMatchObject({ mappingLayers: 2, channelBase: 32768, channelMax: 512, classes: 8 })
    const tissuenet = presetSettings('tissuenet', { resolution: 256, imageChannels: 3, classes: 6 }, 0)
    expect(tissuenet.network).toMatchObject({ mappingLayers: 4, channelBase: 16384, imageChannels: 3 })
    expect(tissuenet.learningRate).toEqual({ generator: 0.0005, discriminator: 0.0005 })
    for (const settings of [livecell, tissuenet]) expect(TrainingSettings.parse(settings)).toEqual(settings)
  })

  test('take what was wished, and leave the rest to the preset', () => {
    const settings = settingsOf(
      wish({ preset: 'demo', batch: 6, learningRate: 0.001, augment: ['diffaug'] }),
      prepared,
      2,
      undefined
    )
    expect(settings.batch).toBe(6)
    expect(settings.learningRate).toEqual({ generator: 0.001, discriminator: 0.001 })
    expect(settings.augmentation.diffAugment).toEqual(['color', 'translation', 'cutout'])
    expect(settings.network.resolution).toBe(64)
    // The minibatch standard deviation needs groups that divide the batch.
    expect(6 % settings.network.minibatchStdGroup).toBe(0)
  })

  test('of the baseline make images without masks', () => {
    const { network } = settingsOf(wish({ generator: 'stylegan2' }), prepared, 2, undefined)
    expect(network).toMatchObject({ generator: 'stylegan2', maskChannels: 0 })
  })

  test('weigh no classes where there is one', () => {
    expect(settingsOf(wish({}), prepared, 1, undefined).d2dCrossEntropy.weight).toBe(0)
  })

  test('that start from a model keep its networks, for other classes too', () => {
    const from = presetSettings('quick', { resolution: 64, imageChannels: 1, classes: 5 }, 0)
    const { network } = settingsOf(wish({ preset: 'demo' }), prepared, 2, from)
    expect(network).toEqual({ ...from.network, classes: 2 })
  })

  test.each([
    [{ ...prepared, tile: 48 }, undefined, /double their size/],
    [
      prepared,
      presetSettings('quick', { resolution: 32, imageChannels: 1, classes: 2 }, 0),
      /made for tiles of 32 pixels/
    ]
  ])('that cannot fit are refused with a sentence (%#)', (set, from, sentence) => {
    expect(() => settingsOf(wish({}), set, 2, from)).toThrow(sentence)
  })
})
