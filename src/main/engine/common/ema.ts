import * as tf from '@tensorflow/tfjs'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type Generator } from '../networks/generator.ts'
import { type Module } from '../networks/module.ts'

/**
 * Decay of the averaged generator for one batch: 0.5^(batch / half-life).
 *
 * @param imagesSeen before this batch; with a ramp the half-life is at most this share of them
 */
export function emaDecay(settings: TrainingSettings['ema'], batch: number, imagesSeen: number): number {
  const full = settings.halfLifeKimg * 1000
  const halfLife = settings.rampUp === 0 ? full : Math.min(full, settings.rampUp * imagesSeen)
  return halfLife === 0 ? 0 : 0.5 ** (batch / halfLife)
}

/** average ← decay·average + (1 − decay)·trained for every parameter of two networks of one shape, or of a part of them. */
export function averageInto(average: Module, trained: Module, decay: number): void {
  tf.tidy(() => {
    const held = tf.mul(average.vector.values(), decay)
    average.vector.assign(tf.add(held, tf.mul(trained.vector.values(), 1 - decay)))
  })
}

/** The same of a whole generator; the running mean of w is copied. */
export function updateEma(average: Generator, generator: Generator, decay: number): void {
  tf.tidy(() => {
    averageInto(average, generator, decay)
    average.mapping.wAvg.assign(tf.clone(generator.mapping.wAvg))
  })
}
