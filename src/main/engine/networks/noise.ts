import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'

/** Noise of each synthesis layer, [N, r, r, 1], under the layer's name: `b8.conv0`. */
export type NoiseMaps = Readonly<Record<string, tf.Tensor4D>>

/** The layers that take noise, from the smallest: block 4 has conv1 only. */
export function noiseLayers(resolution: number): { name: string; size: number }[] {
  return resolutionsUpTo(resolution).flatMap((size) =>
    (size === 4 ? ['conv1'] : ['conv0', 'conv1']).map((layer) => ({ name: `b${size}.${layer}`, size }))
  )
}

/** Standard normal noise for a batch, drawn layer by layer from the smallest. */
export function drawNoise(random: RandomStream, resolution: number, samples: number): NoiseMaps {
  return Object.fromEntries(
    noiseLayers(resolution).map(({ name, size }) => [
      name,
      tf.tensor4d(random.normals(samples * size * size), [samples, size, size, 1])
    ])
  )
}

/** 4, 8, 16 … resolution */
export function resolutionsUpTo(resolution: number): number[] {
  const sizes = []
  for (let size = 4; size <= resolution; size *= 2) sizes.push(size)
  return sizes
}
