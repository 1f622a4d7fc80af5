import * as tf from '@tensorflow/tfjs'
import { d2dCrossEntropy } from '../../src/main/engine/losses/d2d-cross-entropy.ts'
import { type GeneratorInputs } from '../../src/main/engine/networks/generator.ts'
import { type Module } from '../../src/main/engine/networks/module.ts'
import { d2dSettings, loadDiscriminator, loadGenerator, optional } from './case-settings.ts'
import { type GoldenCase } from './golden-case.ts'

export async function checkGenerator(golden: GoldenCase): Promise<void> {
  const generator = loadGenerator(golden)
  const { imageChannels } = generator.settings
  const psi = optional(golden, 'psi') ?? 1
  const cutoff = optional(golden, 'cutoff')
  const inputs = { ...generatorInputs(golden, 'in.', optional(golden, 'mix_cut')), truncation: { psi, cutoff } }

  const { w, ws, samples } = generator.forward(inputs)
  await golden.check('out.w', w)
  await golden.check('out.ws', tf.stack([...ws], 1))
  await golden.check('out.image', tf.slice(samples, [0, 0, 0, 0], [-1, -1, -1, imageChannels]))
  await golden.check('out.mask', tf.slice(samples, [0, 0, 0, imageChannels], [-1, -1, -1, -1]))

  const cotangent = golden.tensor('in.cotangent')
  const gradients = gradientsOf(generator, () => tf.mean(tf.mul(generator.forward(inputs).samples, cotangent)))
  await checkGradients(golden, 'grad.G.', gradients)
}

export async function checkDiscriminator(golden: GoldenCase): Promise<void> {
  const discriminator = loadDiscriminator(golden)
  const x = golden.images('in.x')
  const labels = golden.vector('in.labels')
  const settings = d2dSettings(golden)

  const h = discriminator.features(x)
  const embedding = discriminator.embedding(h)
  const proxies = discriminator.proxies(labels)
  for (const formula of ['studiogan', 'exact'] as const) {
    await golden.check(`out.d2dce_${formula}`, d2dCrossEntropy(embedding, proxies, labels, { ...settings, formula }))
  }
  const logits = (samples: tf.Tensor) => tf.sum(discriminator.logits(discriminator.features(samples as tf.Tensor4D))) // the samples are x
  await golden.check('grad.x_adv', tf.grad(logits)(x))
  const d2d = (samples: tf.Tensor) => {
    const features = discriminator.features(samples as tf.Tensor4D)
    return d2dCrossEntropy(discriminator.embedding(features), discriminator.proxies(labels), labels, settings)
  }
  await golden.check('grad.x_d2dce', tf.grad(d2d)(x))
  await golden.check('out.logit', discriminator.logits(h))
  await golden.check('out.h', h)
  await golden.check('out.embed', embedding)
  await golden.check('out.proxy', proxies)
}

/** The arrays that a batch of synthetic samples is made from; `step` picks one row of a trajectory's. */
export function generatorInputs(
  golden: GoldenCase,
  prefix: string,
  cut: number | undefined,
  step?: number,
  labels = `${prefix}labels`
): GeneratorInputs {
  const isMixed = cut !== undefined && cut >= 0
  return {
    z: golden.matrix(`${prefix}z`, step),
    labels: golden.vector(labels, step),
    mixing: isMixed ? { z2: golden.matrix(`${prefix}z2`, step), cut } : undefined,
    noise: golden.noise(prefix)
  }
}

/** The gradient of a scalar for each parameter that it depends on. */
export function gradientsOf(network: Module, compute: () => tf.Scalar): Map<string, tf.Tensor> {
  const parameters = network.parameters()
  const { grads, value } = tf.variableGrads(compute, [...parameters.values()])
  value.dispose()
  return new Map(
    [...parameters].flatMap(([name, { name: registered }]) => {
      const gradient = grads[registered]
      return gradient ? [[name, gradient] as const] : []
    })
  )
}

/** Compares gradients with every expected array that begins with `prefix`; one that is absent is 0. */
export async function checkGradients(
  golden: GoldenCase,
  prefix: string,
  gradients: ReadonlyMap<string, tf.Tensor>
): Promise<void> {
  for (const name of golden.namesUnder(prefix)) {
    const zeros = tf.zeros([golden.numbers(prefix + name).length])
    await golden.check(prefix + name, gradients.get(name) ?? zeros)
  }
}
