import { describe, expect, test } from 'vitest'
import { Divergence, LossWatch, requireSound } from '../../../../src/main/engine-process/loss-watch.ts'
import { type SavedState } from '../../../../src/main/engine/gan/training-state.ts'

function watchAll(losses: readonly number[]): number | undefined {
  const watch = new LossWatch()
  try {
    for (const [i, loss] of losses.entries()) {
      watch.after({ iteration: i + 1, generatorLoss: loss, discriminatorLoss: 0.7 })
    }
    return undefined
  } catch (thrown) {
    return (thrown as Divergence).iteration
  }
}

const times = (count: number, loss: number) => new Array<number>(count).fill(loss)

describe('a runaway loss', () => {
  test('is one that stays beyond all measure, and is told from its beginning', () => {
    expect(watchAll([...times(30, 2), ...times(20, 1e4)])).toBe(31)
    expect(watchAll([...times(30, 2), ...times(20, -1e4)])).toBe(31)
  })

  test('is not a peak that passes, nor a high loss that is still one of training', () => {
    expect(watchAll([...times(30, 2), ...times(19, 1e4), 2, ...times(19, 1e4)])).toBeUndefined()
    expect(watchAll(times(500, 120))).toBeUndefined()
  })
})

describe('weights that are to be saved', () => {
  const saved = (data: Float32Array): SavedState => {
    const part = { weight: { shape: [data.length], data } }
    const scalars = {
      iteration: 8,
      imagesSeen: 0,
      seconds: 0,
      optimizerSteps: { generator: 0, discriminator: 0 },
      pathLengthMean: 0
    }
    return {
      scalars,
      tensors: { generator: {}, generatorEma: {}, discriminator: part, optimizer: {} }
    }
  }

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('must not hold %d', (value) => {
    expect(() => requireSound(saved(Float32Array.of(1, value, 2)))).toThrow(Divergence)
    expect(() => requireSound(saved(Float32Array.of(1, -3, 2)))).not.toThrow()
  })
})
