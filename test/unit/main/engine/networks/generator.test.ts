import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { createGenerator, type Generator } from '../../../../../src/main/engine/networks/generator.ts'
import { drawNoise, noiseLayers } from '../../../../../src/main/engine/networks/noise.ts'
import { tinyNetwork } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

describe.each(['paper', 'stylegan2'] as const)('the %s generator', (kind) => {
  test('makes image and mask in one pass', () => {
    const generator = createGenerator(tinyNetwork({ generator: kind, resolution: 16 }), new RandomStream(1))
    expect(generator.forward(inputs(generator)).samples.shape).toEqual([3, 16, 16, 2])
  })

  test('makes the image alone, in colour', () => {
    const settings = tinyNetwork({ generator: kind, imageChannels: 3, maskChannels: 0 })
    const generator = createGenerator(settings, new RandomStream(1))
    expect(generator.forward(inputs(generator)).samples.shape).toEqual([3, 8, 8, 3])
  })

  test('has a style for each slot: two a resolution', () => {
    const generator = createGenerator(tinyNetwork({ generator: kind, resolution: 32 }), new RandomStream(1))
    expect(generator.styles(inputs(generator)).ws).toHaveLength(8)
  })

  test('lets every weight reach the picture', () => {
    const generator = createGenerator(tinyNetwork({ generator: kind }), new RandomStream(1))
    const batch = inputs(generator)
    const parameters = [...generator.parameters()]
    const { grads } = tf.variableGrads(
      () => tf.mean(tf.square(generator.forward(batch).samples)),
      parameters.map(([, variable]) => variable)
    )
    const silent = parameters.filter(([, { name }]) => tf.sum(tf.abs(grads[name] ?? tf.scalar(0))).arraySync() === 0)
    expect(silent.map(([name]) => name)).toEqual([])
  })
})

test('weights are named by the path of their fields', () => {
  const names = [...createGenerator(tinyNetwork(), new RandomStream(1)).variables().keys()]
  expect(names.filter((name) => name.startsWith('mapping.'))).toEqual([
    'mapping.embed.weight',
    'mapping.embed.bias',
    'mapping.fc0.weight',
    'mapping.fc0.bias',
    'mapping.fc1.weight',
    'mapping.fc1.bias',
    'mapping.w_avg'
  ])
  expect(names).toEqual(
    expect.arrayContaining([
      'synthesis.b4.const',
      'synthesis.b8.conv0.affine.bias',
      'synthesis.b8.conv1.noise_strength',
      'synthesis.b8.merge.weight',
      'synthesis.b4.extract.weight'
    ])
  )
})

test('truncation to nothing makes all latents of a batch alike, and mixing beyond the last slot changes nothing', () => {
  const generator = createGenerator(tinyNetwork(), new RandomStream(2))
  const batch = inputs(generator)
  const { ws } = generator.styles({ ...batch, truncation: { psi: 0 } })
  for (const w of ws) expect(tf.sum(tf.abs(w)).arraySync()).toBe(0) // w_avg is still 0
  const slots = ws.length
  const mixing = { z2: tf.zeros<tf.Rank.R2>([3, 6]), cut: slots }
  expect(difference(generator.forward(batch).samples, generator.forward({ ...batch, mixing }).samples)).toBe(0)
  const early = generator.forward({ ...batch, mixing: { ...mixing, cut: 1 } }).samples
  expect(difference(generator.forward(batch).samples, early)).toBeGreaterThan(0.01)
})

test('truncation below a cutoff leaves the finer slots alone', () => {
  const generator = createGenerator(tinyNetwork(), new RandomStream(2))
  const batch = inputs(generator)
  const { w, ws } = generator.styles({ ...batch, truncation: { psi: 0.5, cutoff: 2 } })
  expect(ws.map((slot) => difference(slot, w) === 0)).toEqual([false, false, true, true])
})

test('edge padding carries a flat skip to the border, zero padding darkens it', () => {
  const spreads = (['edge', 'zeros'] as const).map((mergePadding) => {
    const generator = createGenerator(tinyNetwork({ mergePadding, resolution: 8 }), new RandomStream(3))
    for (const [name, variable] of generator.variables()) {
      if (name.endsWith('weight') && !name.includes('merge')) variable.assign(tf.zerosLike(variable))
      if (name.endsWith('extract.bias')) variable.assign(tf.onesLike(variable))
    }
    const plane = generator.forward(inputs(generator)).samples.slice([0, 2, 2, 0], [1, 6, 6, 1])
    return Number(tf.sub(tf.max(plane), tf.min(plane)).arraySync())
  })
  expect(spreads[1]).toBeGreaterThan(spreads[0] ?? Infinity)
})

test('noise has a map for each layer, and another stream gives other maps', () => {
  expect(noiseLayers(16).map(({ name }) => name)).toEqual([
    'b4.conv1',
    'b8.conv0',
    'b8.conv1',
    'b16.conv0',
    'b16.conv1'
  ])
  const maps = [0, 1].map((counter) => drawNoise(new RandomStream(1, 'noise', counter), 8, 2))
  expect(maps[0]?.['b8.conv0']?.shape).toEqual([2, 8, 8, 1])
  expect(difference(maps[0]?.['b8.conv0'], maps[1]?.['b8.conv0'])).toBeGreaterThan(0.1)
})

function inputs({ settings }: Generator) {
  const random = new RandomStream(9)
  return {
    z: tf.tensor2d(random.normals(3 * settings.zDim), [3, settings.zDim]),
    labels: tf.tensor1d([0, 1, 0], 'int32'),
    noise: drawNoise(random, settings.resolution, 3)
  }
}

function difference(a: tf.Tensor | undefined, b: tf.Tensor | undefined): number {
  return Number(tf.max(tf.abs(tf.sub(a ?? NaN, b ?? NaN))).arraySync())
}
