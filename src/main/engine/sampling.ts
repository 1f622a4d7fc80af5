import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { RandomStream } from '../../shared/random.ts'
import { type Generator, type StyleInputs } from './networks/generator.ts'
import { noiseLayers, type NoiseMaps } from './networks/noise.ts'
import { sampleChannels } from './networks/synthesis-block.ts'

export interface SamplingOptions {
  /** The class of each picture; as many pictures are made. */
  readonly labels: Int32Array
  readonly seed: number
  /** The number of the first picture within its set; the others follow. */
  readonly firstIndex: number
  readonly truncation?: StyleInputs['truncation']
  /** Pictures made at once. */
  readonly batch: number
  /** Called after each batch; what it throws ends the work. */
  readonly afterBatch?: (() => Promise<void>) | undefined
}

/**
 * Makes pictures with their masks: [labels.length, R, R, P] in C order, the image planes first, values about [−1, 1].
 * Picture i of a set depends on seed, i and its class alone: not on the batch, nor on what is made before it.
 */
export async function sampleGenerator(generator: Generator, options: SamplingOptions): Promise<Float32Array> {
  const { labels, batch } = options
  const { settings } = generator
  invariant(batch > 0, 'a batch holds at least one picture')
  const pictureSize = settings.resolution ** 2 * sampleChannels(settings)
  const pictures = new Float32Array(labels.length * pictureSize)
  for (let first = 0; first < labels.length; first += batch) {
    const made = tf.tidy(() => generator.forward(drawInputs(generator, options, first)).samples)
    const values = await made.data()
    made.dispose()
    // The last batch is filled up, so that all batches take the same way through the engine.
    pictures.set(values.subarray(0, pictures.length - first * pictureSize), first * pictureSize)
    await options.afterBatch?.()
  }
  return pictures
}

function drawInputs({ settings }: Generator, options: SamplingOptions, first: number) {
  const { labels, seed, firstIndex, truncation, batch } = options
  const { zDim, resolution } = settings
  const layers = noiseLayers(resolution)
  const z = new Float32Array(batch * zDim)
  const maps = layers.map(({ size }) => new Float32Array(batch * size * size))
  for (let i = 0; i < batch; i++) {
    const random = new RandomStream(seed, 'picture', firstIndex + first + i)
    z.set(random.normals(zDim), i * zDim)
    for (const [layer, { size }] of layers.entries()) maps[layer]?.set(random.normals(size * size), i * size * size)
  }

  const noise: NoiseMaps = Object.fromEntries(
    layers.map(({ name, size }, layer) => [name, tf.tensor4d(maps[layer] ?? [], [batch, size, size, 1])])
  )
  const classes = Array.from({ length: batch }, (_, i) => labels[first + i] ?? 0)
  return { z: tf.tensor2d(z, [batch, zDim]), labels: tf.tensor1d(classes, 'int32'), truncation, noise }
}
