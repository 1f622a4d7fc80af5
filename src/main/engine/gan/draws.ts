import * as tf from '@tensorflow/tfjs'
import { drawGroupedClasses } from '../../../shared/class-groups.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type GeneratorInputs } from '../networks/generator.ts'
import { drawNoise } from '../networks/noise.ts'
import { styleSlots } from '../networks/synthesis-block.ts'

/**
 * What a batch of synthetic samples is made from: normal latents, classes with equal chances (`classDraw`), noise, and with the
 * given probability a second latent from a random slot on, one decision for the whole batch.
 */
export function drawGeneratorInputs(
  random: RandomStream,
  settings: TrainingSettings,
  count: number
): GeneratorInputs & { readonly classes: Int32Array } {
  const { resolution, zDim } = settings.network
  const latents = () => tf.tensor2d(random.normals(count * zDim), [count, zDim])
  const z = latents()
  const classes = Int32Array.from(drawClasses(random, settings, count))
  const isMixed = random.uniform() < settings.styleMixing
  const mixing = isMixed ? { z2: latents(), cut: 1 + random.integer(styleSlots(settings.network) - 1) } : undefined
  return { z, labels: tf.tensor1d(classes, 'int32'), classes, mixing, noise: drawNoise(random, resolution, count) }
}

function drawClasses(random: RandomStream, { classDraw, network }: TrainingSettings, count: number): number[] {
  if (classDraw === 'grouped') return drawGroupedClasses(random, network.classes, count, network.minibatchStdGroup)
  return Array.from({ length: count }, () => random.integer(network.classes))
}

/** The random direction of the path-length penalty, standard normal [N, R, R, P]. */
export function drawDirection(random: RandomStream, settings: TrainingSettings, count: number): tf.Tensor4D {
  const { resolution, imageChannels, maskChannels } = settings.network
  const shape: [number, number, number, number] = [count, resolution, resolution, imageChannels + maskChannels]
  return tf.tensor4d(random.normals(tf.util.sizeFromShape(shape)), shape)
}
