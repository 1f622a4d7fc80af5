import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { drawGeneratorInputs } from '../../../../../src/main/engine/gan/draws.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import { maskStep } from '../../../../../src/main/engine/gan/steps.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { createMaskDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { BaselineSynthesis } from '../../../../../src/main/engine/networks/generator-baseline.ts'
import { createGenerator, type Generator } from '../../../../../src/main/engine/networks/generator.ts'
import { firUpsample2 } from '../../../../../src/main/engine/resample.ts'
import { invariant } from '../../../../../src/shared/errors.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { type NetworkSettings, type TrainingSettings } from '../../../../../src/shared/training.ts'
import { RecordedGradients } from '../../../../support/recorded-gradients.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const quick = { ada: 'off', apa: true, flips: 'none', diffAugment: ['translation'] } as const

function settingsFor(network: Partial<NetworkSettings>): TrainingSettings {
  const maskCode = network.maskCode ?? 'gray'
  return tinyTraining({
    freeze: 'image',
    alignClassesUntil: 0,
    pathLength: { weight: 2, interval: 0, decay: 0.01, batchShare: 0.5 },
    augmentation: { ...quick, diffAugment: [...quick.diffAugment] },
    network: tinyNetwork({ discriminators: 'separate', maskCode, ...network })
  })
}

/** Samples of an averaged generator: [N, R, R, P], values by plane. */
function planesOf(generator: Generator, settings: TrainingSettings): number[][] {
  return tf.tidy(() => {
    const inputs = drawGeneratorInputs(new RandomStream(3), { ...settings, styleMixing: 0 }, 4)
    const truncation = { psi: 0.7 }
    const { samples } = generator.forward({ ...inputs, truncation })
    return tf.split(samples, samples.shape[3], 3).map((plane) => [...plane.dataSync()])
  })
}

describe('where the image stays as it is', () => {
  test.each([
    ['a mask is learned on a model of images alone', 'stylegan2', 0, { maskBranch: 'alone', maskChannels: 1 }],
    ['a mask in tones is learned on one', 'stylegan2', 0, { maskBranch: 'alone', maskChannels: 4, maskCode: 'tones' }],
    ["a model's own mask learns on", 'stylegan2', 1, { maskBranch: 'beside', maskChannels: 1 }],
    ["a mask is learned on the paper's generator", 'paper', 0, { maskBranch: 'alone', maskChannels: 1 }],
    ["the mask of the paper's generator learns on", 'paper', 1, { maskBranch: 'beside', maskChannels: 1 }]
  ] as const)('%s, and every image to the bit', async (_, generator, maskChannels, changes) => {
    const base = tinyTraining({ network: tinyNetwork({ generator, maskChannels }) })
    const model = TrainingState.create(base)
    await runIteration(base, model, tinyBatch(base, 0)) // its running mean of w is no longer 0
    const before = planesOf(model.generatorEma, base)

    const settings = settingsFor({ generator, ...changes })
    const { state } = TrainingState.continueFrom(settings, await model.save())
    const begun = planesOf(state.generatorEma, settings)
    expect(begun[0]).toEqual(before[0])
    if (maskChannels === 1) expect(begun[1]).toEqual(before[1])
    const judge = [...state.discriminator.variables().values()].map((variable) => [...variable.dataSync()])

    for (; state.iteration < 3; state.iteration++)
      await runIteration(settings, state, tinyBatch(settings, state.iteration))
    const after = planesOf(state.generatorEma, settings)
    expect(planesOf(state.generator, settings)[0]).toEqual(before[0])
    expect(after[0]).toEqual(before[0])
    expect(after[1]).not.toEqual(begun[1])
    expect([...state.discriminator.variables().values()].map((variable) => [...variable.dataSync()])).toEqual(judge)
  })

  test('a run that is stopped and resumed is bit for bit the one that went through', async () => {
    const settings = settingsFor({ generator: 'stylegan2', maskBranch: 'beside' })
    const on = async (state: TrainingState, until: number) => {
      for (; state.iteration < until; state.iteration++)
        await runIteration(settings, state, tinyBatch(settings, state.iteration))
      return state.save()
    }
    const through = await on(TrainingState.create(settings), 4)
    const half = await on(TrainingState.create(settings), 2)
    expect(await on(TrainingState.restore(settings, half), 4)).toEqual(through)
    expect(Object.keys(through.tensors.optimizer)).toContain('generator.v.b8.extract.weight')
  })

  test("the step is that of the mask's loss, and reaches the mask's layers alone", () => {
    const { generator, settings } = generatorWithBranch('beside')
    const judge = createMaskDiscriminator(settings.network, new RandomStream(3))
    const branch = generator.synthesis.branch
    invariant(judge !== undefined && branch !== undefined, 'there is a mask to judge')
    const inputs = drawGeneratorInputs(new RandomStream(5), settings, 4)
    const optimizer = new RecordedGradients(branch)
    maskStep({ generator, maskDiscriminator: judge }, optimizer, { inputs, transform: (x) => x }, 2)
    const parameters = branch.parameters()
    const { grads } = tf.variableGrads(
      () => tf.mean(tf.softplus(tf.neg(judge.logits(judge.features(generator.forward(inputs).samples))))),
      [...parameters.values()]
    )
    expect([...optimizer.found.keys()].sort()).toEqual([...parameters.keys()].sort())
    for (const [name, parameter] of parameters) {
      const expected = grads[parameter.name]
      invariant(expected !== undefined, 'every layer of the mask is reached')
      expect(relative(optimizer.found.get(name) ?? [], [...expected.dataSync()]), name).toBeLessThan(1e-4)
    }
  })
})

describe('the layers of the mask', () => {
  test('are modulated convolutions and outputs, added up from block to block', () => {
    const { generator, settings } = generatorWithBranch('beside')
    const plain = createGenerator({ ...settings.network, maskBranch: 'none' }, new RandomStream(1))
    plain.copyFrom(generator)
    const inputs = { ...drawGeneratorInputs(new RandomStream(5), settings, 2), mixing: undefined }
    const { w, ws, samples } = generator.forward(inputs)
    const difference = tf.sub(samples, plain.forward(inputs).samples)

    const { synthesis } = plain
    invariant(synthesis instanceof BaselineSynthesis, 'it has blocks')
    let x: tf.Tensor4D | undefined
    let expected: tf.Tensor4D | undefined
    for (const [name, block] of synthesis.blocks) {
      x = block.forward(x, ws, inputs.noise)
      const added = byKernels(x, w, weightsOf(generator, name))
      expected = expected ? tf.add(firUpsample2(expected), added) : added
    }
    const [image, mask] = tf.split(difference, 2, 3).map((plane) => [...plane.dataSync()])
    expect(image?.every((value) => value === 0)).toBe(true)
    expect(relative(mask ?? [], [...(expected?.dataSync() ?? [])])).toBeLessThan(1e-4)
  })
})

/** A generator whose mask layers have a say already. */
function generatorWithBranch(maskBranch: 'beside' | 'alone') {
  const settings = settingsFor({ generator: 'stylegan2', maskBranch })
  const generator = createGenerator(settings.network, new RandomStream(1))
  const random = new RandomStream(2)
  for (const [name, parameter] of generator.synthesis.branch?.parameters() ?? []) {
    if (!/tomask\.weight|bias/.test(name)) continue
    parameter.assign(tf.add(parameter, tf.tensor(random.normals(parameter.size), parameter.shape)))
  }
  return { generator, settings }
}

type Weights = Readonly<Record<string, tf.Tensor>>

function weightsOf(generator: Generator, block: string): Weights {
  return Object.fromEntries(generator.synthesis.branch?.blocks.get(block)?.variables() ?? [])
}

/** A block of the mask's layers sample by sample, each with kernels of its own (Karras et al. 2020 §2.2). */
function byKernels(x: tf.Tensor4D, w: tf.Tensor2D, weights: Weights): tf.Tensor4D {
  const of = (name: string): tf.Tensor => {
    const found = weights[name]
    invariant(found !== undefined, `there is ${name}`)
    return found
  }
  const samples = tf.split(x, x.shape[0]).map((features, n) => {
    const latent = tf.slice(w, [n, 0], [1, -1])
    const styled = (layer: string) => {
      const [inputs = 1] = of(`${layer}.affine.weight`).shape
      const kernel = of(`${layer}.weight`)
      const scaled = tf.div(of(`${layer}.affine.weight`), Math.sqrt(inputs))
      const style = tf.add(tf.matMul(latent, scaled as tf.Tensor2D), of(`${layer}.affine.bias`))
      return tf.mul<tf.Tensor4D>(kernel, tf.reshape(style, [1, 1, kernel.shape[2] ?? 1, 1]))
    }
    const kernel = styled('extract')
    const norms = tf.sqrt(tf.add(tf.sum(tf.square(kernel), [0, 1, 2], true), 1e-8))
    const hidden = tf.add(
      tf.conv2d(features as tf.Tensor4D, tf.div<tf.Tensor4D>(kernel, norms), 1, 'same'),
      of('extract.bias')
    )
    const active = tf.mul<tf.Tensor4D>(tf.leakyRelu(hidden, 0.2), Math.SQRT2)
    const output = tf.div<tf.Tensor4D>(styled('tomask'), Math.sqrt(x.shape[3]))
    return tf.add<tf.Tensor4D>(tf.conv2d(active, output, 1, 'same'), of('tomask.bias'))
  })
  return tf.concat(samples)
}

/** ‖a − b‖/‖b‖ */
function relative(a: readonly number[], b: readonly number[]): number {
  const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
  return norm(a.map((value, i) => value - (b[i] ?? NaN))) / Math.max(1e-12, norm(b))
}
