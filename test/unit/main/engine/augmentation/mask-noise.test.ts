import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { addMaskNoise, drawMaskNoise } from '../../../../../src/main/engine/augmentation/mask-noise.ts'
import { drawTransform } from '../../../../../src/main/engine/augmentation/transform.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { Augmentation } from '../../../../../src/shared/training.ts'
import { tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

test('noise of the wished deviation lies on the mask, and the image stays as it is', () => {
  const x = tf.zeros<tf.Rank.R4>([8, 16, 16, 4])
  const noise = drawMaskNoise(new RandomStream(1), 8, 16 * 16, 0.3)
  const [image, mask] = tf.split(addMaskNoise(x, noise, 3), [3, 1], 3)
  expect(image?.abs().max().arraySync()).toBe(0)
  const { mean, variance } = tf.moments(mask ?? x)
  expect(mean.arraySync()).toBeCloseTo(0, 1)
  expect(Math.sqrt(Number(variance.arraySync()))).toBeCloseTo(0.3, 1)
})

test('every plane of a mask in tones gets noise of its own', () => {
  const settings = tinyTraining({
    network: tinyNetwork({ resolution: 16, maskChannels: 3, maskCode: 'tones' }),
    augmentation: Augmentation.parse({ flips: 'none', diffAugment: [], maskNoise: 0.3 })
  })
  const transform = drawTransform(settings, (purpose) => new RandomStream(3, purpose), 'test', 4, 0)
  const [image, ...mask] = tf.split(transform(tf.zeros([4, 16, 16, 4]), 0), 4, 3)
  expect(image?.abs().max().arraySync()).toBe(0)
  const spread = (x: tf.Tensor | undefined) => Math.sqrt(Number(tf.moments(x ?? NaN).variance.arraySync()))
  for (const plane of mask) expect(spread(plane)).toBeCloseTo(0.3, 1)
  expect(spread(tf.sub(mask[0] ?? NaN, mask[1] ?? NaN))).toBeCloseTo(0.3 * Math.SQRT2, 1)
})

test('the gradient passes unchanged, as R1 needs it', () => {
  const noise = drawMaskNoise(new RandomStream(1), 2, 4, 0.3)
  const gradient = tf.grad((x) =>
    addMaskNoise(x as tf.Tensor4D, noise, 1)
      .square()
      .sum()
  )(tf.zeros([2, 2, 2, 2]))
  const [image, mask] = tf.split(gradient, 2, 3)
  expect(image?.abs().max().arraySync()).toBe(0)
  expect([...(mask?.dataSync() ?? [])].map((value) => value / 2)).toEqual([...noise.values])
})

test('a part of a batch gets the noise it has in the whole', () => {
  const settings = tinyTraining({
    network: tinyNetwork({ resolution: 8 }),
    augmentation: Augmentation.parse({ flips: 'none', diffAugment: [], maskNoise: 0.3 })
  })
  const stream = (purpose: string) => new RandomStream(3, purpose)
  const transform = drawTransform(settings, stream, 'test', 4, 0)
  const x = tf.ones<tf.Rank.R4>([4, 8, 8, 2])
  const whole = transform(x, 0)
  const part = transform(tf.slice(x, [2, 0, 0, 0], [2, -1, -1, -1]), 2)
  expect(tf.slice(whole, [2, 0, 0, 0], [2, -1, -1, -1]).dataSync()).toEqual(part.dataSync())
  expect(tf.slice(whole, [0, 0, 0, 1], [-1, -1, -1, 1]).sub(1).abs().max().arraySync()).toBeGreaterThan(0)
})
