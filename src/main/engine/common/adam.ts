import * as tf from '@tensorflow/tfjs'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type Module } from '../networks/module.ts'
import { type ParameterVector } from '../networks/parameter-vector.ts'
import { readTensors, type TensorMap } from './tensor-map.ts'

/** Gradients by the name of the parameter. A parameter that a loss does not reach is absent. */
export type Gradients = ReadonlyMap<string, tf.Tensor>

/** Changes the parameters of one network by their gradients. */
export interface Optimizer {
  readonly parameters: ParameterVector
  apply(gradients: Gradients): void
}

/**
 * Adam (Kingma and Ba 2015) with the correction for lazy regularisers (Karras et al. 2020 §3.1; docs/method.md §5.6): a
 * network whose regulariser has its own step every k iterations takes k + 1 steps in the time of k, so learning rate
 * and decays are those of k/(k + 1) of a step. One instance serves the main and the regulariser steps of a network.
 *
 * A parameter that a step does not reach has gradient 0 there: its moments decay, it is not skipped. tfjs has an Adam
 * of its own, but that one cannot be saved and skips such parameters.
 */
export class Adam implements Optimizer {
  readonly parameters: ParameterVector
  /** Steps taken. */
  t = 0
  /** Running mean of the gradient; with β₁ = 0 it is the gradient itself and is not kept. */
  readonly m: tf.Variable<tf.Rank.R1> | undefined
  /** Running mean of the squared gradient. */
  readonly v: tf.Variable<tf.Rank.R1>
  readonly #learningRate: number
  readonly #beta1: number
  readonly #beta2: number
  readonly #epsilon: number

  /** @param lazyInterval iterations between the steps of the regulariser; 0 when there is none */
  constructor(network: Module, learningRate: number, settings: TrainingSettings['adam'], lazyInterval: number) {
    const ratio = lazyInterval === 0 ? 1 : lazyInterval / (lazyInterval + 1)
    this.parameters = network.vector
    this.#learningRate = learningRate * ratio
    this.#beta1 = settings.beta1 ** ratio
    this.#beta2 = settings.beta2 ** ratio
    this.#epsilon = settings.epsilon
    this.m = this.#beta1 === 0 ? undefined : zeros(this.parameters.size)
    this.v = zeros(this.parameters.size)
  }

  /** @param pace share of the learning rate, below 1 while it warms up */
  apply(gradients: Gradients, pace = 1): void {
    this.t++
    tf.tidy(() => {
      const gradient = this.parameters.gather(gradients)
      this.v.assign(tf.add(tf.mul(this.v, this.#beta2), tf.mul(tf.square(gradient), 1 - this.#beta2)))
      this.m?.assign(tf.add(tf.mul(this.m, this.#beta1), tf.mul(gradient, 1 - this.#beta1)))
      const rate = (pace * this.#learningRate) / (1 - this.#beta1 ** this.t)
      const scale = tf.add(tf.sqrt(tf.mul(this.v, 1 / (1 - this.#beta2 ** this.t))), this.#epsilon)
      const step = tf.div(tf.mul(this.m ?? gradient, rate), scale)
      this.parameters.assign(tf.sub(this.parameters.values(), step))
    })
  }

  /** The moments of each parameter: `<prefix>v.<parameter>`. */
  async save(prefix: string): Promise<TensorMap> {
    let saved: TensorMap = {}
    for (const [moment, vector] of this.#moments()) {
      const parts = this.parameters.scatter(vector)
      const named = [...parts].map(([name, part]) => [`${prefix}${moment}.${name}`, part] as const)
      saved = { ...saved, ...(await readTensors(new Map(named))) }
      for (const part of parts.values()) part.dispose()
    }
    return saved
  }

  /** Takes up what `save` gave. @returns the name of a tensor that is missing or has another shape, if there is one */
  restore(saved: TensorMap, prefix: string, t: number): string | undefined {
    for (const [moment, vector] of this.#moments()) {
      const parts = new Map<string, tf.Tensor>()
      for (const [i, name] of this.parameters.names.entries()) {
        const key = `${prefix}${moment}.${name}`
        const source = Object.hasOwn(saved, key) ? saved[key] : undefined
        if (source?.shape.join() !== this.parameters.variables[i]?.shape.join()) return key
        if (source) parts.set(name, tf.tensor(source.data, source.shape))
      }
      tf.tidy(() => vector.assign(this.parameters.gather(parts)))
      for (const part of parts.values()) part.dispose()
    }
    this.t = t
    return undefined
  }

  #moments(): [string, tf.Variable<tf.Rank.R1>][] {
    return this.m
      ? [
          ['m', this.m],
          ['v', this.v]
        ]
      : [['v', this.v]]
  }

  dispose(): void {
    this.m?.dispose()
    this.v.dispose()
  }
}

function zeros(size: number): tf.Variable<tf.Rank.R1> {
  const initial = tf.zeros<tf.Rank.R1>([size])
  const variable = tf.variable(initial, false)
  initial.dispose()
  return variable
}
