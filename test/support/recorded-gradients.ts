import { type NamedTensorMap, type Variable } from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { type Optimizer } from '../../src/main/engine/common/adam.ts'

/** An optimiser that changes nothing and keeps the gradients that it is given. */
export class RecordedGradients implements Optimizer {
  readonly parameters: Optimizer['parameters']
  readonly found = new Map<string, number[]>()

  constructor({ vector }: { readonly vector: Optimizer['parameters'] }) {
    this.parameters = vector
  }

  readonly apply: Optimizer['apply'] = (gradients) => {
    for (const [name, gradient] of gradients) this.found.set(name, [...gradient.dataSync()])
  }

  /** Expects those of tfjs, to four digits. */
  expectAre(expected: NamedTensorMap, parameters: Iterable<readonly [string, Variable]>): void {
    for (const [name, variable] of parameters) {
      const values = [...(expected[variable.name]?.dataSync() ?? [])]
      const found = this.found.get(name) ?? []
      expect(found.length, name).toBeGreaterThan(0)
      expect(found).toHaveLength(values.length)
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(values[i] ?? NaN, 4)
    }
  }
}
