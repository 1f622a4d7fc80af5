import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type z } from 'zod'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { pathLengths } from '../../../../../src/main/engine/losses/path-length.ts'
import { createGenerator, type Generator } from '../../../../../src/main/engine/networks/generator.ts'
import { PaperSynthesis, skipWidths } from '../../../../../src/main/engine/networks/generator-paper.ts'
import { drawNoise, resolutionsUpTo } from '../../../../../src/main/engine/networks/noise.ts'
import { convolvePadded, upConvolvePadded } from '../../../../../src/main/engine/networks/padded-convolution.ts'
import { firUpsample2, nearestUpsample2 } from '../../../../../src/main/engine/resample.ts'
import { invariant } from '../../../../../src/shared/errors.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { NetworkSettings, type SkipPath } from '../../../../../src/shared/training.ts'
import { tinyNetwork } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

type Reading = z.input<typeof SkipPath>

describe('the widths of the skip path at 512 (docs/method.md §2.3)', () => {
  const widths = (reading: Reading) => {
    const network = tinyNetwork({ resolution: 512, channelBase: 32768, channelMax: 512, skipPath: reading })
    return resolutionsUpTo(512).map((r) => Object.values(skipWidths(network, r)))
  }

  test('as read by default', () => {
    expect(widths({})).toEqual([
      [256, 256],
      [128, 256],
      [128, 256],
      [128, 256],
      [128, 256],
      [64, 128],
      [32, 64],
      [16, 32]
    ])
  })

  test('with the first two extractions exchanged: the figure’s 384 channels are joined either way', () => {
    const [first, second, third] = widths({ order: 'narrow-first' })
    expect([first, second, third]).toEqual([
      [128, 128],
      [256, 256],
      [128, 256]
    ])
  })

  test('halved at every block, down to the planes of a sample', () => {
    expect(widths({ widths: 'halving' })).toEqual([
      [256, 256],
      [128, 256],
      [64, 128],
      [32, 64],
      [16, 32],
      [8, 16],
      [4, 8],
      [2, 4]
    ])
  })
})

/** Every reading of the paper's text that the settings allow, other than the default one. */
const readings: Reading[] = [
  { order: 'narrow-first' },
  { widths: 'halving' },
  { upsampling: 'nearest' },
  { upsampling: 'merge' },
  { extractionKernel: 3 },
  { extractionDemodulated: false },
  { extractionActivation: 'lrelu' },
  { extractionSlot: 'own' },
  { mergeKernel: 1 },
  { mergeKernel: 1, upsampling: 'merge' },
  { mergeActivation: 'linear' },
  { lastMerge: 'narrowed' },
  { maskOutput: 'tanh' }
]

describe.each(readings.map((reading) => [JSON.stringify(reading), reading] as const))('read as %s', (_, reading) => {
  const make = (changes: Reading) =>
    createGenerator(tinyNetwork({ resolution: 16, channelBase: 128, skipPath: changes }), new RandomStream(4))

  test('the network makes samples that are not those of the default, and every weight counts', () => {
    const generator = make(reading)
    const { samples } = generator.forward(inputs(generator))
    expect(samples.shape).toEqual([2, 16, 16, 2])
    const usual = make({})
    expect(largest(tf.sub(samples, usual.forward(inputs(usual)).samples))).toBeGreaterThan(1e-3)

    const parameters = [...generator.parameters()]
    const batch = inputs(generator)
    const { grads } = tf.variableGrads(
      () => tf.mean(tf.square(generator.forward(batch).samples)),
      parameters.map(([, variable]) => variable)
    )
    const silent = parameters.filter(([, { name }]) => largest(grads[name] ?? tf.scalar(0)) === 0)
    expect(silent.map(([name]) => name)).toEqual([])
  })

  test('the path length can be differentiated again: its slope is that of its differences', () => {
    const generator = make(reading)
    const batch = inputs(generator)
    const y = tf.tensor4d(new RandomStream(5).normals(2 * 16 * 16 * 2), [2, 16, 16, 2])
    const length = () => tf.sum<tf.Scalar>(pathLengths(generator, batch, y))
    const weight = generator.parameters().get('synthesis.b8.extract.weight')
    if (!weight) throw new Error('there is such a weight')
    const { grads } = tf.variableGrads(length, [weight])
    const slope = grads[weight.name] ?? tf.zerosLike(weight)

    const before = tf.clone(weight)
    const direction = tf.div(slope, tf.norm(slope))
    const at = (step: number) => {
      weight.assign(tf.add(before, tf.mul(direction, step)))
      return length().arraySync()
    }
    const exact = Number(tf.norm(slope).arraySync())
    expect(exact).toBeGreaterThan(0)
    // A length jumps where an activation changes sides, so a step may be too large; one that is too small is rounded.
    const errors = [0.01, 0.003, 0.001, 0.0003].map((h) => Math.abs((at(h) - at(-h)) / (2 * h) - exact) / exact)
    expect(Math.min(...errors)).toBeLessThan(0.02)
  })
})

test('the literal reading takes zeros, ours repeats the edge: a flat skip stays flat also where merges upsample', () => {
  const flat = tf.ones<tf.Rank.R4>([1, 4, 4, 1])
  const kernel = tf.ones<tf.Rank.R4>([3, 3, 1, 1])
  for (const convolution of [convolvePadded, upConvolvePadded]) {
    const values = convolution(flat, kernel, 'edge')
    expect(largest(tf.sub(values, 9))).toBeLessThan(1e-5)
    expect(largest(tf.sub(convolution(flat, kernel, 'zeros'), 9))).toBeGreaterThan(1)
  }
})

test('inside, upsampling in the merge is filtering and then convolving with the turned kernel', () => {
  const random = new RandomStream(6)
  const x = tf.tensor4d(random.normals(36), [1, 6, 6, 1])
  const kernel = tf.tensor4d(random.normals(9), [3, 3, 1, 1])
  const expected = convolvePadded(firUpsample2(x), tf.reverse(kernel, [0, 1]), 'zeros')
  const found = upConvolvePadded(x, kernel, 'edge')
  const inside = (y: tf.Tensor4D) => tf.slice(y, [0, 3, 3, 0], [1, 6, 6, 1])
  expect(largest(tf.sub(inside(found), inside(expected)))).toBeLessThan(1e-5)
})

test('nearest upsampling repeats pixels', () => {
  const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])
  const plane = tf.slice(nearestUpsample2(x), [0, 0, 0, 1], [1, 4, 4, 1])
  expect(tf.reshape(plane, [4, 4]).arraySync()).toEqual([
    [10, 10, 20, 20],
    [10, 10, 20, 20],
    [30, 30, 40, 40],
    [30, 30, 40, 40]
  ])
})

test.each([
  ['gray', 1],
  ['tones', 4]
] as const)(
  'a mask in %s under tanh stays within ±1 in all its planes, the image does not',
  (maskCode, maskChannels) => {
    const network = tinyNetwork({ maskCode, maskChannels, skipPath: { maskOutput: 'tanh' } })
    const generator = createGenerator(network, new RandomStream(4))
    const { samples } = generator.forward(inputs(generator))
    const loud = createGenerator(NetworkSettings.parse({ ...generator.settings, skipPath: {} }), new RandomStream(4))
    const [image, mask] = tf.split(samples, [1, maskChannels], 3)
    const [sameImage, linearMask] = tf.split(loud.forward(inputs(loud)).samples, [1, maskChannels], 3)
    expect(largest(tf.sub(image ?? NaN, sameImage ?? NaN))).toBe(0)
    expect(largest(tf.sub(mask ?? NaN, tf.tanh(linearMask ?? NaN)))).toBeLessThan(1e-6)
  }
)

function inputs({ settings }: Generator) {
  const random = new RandomStream(9)
  return {
    z: tf.tensor2d(random.normals(2 * settings.zDim), [2, settings.zDim]),
    labels: tf.tensor1d([0, 1], 'int32'),
    mixing: { z2: tf.tensor2d(random.normals(2 * settings.zDim), [2, settings.zDim]), cut: 3 },
    noise: drawNoise(random, settings.resolution, 2)
  }
}

function largest(x: tf.Tensor): number {
  return Number(tf.max(tf.abs(x)).arraySync())
}

describe('the shortcut beside the skip path', () => {
  const network = (shortcut: 'none' | 'output', lastMerge: 'direct' | 'narrowed' = 'direct') =>
    tinyNetwork({ resolution: 16, channelBase: 128, skipPath: { shortcut, lastMerge } })
  const inputs = (generator: Generator) => {
    const random = new RandomStream(9)
    const z = tf.tensor2d(random.normals(2 * 6), [2, 6])
    const labels = tf.tensor1d([0, 1], 'int32')
    return { z, labels, noise: drawNoise(random, generator.settings.resolution, 2) }
  }
  /** The sum of all outputs, each a convolution by kernels of each sample's own (Karras et al. 2020 §2.2). */
  const outputsOf = (generator: Generator): tf.Tensor4D => {
    const { ws } = generator.styles(inputs(generator))
    const weights = generator.variables()
    const { synthesis } = generator
    invariant(synthesis instanceof PaperSynthesis, 'it is the paper’s generator')
    const { noise } = inputs(generator)
    let x: tf.Tensor4D | undefined
    let sum: tf.Tensor4D | undefined
    for (const [name, block] of synthesis.blocks) {
      x = block.forward(x, ws, noise)
      const added = byKernels(x, block.skipStyle(ws), (part) => weights.get(`synthesis.${name}.torgb.${part}`))
      sum = sum ? tf.add(firUpsample2(sum), added) : added
    }
    invariant(sum !== undefined, 'there is at least one block')
    return sum
  }
  const largest = (x: tf.Tensor) => Number(tf.max(tf.abs(x)).arraySync())

  test.each(['direct', 'narrowed'] as const)('is all that is seen at first (last merge %s)', (lastMerge) => {
    const generator = createGenerator(network('output', lastMerge), new RandomStream(4))
    const { samples } = generator.forward(inputs(generator))
    expect(largest(tf.sub(samples, outputsOf(generator)))).toBeLessThan(1e-4)
    expect(largest(samples)).toBeGreaterThan(0.1)
  })

  test('is added to what the path makes', () => {
    const plain = createGenerator(network('none'), new RandomStream(4))
    const both = createGenerator(network('output'), new RandomStream(5))
    for (const [name, value] of plain.variables()) both.variables().get(name)?.assign(tf.clone(value))
    const difference = tf.sub(both.forward(inputs(both)).samples, plain.forward(inputs(plain)).samples)
    expect(largest(tf.sub(difference, outputsOf(both)))).toBeLessThan(1e-4)
  })
})

/** A modulated 1×1 convolution without demodulation, sample by sample. */
function byKernels(x: tf.Tensor4D, w: tf.Tensor2D, part: (name: string) => tf.Tensor | undefined): tf.Tensor4D {
  const [weight, affine, affineBias, bias] = ['weight', 'affine.weight', 'affine.bias', 'bias'].map(part)
  invariant(weight && affine && affineBias && bias, 'the shortcut has its weights')
  const channels = x.shape[3]
  const styles = tf.add(tf.matMul(w, tf.div<tf.Tensor2D>(affine, Math.sqrt(w.shape[1]))), affineBias)
  const samples = tf.split(x, x.shape[0]).map((features, n) => {
    const style = tf.div(tf.slice(styles, [n, 0], [1, -1]), Math.sqrt(channels))
    const kernel = tf.mul<tf.Tensor4D>(weight, tf.reshape(style, [1, 1, channels, 1]))
    return tf.add<tf.Tensor4D>(tf.conv2d(features as tf.Tensor4D, kernel, 1, 'valid'), bias)
  })
  return tf.concat(samples)
}
