import { invariant } from '../../src/shared/errors.ts'
import { type SavedModel } from '../../src/main/engine/gan/training-state.ts'

export interface Share {
  readonly model: SavedModel
  readonly weight: number
}

/**
 * One generator of several stages of one training: each number the weighted mean of theirs, which is steadier than any of them
 * (stochastic weight averaging, Izmailov et al. 2018). The discriminators, which training goes on with, are those of the last.
 */
export function averageModels(shares: readonly Share[]): SavedModel {
  const last = shares.at(-1)?.model
  invariant(last, 'there is a model to average')
  const total = shares.reduce((sum, { weight }) => sum + weight, 0)
  const generatorEma = Object.fromEntries(
    Object.entries(last.tensors.generatorEma).map(([name, { shape, data }]) => {
      const mean = new Float64Array(data.length)
      for (const { model, weight } of shares) {
        const own = model.tensors.generatorEma[name]?.data
        invariant(own?.length === data.length, `each model has ${name}`)
        for (const [i, value] of own.entries()) mean[i] = (mean[i] ?? 0) + (weight / total) * value
      }
      return [name, { shape, data: Float32Array.from(mean) }]
    })
  )
  return { ...last, tensors: { ...last.tensors, generatorEma } }
}
