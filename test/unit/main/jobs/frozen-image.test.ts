import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../../../src/main/jobs/training-settings.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { TrainRequest } from '../../../../src/shared/runs.ts'
import { type NetworkSettings, NetworkSettings as Networks } from '../../../../src/shared/training.ts'
import { preparedTiles } from '../../../support/prepared-tiles.ts'

const prepared = preparedTiles()

const shape = { resolution: 64, imageChannels: 1, classes: 2 } as const

function modelWith(network: Partial<NetworkSettings>) {
  const settings = presetSettings('quick', shape, 0)
  return { ...settings, network: { ...settings.network, ...network } }
}

const imagesAlone = modelWith({ maskChannels: 0, discriminators: 'joint' })

function frozen(wished: object, model: ReturnType<typeof modelWith> | undefined, set = prepared) {
  return settingsOf(TrainRequest.parse({ prepared: 'tiles', name: 'run', freeze: 'image', ...wished }), set, 2, model)
}

describe('a run in which the image of a model stays as it is', () => {
  test('gives the mask of a model layers of its own beside, and a judge of its own', () => {
    const model = modelWith({ discriminators: 'joint' })
    const { network, ...settings } = frozen({}, model)
    expect(network).toEqual({ ...model.network, maskBranch: 'beside', discriminators: 'separate' })
    expect(settings).toMatchObject({
      freeze: 'image',
      alignClassesUntil: 0,
      pathLength: { interval: 0 },
      d2dCrossEntropy: { weight: 0 }
    })
  })

  test('gives a model of images alone a mask, in the code that was wished', () => {
    expect(frozen({}, imagesAlone).network).toMatchObject({ maskBranch: 'alone', maskChannels: 1, maskCode: 'gray' })
    const tones = frozen({ maskCode: 'tones' }, imagesAlone).network
    expect(tones).toMatchObject({ maskBranch: 'alone', maskChannels: 5, maskCode: 'tones' })
    expect(frozen({}, imagesAlone).selection).toBe('cells')
  })

  test('goes on with the layers that an earlier one gave the mask', () => {
    const { network } = frozen({}, modelWith({ maskBranch: 'alone' }))
    expect(network.maskBranch).toBe('alone')
    const later = settingsOf(
      TrainRequest.parse({ prepared: 'tiles', name: 'run' }),
      prepared,
      2,
      modelWith({ maskBranch: 'alone' })
    )
    expect(later).toMatchObject({ freeze: 'none', network: { maskBranch: 'alone' } })
  })

  test.each([
    ['no model to start from', {}, undefined, prepared, /none was named to start from/],
    ['no mask', { mask: false }, imagesAlone, prepared, /only a mask to learn/],
    ['images without annotation', { unannotated: 'more' }, imagesAlone, prepared, /which is to stay as it is/],
    ['another code', { maskCode: 'tones' }, modelWith({}), prepared, /made for masks in one gray plane/],
    ['other tiles', {}, imagesAlone, { ...prepared, tile: 128 }, /tiles of 128 pixels, and the model makes 64/],
    ['colour', {}, imagesAlone, { ...prepared, channels: 'rgb' as const }, /colour tiles/],
    ['other classes', {}, modelWith({ classes: 3 }), prepared, /2 classes, and the model knows 3/]
  ])('is refused with a sentence: %s', (_, wished, model, set, sentence) => {
    expect(() => frozen(wished, model, set)).toThrow(sentence)
  })
})

test('layers of a mask that is not made are no network', () => {
  const { network } = modelWith({ maskChannels: 0, maskBranch: 'alone' })
  expect(Networks.safeParse(network).success).toBe(false)
  expect(Networks.parse({ ...network, maskBranch: undefined }).maskBranch).toBe('none')
})
