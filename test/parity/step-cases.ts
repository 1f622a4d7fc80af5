import * as tf from '@tensorflow/tfjs'
import { Adam, type Gradients, type Optimizer } from '../../src/main/engine/common/adam.ts'
import { emaDecay, updateEma } from '../../src/main/engine/common/ema.ts'
import {
  discriminatorStep,
  generatorStep,
  pathLengthStep,
  r1Step,
  synthesizeFakes
} from '../../src/main/engine/gan/steps.ts'
import {
  adamSettings,
  loadDiscriminator,
  loadGenerator,
  lossSettings,
  optional,
  setting,
  transformOf
} from './case-settings.ts'
import { type GoldenCase } from './golden-case.ts'
import { checkGradients, generatorInputs } from './network-cases.ts'

export async function checkGeneratorStep(golden: GoldenCase): Promise<void> {
  const generator = loadGenerator(golden)
  const average = loadGenerator(golden, 'E.')
  const discriminator = loadDiscriminator(golden)
  const interval = setting(golden, 'pl_interval')
  const optimizer = new RecordingAdam(new Adam(generator, setting(golden, 'lr'), adamSettings(golden), interval))

  const inputs = generatorInputs(golden, 'in.', optional(golden, 'mix_cut'))
  const networks = { generator, discriminator }
  const transform = transformOf(golden, 'in.aug.')
  const losses = generatorStep(networks, optimizer, { inputs, transform }, lossSettings(golden))
  await golden.check('out.loss_adv', losses.adversarial)
  await golden.check('out.loss_d2dce', losses.d2d)
  await golden.check('out.loss_total', losses.total)
  await golden.check('out.logit', losses.logits)
  await checkGradients(golden, 'grad.main.G.', optimizer.gradients)

  const pathInputs = generatorInputs(golden, 'in.pl.', optional(golden, 'pl_mix_cut'))
  const y = golden.images('in.pl.y')
  const { penalty, lengths, mean } = pathLengthStep(
    generator,
    optimizer,
    { inputs: pathInputs, y },
    {
      weight: setting(golden, 'pl_weight'),
      decay: setting(golden, 'pl_decay'),
      mean: golden.tensor('in.pl_mean'),
      interval
    }
  )
  await golden.check('out.pl_lengths', lengths)
  await golden.check('out.pl_mean', mean)
  await golden.check('out.pl_penalty', penalty)
  await checkGradients(golden, 'grad.reg.G.', optimizer.gradients)

  const ema = { halfLifeKimg: setting(golden, 'ema_half_life_kimg'), rampUp: 0 }
  updateEma(average, generator, emaDecay(ema, setting(golden, 'batch'), 0))
  await golden.checkNetwork(generator, 'out.G.')
  await golden.checkNetwork(average, 'out.E.')
  optimizer.dispose()
}

export async function checkDiscriminatorStep(golden: GoldenCase): Promise<void> {
  const generator = loadGenerator(golden)
  const discriminator = loadDiscriminator(golden)
  const interval = setting(golden, 'r1_interval')
  const optimizer = new RecordingAdam(new Adam(discriminator, setting(golden, 'lr'), adamSettings(golden), interval))

  const samples = golden.images('in.x')
  const fakeInputs = generatorInputs(golden, 'in.', optional(golden, 'mix_cut'), undefined, 'in.fake_labels')
  const batch = {
    samples,
    labels: golden.vector('in.labels'),
    fakes: synthesizeFakes(generator, fakeInputs, setting(golden, 'w_avg_beta')),
    transformReal: transformOf(golden, 'in.aug_real.'),
    transformFake: transformOf(golden, 'in.aug_fake.')
  }
  const losses = discriminatorStep(discriminator, optimizer, batch, lossSettings(golden))
  await golden.check('out.loss_adv', losses.adversarial)
  await golden.check('out.loss_d2dce', losses.d2d)
  await golden.check('out.loss_total', losses.total)
  await golden.check('out.logit_real', losses.realLogits)
  await golden.check('out.logit_fake', losses.fakeLogits)
  await golden.check('out.w_avg', tf.clone(generator.mapping.wAvg))
  await checkGradients(golden, 'grad.main.D.', optimizer.gradients)

  const real = { samples, transform: transformOf(golden, 'in.aug_r1.') }
  const { penalty, squaredNorms } = r1Step(discriminator, optimizer, real, {
    gamma: setting(golden, 'r1_gamma'),
    interval
  })
  await golden.check('out.r1_penalty', penalty)
  await golden.check('out.r1_sq_norm', squaredNorms)
  await checkGradients(golden, 'grad.reg.D.', optimizer.gradients)
  await golden.checkNetwork(discriminator, 'out.D.')
  optimizer.dispose()
}

/** Adam that keeps the gradients of its latest step. */
class RecordingAdam implements Optimizer {
  readonly #adam: Adam
  gradients = new Map<string, tf.Tensor>()

  constructor(adam: Adam) {
    this.#adam = adam
  }

  get parameters() {
    return this.#adam.parameters
  }

  apply(gradients: Gradients): void {
    for (const tensor of this.gradients.values()) tensor.dispose()
    this.gradients = new Map([...gradients].map(([name, gradient]) => [name, tf.keep(tf.clone(gradient))]))
    this.#adam.apply(gradients)
  }

  dispose(): void {
    for (const tensor of this.gradients.values()) tensor.dispose()
    this.#adam.dispose()
  }
}
