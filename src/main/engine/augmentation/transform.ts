import type * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { drawAda } from './ada-parameters.ts'
import { applyAda } from './ada.ts'
import { applyDiffAugment, drawDiffAugment } from './diff-augment.ts'
import { addMaskNoise, drawMaskNoise } from './mask-noise.ts'

/**
 * What happens to samples between their source and the discriminator: [n, R, R, P] → [n, R, R, P].
 *
 * @param first the place of the first of these samples in their batch
 */
export type Transform = (x: tf.Tensor4D, first: number) => tf.Tensor4D

/**
 * Draws the augmentation of one batch: ADA with its present strength, then DiffAugment (docs/method.md §6.0), then
 * noise on the mask. Image and mask get the same draw of the first two; colour changes the image alone.
 *
 * @param stream random numbers by purpose
 * @param strength p of ADA, 0…1
 */
export function drawTransform(
  { augmentation: { ada, diffAugment, maskNoise }, network }: TrainingSettings,
  stream: (purpose: string) => RandomStream,
  purpose: string,
  count: number,
  strength: number
): Transform {
  const { resolution, imageChannels, maskChannels } = network
  const stages: Transform[] = []
  if (ada !== 'off' && strength > 0) {
    const drawn = drawAda(stream(`${purpose}, adaptive`), count, [resolution, resolution], strength)
    stages.push((x, first) => applyAda(x, ofSamples(drawn, first, x.shape[0], count), imageChannels, ada))
  }
  if (diffAugment.length > 0) {
    const drawn = drawDiffAugment(stream(purpose), count, resolution, diffAugment)
    stages.push((x, first) => applyDiffAugment(x, ofSamples(drawn, first, x.shape[0], count), imageChannels))
  }
  if (maskNoise > 0 && maskChannels > 0) {
    const size = resolution ** 2 * maskChannels
    const drawn = drawMaskNoise(stream(`${purpose}, mask noise`), count, size, maskNoise)
    stages.push((x, first) => addMaskNoise(x, ofSamples(drawn, first, x.shape[0], count), imageChannels))
  }
  return (x, first) => stages.reduce((y, stage) => stage(y, first), x)
}

/** The parameters of some samples, from arrays that hold as many numbers for each of `count` samples. */
function ofSamples<T extends object>(parameters: T, first: number, size: number, count: number): T {
  const taken = Object.entries(parameters).map(([name, value]: [string, object]) => {
    if (!(value instanceof Float32Array || value instanceof Int32Array)) {
      return [name, ofSamples(value, first, size, count)]
    }
    const each = value.length / count
    return [name, value.subarray(first * each, (first + size) * each)]
  })
  return Object.fromEntries(taken) as T // the same names, with arrays of the same kinds
}
