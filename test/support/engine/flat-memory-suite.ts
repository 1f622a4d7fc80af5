import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BackendRequest } from '../../../src/main/engine/backend.ts'
import { runIteration } from '../../../src/main/engine/training/iteration.ts'
import { TrainingState } from '../../../src/main/engine/training/training-state.ts'
import { tinyBatch, tinyTraining } from '../tiny-training.ts'
import { startBackend } from './backends.ts'

const settings = tinyTraining({ iterations: 1000, r1: { gamma: 0.2, interval: 4 } })
/** An engine's caches and its allocator's pools have filled by then. */
const settled = 100
const steps = 500
/** Less than a tensor of these networks a step; what is seen is that pages are touched for the first time. */
const allowedGrowth = 10e6

export function describeFlatMemory(engine: BackendRequest): void {
  describe(`training on ${engine}`, () => {
    beforeAll(() => startBackend(engine))

    test('keeps its number of tensors over 200 steps, and its memory over 500', async () => {
      const state = TrainingState.create(settings)
      const tensors = new Set<number>()
      const memory: number[] = []
      for (let step = 0; step < settled + steps; step++) {
        await runIteration(settings, state, tinyBatch(settings, step))
        state.iteration++
        if (step < 200) tensors.add(tf.memory().numTensors)
        if (step >= settled) memory.push(engineMemory())
      }
      state.dispose()
      expect(tensors.size).toBe(1)
      const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
      expect(median(memory.slice(-100)) - median(memory.slice(0, 100))).toBeLessThan(allowedGrowth)
    }, 240_000)
  })
}

/** Resident memory without the heap of JavaScript, which grows and is swept as it likes: the engine's tensors are not in it. */
function engineMemory(): number {
  const { rss, heapTotal } = process.memoryUsage()
  return rss - heapTotal
}
