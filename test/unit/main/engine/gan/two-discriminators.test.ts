import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { type Gradients, type Optimizer } from '../../../../../src/main/engine/common/adam.ts'
import { drawGeneratorInputs } from '../../../../../src/main/engine/gan/draws.ts'
import { generatorStep } from '../../../../../src/main/engine/gan/steps.ts'
import { createDiscriminator, createMaskDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'
import { invariant } from '../../../../../src/shared/errors.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const count = 4
const settings = tinyTraining({
  batch: count,
  network: tinyNetwork({ generator: 'stylegan2', discriminators: 'separate', classes: 1 }),
  d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' }
})
const generator = createGenerator(settings.network, new RandomStream(1, 'generator'))
const discriminator = createDiscriminator(settings.network, new RandomStream(2, 'discriminator'))
const second = createMaskDiscriminator(settings.network, new RandomStream(3, 'mask discriminator'))
invariant(second !== undefined, 'there are two discriminators')
const maskDiscriminator = second

describe('with separate discriminators', () => {
  test('the first sees the image alone, the second image and mask, with half of the channels', () => {
    const { samples } = tinyBatch(settings, 0)
    const real = tf.tensor4d(samples, [count, 8, 8, 2])
    const otherMasks = tf.add<tf.Tensor4D>(real, tf.tensor4d([0, 1], [1, 1, 1, 2]))
    const otherImages = tf.add<tf.Tensor4D>(real, tf.tensor4d([1, 0], [1, 1, 1, 2]))
    const change = (judge: typeof maskDiscriminator, others: tf.Tensor4D) =>
      Number(tf.max(tf.abs(tf.sub(judge.features(real), judge.features(others)))).arraySync())
    expect(change(discriminator, otherMasks)).toBe(0)
    expect(change(discriminator, otherImages)).toBeGreaterThan(0.01)
    expect(change(maskDiscriminator, otherMasks)).toBeGreaterThan(0.01)
    expect(change(maskDiscriminator, otherImages)).toBeGreaterThan(0.01)
    expect(maskDiscriminator.channels).toBe(discriminator.channels / 2)
  })

  test('there is no second one where no mask is made, or where one judges both', () => {
    const of = (changes: Parameters<typeof tinyNetwork>[0]) =>
      createMaskDiscriminator(tinyNetwork(changes), new RandomStream(1))
    expect(of({ discriminators: 'separate', maskChannels: 0 })).toBeUndefined()
    expect(of({ discriminators: 'joint' })).toBeUndefined()
  })

  test('the step of the generator is that of both losses, where the image beside the mask is a constant', () => {
    const inputs = drawGeneratorInputs(new RandomStream(5), settings, count)
    const recorder = new Recorder()
    generatorStep({ generator, discriminator, maskDiscriminator }, recorder, { inputs, transform: (x) => x }, settings)
    const image = tf.keep(tf.slice(generator.forward(inputs).samples, [0, 0, 0, 0], [-1, -1, -1, 1]))
    const { grads } = tf.variableGrads(() => {
      const { samples } = generator.forward(inputs)
      const [own, mask] = tf.split(samples, 2, 3) as [tf.Tensor4D, tf.Tensor4D]
      const seen = discriminator.logits(discriminator.features(tf.concat([own, tf.zerosLike(mask)], 3)))
      const beside = maskDiscriminator.logits(maskDiscriminator.features(tf.concat([image, mask], 3)))
      return tf.add<tf.Scalar>(tf.mean(tf.softplus(tf.neg(seen))), tf.mean(tf.softplus(tf.neg(beside))))
    }, [...generator.parameters().values()])
    for (const [name, parameter] of generator.parameters()) {
      const expected = grads[parameter.name]
      const found = recorder.gradients.get(name)
      expect(relative(found, expected), name).toBeLessThan(1e-4)
    }
  })
})

/** Takes gradients and leaves the parameters as they are. */
class Recorder implements Optimizer {
  readonly parameters = generator.vector
  gradients = new Map<string, tf.Tensor>()

  apply(gradients: Gradients): void {
    this.gradients = new Map([...gradients].map(([name, gradient]) => [name, tf.keep(tf.clone(gradient))]))
  }
}

/** ‖a − b‖/‖b‖ */
function relative(a: tf.Tensor | undefined, b: tf.Tensor | undefined): number {
  if (a === undefined || b === undefined) return NaN
  return Number(tf.norm(tf.sub(a, b)).arraySync()) / Math.max(1e-12, Number(tf.norm(b).arraySync()))
}
