import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'
import { Dense, normalizeSecondMoment } from './layers.ts'
import { Module, untrained } from './module.ts'

/** The layers that turn the latent into w learn a hundred times slower than the rest (Karras et al. 2019). */
const mappingLearningRate = 0.01

export interface MappingSettings {
  readonly classes: number
  readonly zDim: number
  readonly wDim: number
  readonly mappingLayers: number
}

/** Latent z and class become the intermediate latent w; the class enters G here alone (docs/method.md §1.2). */
export class MappingNetwork extends Module {
  readonly embed: Dense
  readonly layers: Map<string, Dense>
  /** Running mean of w over training, the centre of truncation. */
  readonly wAvg: tf.Variable<tf.Rank.R1>

  constructor({ classes, zDim, wDim, mappingLayers }: MappingSettings, random: RandomStream) {
    super()
    this.embed = new Dense(classes, wDim, random)
    this.layers = new Map()
    for (let i = 0; i < mappingLayers; i++) {
      const inputs = i === 0 ? zDim + wDim : wDim
      this.layers.set(`fc${i}`, new Dense(inputs, wDim, random, { learningRate: mappingLearningRate }))
    }
    this.wAvg = untrained<tf.Rank.R1>([wDim])
  }

  /**
   * @param z [N, zDim]
   * @param labels class indices [N], int32
   * @returns w [N, wDim]
   */
  forward(z: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D {
    const classes = this.embed.weight.shape[0]
    const embedded = this.embed.forward(oneHot(labels, classes)) // [N, wDim]
    let x = tf.concat([normalizeSecondMoment(z), normalizeSecondMoment(embedded)], 1) // [N, zDim + wDim]
    for (const layer of this.layers.values()) x = layer.activated(x) // [N, wDim]
    return x
  }
}

/** A class as a direction in the discriminator's embedding (ReACGAN, Kang et al. 2021): [N] → [N, embedDim]. */
export class ProxyNetwork extends Module {
  readonly embed: Dense
  readonly fc0: Dense

  constructor(classes: number, embedDim: number, random: RandomStream) {
    super()
    this.embed = new Dense(classes, embedDim, random)
    this.fc0 = new Dense(embedDim, embedDim, random, { learningRate: mappingLearningRate })
  }

  forward(labels: tf.Tensor1D): tf.Tensor2D {
    const classes = this.embed.weight.shape[0]
    const embedded = this.embed.forward(oneHot(labels, classes))
    return this.fc0.activated(normalizeSecondMoment(embedded))
  }
}

/** Rows with a single 1, [N, classes]. Asked for floats, the wasm backend would write integers under their name. */
function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  if (classes === 1) return tf.ones([labels.shape[0], 1]) // tf.oneHot refuses a single class
  return tf.cast<tf.Tensor2D>(tf.oneHot(labels, classes, 1, 0, 'int32') as tf.Tensor2D, 'float32') // labels have one axis
}
