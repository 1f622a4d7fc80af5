import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { imagePlanes, mixPlanes, perSample, sampleMeans, translate } from './planes.ts'

/** The three parts of DiffAugment's policy (Zhao et al. 2020). */
export type DiffAugmentPart = 'color' | 'translation' | 'cutout'

/** What was drawn for each of N samples; a part that is absent is not applied. */
export interface DiffAugmentParameters {
  readonly color?: {
    /** [N], uniform in [0, 1): ½ leaves the sample as it is. The same holds for the other two. */
    readonly brightness: Float32Array
    readonly saturation: Float32Array
    readonly contrast: Float32Array
  }
  /** [N, 2]: the result at (row, column) is the sample at (row + shift₀, column + shift₁), in pixels. */
  readonly shift?: Int32Array
  /** [N, 2]: row and column of the centre of the box that is set to 0. */
  readonly cut?: Int32Array
}

const translationRatio = 0.125
const cutoutRatio = 0.5

/**
 * Draws the parameters of `count` square samples of `size` pixels. The numbers drawn for one part do not depend on
 * which later parts the policy holds.
 */
export function drawDiffAugment(
  random: RandomStream,
  count: number,
  size: number,
  policy: readonly DiffAugmentPart[]
): DiffAugmentParameters {
  const uniforms = () => Float32Array.from({ length: count }, () => random.uniform())
  const pairs = (draw: () => number) => Int32Array.from({ length: 2 * count }, draw)
  const furthest = roundedShare(translationRatio, size)
  const offsets = size + 1 - (roundedShare(cutoutRatio, size) % 2) // an even box may be centred on the far edge too
  return {
    ...(policy.includes('color') && {
      color: { brightness: uniforms(), saturation: uniforms(), contrast: uniforms() }
    }),
    ...(policy.includes('translation') && { shift: pairs(() => random.integer(2 * furthest + 1) - furthest) }),
    ...(policy.includes('cutout') && { cut: pairs(() => random.integer(offsets)) })
  }
}

/**
 * Applies brightness, saturation, contrast, translation and cutout, in this order (docs/method.md §6.1).
 *
 * Colour changes the image planes alone, so that the gray levels of a mask keep their meaning; the geometry moves image
 * and mask together. Vacated and cut pixels become 0. Differentiable to any order in x.
 *
 * @param x samples [N, H, W, P] in [-1, 1], image planes first
 * @param imageChannels how many leading planes take the colour changes
 * @returns [N, H, W, P], the caller's to dispose
 */
export function applyDiffAugment(
  x: tf.Tensor4D,
  parameters: DiffAugmentParameters,
  imageChannels: number
): tf.Tensor4D {
  const { color, shift, cut } = parameters
  return tf.tidy(() => {
    let y = x.clone()
    if (color !== undefined) y = changeColor(y, color, imageChannels)
    if (shift !== undefined) y = translate(y, shift)
    if (cut !== undefined) y = tf.mul(y, keptByCutout(cut, y.shape))
    return y
  })
}

/**
 * The three colour changes in one. Let m be the mean over image planes of a pixel, M that of the whole sample, both of
 * x, and s = 2·saturation, c = contrast + ½. Neither brightness nor saturation moves m away from M, so the changes come
 * to c·s·x + c·(1 − s)·m + (1 − c)·M + brightness − ½. With one image plane x = m, and saturation drops out.
 */
function changeColor(
  x: tf.Tensor4D,
  color: NonNullable<DiffAugmentParameters['color']>,
  imageChannels: number
): tf.Tensor4D {
  invariant(color.contrast.length === x.shape[0], 'one set of parameters for each sample')
  const planes = imagePlanes(x.shape[3], imageChannels)
  const contrast = perSample(color.contrast.map((u) => u + 0.5))
  const brightness = perSample(color.brightness.map((u) => u - 0.5))
  const saturation = imageChannels === 1 ? tf.scalar(1) : perSample(color.saturation.map((u) => 2 * u))

  // Mask planes get the factor 1 and the offset 0.
  const own = tf.mul(contrast, saturation)
  const factor = tf.add(1, tf.mul(planes, tf.sub(own, 1))) // [N, 1, 1, P]
  const level = tf.add(tf.mul(sampleMeans(x, imageChannels), tf.sub(1, contrast)), brightness)
  const offset = tf.mul(planes, level) // [N, 1, 1, P]
  const changed = tf.add<tf.Tensor4D>(tf.mul(x, factor), offset)
  if (imageChannels === 1) return changed

  const averaging = tf.div<tf.Tensor2D>(tf.outerProduct(planes, planes), imageChannels)
  return tf.add(changed, tf.mul(mixPlanes(x, averaging), tf.sub(contrast, own)))
}

/** 0 in each sample's box and 1 elsewhere, [N, H, W, 1]. */
function keptByCutout(cut: Int32Array, [count, height, width]: tf.Tensor4D['shape']): tf.Tensor4D {
  const kept = new Float32Array(count * height * width).fill(1)
  for (let n = 0; n < count; n++) {
    const rows = boxRange(cut[2 * n] ?? 0, height)
    const columns = boxRange(cut[2 * n + 1] ?? 0, width)
    for (let row = rows.from; row < rows.to; row++) {
      const start = (n * height + row) * width
      kept.fill(0, start + columns.from, start + columns.to)
    }
  }
  return tf.tensor4d(kept, [count, height, width, 1])
}

/** A box that hangs over the border covers what it reaches, and always at least the border row itself. */
function boxRange(center: number, size: number): { from: number; to: number } {
  const box = roundedShare(cutoutRatio, size)
  const first = center - Math.floor(box / 2)
  const clamp = (position: number) => Math.min(Math.max(position, 0), size - 1)
  return { from: clamp(first), to: clamp(first + box - 1) + 1 }
}

function roundedShare(ratio: number, size: number): number {
  return Math.floor(ratio * size + 0.5)
}
