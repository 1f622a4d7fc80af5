import type * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { RandomStream } from '../../src/shared/random.ts'
import { NetworkSettings, type TrainingSettings } from '../../src/shared/training.ts'
import { applyAda } from '../../src/main/engine/augmentation/ada.ts'
import { type LossSettings } from '../../src/main/engine/gan/steps.ts'
import { applyDiffAugment } from '../../src/main/engine/augmentation/diff-augment.ts'
import { createDiscriminator, type ConditionalDiscriminator } from '../../src/main/engine/networks/discriminator.ts'
import { createGenerator, type Generator } from '../../src/main/engine/networks/generator.ts'
import { type Transform } from '../../src/main/engine/augmentation/transform.ts'
import { adaParameters, diffAugmentParameters } from './augmentation-parameters.ts'
import { type GoldenCase } from './golden-case.ts'

const GeneratorConfig = z.object({
  arch: z.enum(['modified', 'baseline']),
  resolution: z.int(),
  image_channels: z.int(),
  mask_channels: z.int(),
  num_classes: z.int(),
  z_dim: z.int(),
  w_dim: z.int(),
  mapping_layers: z.int(),
  channel_base: z.int(),
  channel_max: z.int()
})

const DiscriminatorConfig = z.object({
  resolution: z.int(),
  input_channels: z.int(),
  num_classes: z.int(),
  embed_dim: z.int(),
  channel_base: z.int(),
  channel_max: z.int(),
  mbstd_group: z.int()
})

/** The generator of a case with its weights; the golden cases pad the merge convolutions with zeros. */
export function loadGenerator(golden: GoldenCase, prefix = 'G.'): Generator {
  const config = GeneratorConfig.parse(golden.config['generator'])
  const settings = NetworkSettings.parse({
    generator: config.arch === 'modified' ? 'paper' : 'stylegan2',
    resolution: config.resolution,
    imageChannels: config.image_channels,
    maskChannels: config.mask_channels,
    classes: config.num_classes,
    zDim: config.z_dim,
    wDim: config.w_dim,
    mappingLayers: config.mapping_layers,
    channelBase: config.channel_base,
    channelMax: config.channel_max,
    mergePadding: 'zeros',
    embedDim: 1, // the discriminator's
    minibatchStdGroup: 1
  })
  const generator = createGenerator(settings, new RandomStream(0))
  golden.fill(generator, prefix)
  return generator
}

export function loadDiscriminator(golden: GoldenCase): ConditionalDiscriminator {
  const config = DiscriminatorConfig.parse(golden.config['discriminator'])
  const maskChannels = config.input_channels % 2 === 0 ? 1 : 0 // one or three image planes, and perhaps a mask
  const settings = NetworkSettings.parse({
    generator: 'paper',
    resolution: config.resolution,
    imageChannels: config.input_channels - maskChannels,
    maskChannels,
    classes: config.num_classes,
    zDim: 1, // the generator's, as the next two
    wDim: 1,
    mappingLayers: 1,
    channelBase: config.channel_base,
    channelMax: config.channel_max,
    mergePadding: 'zeros',
    embedDim: config.embed_dim,
    minibatchStdGroup: config.mbstd_group
  })
  const discriminator = createDiscriminator(settings, new RandomStream(0))
  golden.fill(discriminator, 'D.')
  return discriminator
}

const D2dConfig = z.object({
  cond_lambda: z.number().default(1),
  d2dce_variant: z.enum(['studiogan', 'exact']).default('studiogan'),
  m_p: z.number(),
  tau: z.number()
})

export function d2dSettings(golden: GoldenCase): TrainingSettings['d2dCrossEntropy'] {
  const { cond_lambda, d2dce_variant, m_p, tau } = D2dConfig.parse(golden.config)
  return { weight: cond_lambda, positiveMargin: m_p, temperature: tau, formula: d2dce_variant }
}

/** The losses of the main steps. */
export function lossSettings(golden: GoldenCase): LossSettings {
  return { d2dCrossEntropy: d2dSettings(golden) }
}

const AdamConfig = z.object({ adam_beta1: z.number(), adam_beta2: z.number(), adam_eps: z.number() })

export function adamSettings(golden: GoldenCase): TrainingSettings['adam'] {
  const { adam_beta1, adam_beta2, adam_eps } = AdamConfig.parse(golden.config)
  return { beta1: adam_beta1, beta2: adam_beta2, epsilon: adam_eps }
}

/** A number of the case's configuration. */
export function setting(golden: GoldenCase, name: string): number {
  return z.number().parse(golden.config[name])
}

/** A number that the configuration may leave open with null. */
export function optional(golden: GoldenCase, name: string): number | undefined {
  return z.number().nullish().parse(golden.config[name]) ?? undefined
}

/** The augmentation between samples and discriminator, with the parameters of the arrays that begin with `prefix`. */
export function transformOf(golden: GoldenCase, prefix: string): Transform {
  const name = z.enum(['diffaugment', 'ada']).nullish().parse(golden.config['transform'])
  const imageChannels = (x: tf.Tensor4D) => optional(golden, 'image_channels') ?? x.shape[3]
  switch (name) {
    case undefined:
    case null:
      return (x) => x
    case 'diffaugment':
      return (x) => applyDiffAugment(x, diffAugmentParameters(golden, prefix), imageChannels(x))
    case 'ada':
      return (x) => applyAda(x, adaParameters(golden, prefix), imageChannels(x))
  }
}
