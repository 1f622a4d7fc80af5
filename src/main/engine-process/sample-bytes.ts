/** Samples [R, R, image planes + mask planes] with values about −1…1, as bytes: the way back from x/127.5 − 1. */
import { type NetworkSettings } from '../../shared/training.ts'
import { tonesAsGrays } from '../masks/mask-code.ts'

type Planes = Pick<NetworkSettings, 'imageChannels' | 'maskChannels'>

/** Image planes, interleaved, clamped and truncated as in the reference (docs/method.md §1.5). */
export function imageBytes(sample: Float32Array, { imageChannels, maskChannels }: Planes): Uint8Array {
  const planes = imageChannels + maskChannels
  const pixels = sample.length / planes
  const bytes = new Uint8Array(pixels * imageChannels)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let plane = 0; plane < imageChannels; plane++) {
      const value = 127.5 * (sample[pixel * planes + plane] ?? 0) + 128
      bytes[pixel * imageChannels + plane] = Math.max(0, Math.min(255, Math.floor(value)))
    }
  }
  return bytes
}

/**
 * The mask as gray values. Those of a gray plane are not rounded, since the decoder reads between levels; of tone planes
 * each pixel gets the gray of its largest.
 */
export function maskGrays(
  sample: Float32Array,
  { imageChannels, maskChannels, maskCode }: Planes & Pick<NetworkSettings, 'maskCode'>
): Float32Array | Uint8Array {
  const planes = maskPlanes(sample, { imageChannels, maskChannels })
  if (maskCode === 'tones') return tonesAsGrays(planes, maskChannels)
  return planes.map((value) => Math.max(0, Math.min(255, 127.5 * (value + 1))))
}

/** The planes of the mask alone, those of a pixel one after the other. */
export function maskPlanes(sample: Float32Array, { imageChannels, maskChannels }: Planes): Float32Array {
  const planes = imageChannels + maskChannels
  const mask = new Float32Array((sample.length / planes) * maskChannels)
  for (let from = imageChannels, to = 0; to < mask.length; from += planes, to += maskChannels) {
    for (let plane = 0; plane < maskChannels; plane++) mask[to + plane] = sample[from + plane] ?? 0
  }
  return mask
}
