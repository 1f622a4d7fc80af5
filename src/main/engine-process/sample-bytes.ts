/** Samples [R, R, image planes + mask plane] with values about −1…1, as bytes: the way back from x/127.5 − 1. */

/** Image planes, interleaved, clamped and truncated as in the reference (docs/method.md §1.5). */
export function imageBytes(sample: Float32Array, imageChannels: 1 | 3, maskChannels: 0 | 1 = 1): Uint8Array {
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

/** The mask plane as gray values; not rounded, since the decoder reads between levels. */
export function grayBytes(sample: Float32Array, imageChannels: 1 | 3): Float32Array {
  const planes = imageChannels + 1
  return Float32Array.from({ length: sample.length / planes }, (_, pixel) =>
    Math.max(0, Math.min(255, 127.5 * ((sample[pixel * planes + imageChannels] ?? 0) + 1)))
  )
}
