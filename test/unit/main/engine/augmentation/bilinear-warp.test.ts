import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { type Warp, warpBilinear } from '../../../../../src/main/engine/augmentation/bilinear-warp.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { normal } from '../../../../support/engine/numbers.ts'

beforeAll(() => chooseBackend('cpu'))

test('warps many pictures in parts as it would at once, gradients included', async () => {
  const x = normal<tf.Rank.R4>([5, 6, 7, 2], 1)
  const warp: Warp = {
    coefficients: Array.from({ length: 5 }, (_, n) => [0.9, 0.1 * n, 0.5 - n, -0.2, 1.1, 0.3 * n]),
    height: 4,
    width: 8,
    beyond: 'reflect'
  }
  const whole = warpBilinear(x, warp)
  const weights = normal<tf.Rank.R4>([5, 4, 8, 2], 2)
  const gradient = (most: number) =>
    tf
      .grad((a) => tf.sum(tf.mul(warpBilinear(a as tf.Tensor4D, warp, most), weights)))(x)
      .data()
  for (const samplesAtOnce of [1, 2, 4]) {
    expect(await warpBilinear(x, warp, samplesAtOnce * 6 * 7).data()).toEqual(await whole.data())
    expect(await gradient(samplesAtOnce * 6 * 7)).toEqual(await gradient(Infinity))
  }
})
