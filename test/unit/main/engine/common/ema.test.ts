import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'
import { emaDecay, updateEma } from '../../../../../src/main/engine/common/ema.ts'
import { tinyNetwork } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

test('the half-life is counted in images', () => {
  const decay = (halfLifeKimg: number) => emaDecay({ halfLifeKimg, rampUp: 0 }, 16, 0)
  expect([20, 10, 5, 500].map(decay).map((value) => Number(value.toFixed(8)))).toEqual([
    0.99944564, 0.99889158, 0.99778439, 0.99997782
  ])
})

test('with a ramp the average follows the generator itself at first', () => {
  const ema = { halfLifeKimg: 20, rampUp: 0.05 }
  expect(emaDecay(ema, 16, 0)).toBe(0)
  expect(emaDecay(ema, 16, 320)).toBeCloseTo(0.5, 10)
  expect(emaDecay(ema, 16, 1e9)).toBeCloseTo(0.99944564, 8)
})

test('decay 0 makes the average equal to the generator, decay 1 leaves its parameters; the mean of w is copied', () => {
  const [average, generator] = [1, 2].map((seed) => createGenerator(tinyNetwork(), new RandomStream(seed)))
  if (!average || !generator) throw new Error('two generators')
  generator.mapping.wAvg.assign(tf.fill([5], 3))
  const before = average.mapping.embed.weight.arraySync()
  updateEma(average, generator, 1)
  expect(average.mapping.embed.weight.arraySync()).toEqual(before)
  expect(average.mapping.wAvg.arraySync()).toEqual([3, 3, 3, 3, 3])
  updateEma(average, generator, 0)
  for (const [name, variable] of average.variables()) {
    expect(variable.arraySync(), name).toEqual(generator.variables().get(name)?.arraySync())
  }
})
