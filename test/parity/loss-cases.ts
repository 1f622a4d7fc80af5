import * as tf from '@tensorflow/tfjs'
import { discriminatorLoss, generatorLoss } from '../../src/main/engine/losses/adversarial.ts'
import { d2dCrossEntropyTerms } from '../../src/main/engine/losses/d2d-cross-entropy.ts'
import { pathLengthPenalty, pathLengths } from '../../src/main/engine/losses/path-length.ts'
import { r1Penalty } from '../../src/main/engine/losses/r1-penalty.ts'
import { unitRows } from '../../src/main/engine/networks/layers.ts'
import { d2dSettings, loadDiscriminator, loadGenerator, optional, setting, transformOf } from './case-settings.ts'
import { type GoldenCase } from './golden-case.ts'
import { checkGradients, generatorInputs, gradientsOf } from './network-cases.ts'

export async function checkAdversarial(golden: GoldenCase): Promise<void> {
  const real = golden.vector('in.logit_real')
  const fake = golden.vector('in.logit_fake')
  await golden.check('out.loss_d', discriminatorLoss(real, fake))
  await golden.check('out.loss_g', generatorLoss(fake))
  const ofBoth = (...logits: tf.Tensor[]) => discriminatorLoss(...(logits as [tf.Tensor1D, tf.Tensor1D]))
  const [toReal, toFake] = tf.grads(ofBoth)([real, fake]) as [tf.Tensor, tf.Tensor]
  await golden.check('grad.loss_d.logit_real', toReal)
  await golden.check('grad.loss_d.logit_fake', toFake)
  const ofFake = (logits: tf.Tensor) => generatorLoss(logits as tf.Tensor1D)
  await golden.check('grad.loss_g.logit_fake', tf.grad(ofFake)(fake))
}

export async function checkD2dCrossEntropy(golden: GoldenCase): Promise<void> {
  const labels = golden.vector('in.labels')
  const rows = [golden.matrix('in.embed'), golden.matrix('in.proxy')]
  for (const formula of ['exact', 'studiogan'] as const) {
    const settings = { ...d2dSettings(golden), formula }
    const terms = (...raw: tf.Tensor[]) => {
      const [embedding, proxies] = raw.map((row) => unitRows(row as tf.Tensor2D)) as [tf.Tensor2D, tf.Tensor2D]
      return d2dCrossEntropyTerms(embedding, proxies, labels, settings)
    }
    await golden.check(`out.${formula}.per_anchor`, terms(...rows))
    await golden.check(`out.${formula}.loss`, tf.mean(terms(...rows)))
    const [embedding, proxies] = tf.grads((...raw) => tf.mean(terms(...raw)))(rows) as [tf.Tensor, tf.Tensor]
    await golden.check(`grad.${formula}.embed`, embedding)
    await golden.check(`grad.${formula}.proxy`, proxies)
  }
}

export async function checkR1(golden: GoldenCase): Promise<void> {
  const discriminator = loadDiscriminator(golden)
  const x = golden.images('in.x')
  const transform = transformOf(golden, 'in.aug.')
  const compute = () => r1Penalty(discriminator, x, setting(golden, 'gamma'), (samples) => transform(samples, 0))
  const { penalty, squaredNorms, gradient } = compute()
  await golden.check('out.logit', discriminator.logits(discriminator.features(transform(x, 0))))
  await golden.check('out.grad_x', gradient)
  await golden.check('out.sq_norm', squaredNorms)
  await golden.check('out.penalty', penalty)
  await checkGradients(
    golden,
    'grad.D.',
    gradientsOf(discriminator, () => compute().penalty)
  )
}

export async function checkPathLength(golden: GoldenCase): Promise<void> {
  const generator = loadGenerator(golden)
  const inputs = generatorInputs(golden, 'in.', optional(golden, 'mix_cut'))
  const y = golden.images('in.y')
  const options = {
    weight: setting(golden, 'weight'),
    decay: setting(golden, 'decay'),
    mean: golden.tensor('in.pl_mean')
  }
  const compute = () => pathLengthPenalty(pathLengths(generator, inputs, y), options)
  const { penalty, lengths, mean } = compute()
  await golden.check('out.lengths', lengths)
  await golden.check('out.pl_mean', mean)
  await golden.check('out.penalty', penalty)
  await checkGradients(
    golden,
    'grad.G.',
    gradientsOf(generator, () => compute().penalty)
  )
}
