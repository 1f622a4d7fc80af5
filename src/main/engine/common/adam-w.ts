import * as tf from '@tensorflow/tfjs'
import { type Module } from '../networks/module.ts'
import { Adam, type Gradients } from './adam.ts'

/** Adam whose weights also shrink by a share of the learning rate at each step (Loshchilov and Hutter 2019). */
export class AdamW extends Adam {
  readonly #shrink: number

  /** β₁ = 0.9, β₂ = 0.999, ε = 1e-8, as PyTorch has them. @param decay share of a weight at learning rate 1 */
  constructor(network: Module, learningRate: number, decay: number) {
    super(network, learningRate, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, 0)
    this.#shrink = learningRate * decay
  }

  override apply(gradients: Gradients, pace = 1): void {
    tf.tidy(() => this.parameters.assign(tf.mul(this.parameters.values(), 1 - pace * this.#shrink)))
    super.apply(gradients, pace)
  }
}
