import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { runEngineCase } from '../parity/engine-cases.ts'
import { runIteration } from '../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../src/main/engine/gan/training-state.ts'
import { type TrainingSettings } from '../../src/shared/training.ts'
import { startBackend } from '../support/engine/backends.ts'
import { describeConvolutions } from '../support/engine/convolution-suite.ts'
import { expectClose, normal } from '../support/engine/numbers.ts'
import { describeResampling } from '../support/engine/resample-suite.ts'
import { describeSecondDerivatives } from '../support/engine/second-derivatives-suite.ts'
import { findSoftwareGpu, useSoftwareGpu, withoutSoftwareGpu } from '../support/engine/software-gpu.ts'
import { worstExcess } from '../support/golden-case.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../support/shared-data.ts'
import { tinyBatch, tinyTraining } from '../support/tiny-training.ts'

const gpu = findSoftwareGpu()

describe.skipIf(gpu === undefined)(`WebGPU${withoutSoftwareGpu}`, () => {
  beforeAll(async () => {
    if (gpu) useSoftwareGpu(gpu)
    await startBackend('webgpu')
  })

  describeConvolutions('webgpu')
  describeResampling('webgpu')
  describeSecondDerivatives('webgpu', true)

  test('names the card and its driver', async () => {
    const engine = await startBackend('webgpu')
    expect(engine).toMatchObject({ name: 'webgpu', library: 'TensorFlow.js WebGPU 4.22.0' })
    expect(engine.device).toMatch(/swiftshader.*\(SwiftShader driver/)
  })

  test('sums a list that is longer than what one program may read', async () => {
    const terms = Array.from({ length: 17 }, (_, i) => normal([3, 5], i))
    const before = tf.memory().numTensors
    const sum = tf.addN(terms)
    await expectClose(sum, tf.sum(tf.stack(terms), 0))
    expect(tf.memory().numTensors).toBe(before + 3) // and what expecting made
  })

  describe('training', () => {
    const settings = tinyTraining()

    test('never waits for the card inside a step, and holds as much after eight iterations as after four', async () => {
      const state = TrainingState.create(settings)
      const held: { tensors: number; used: number; allocated: number }[] = []
      for (let i = 0; i < 8; i++) {
        await iterate(settings, state) // reading without waiting fails in Node
        const { numTensors, ...card } = tf.memory() as tf.MemoryInfo & CardMemory
        held.push({ tensors: numTensors, used: card.numBytesInGPU, allocated: card.numBytesAllocatedInGPU })
      }
      const [fourth, last] = [held[3], held[7]]
      expect(new Set(held.map(({ tensors }) => tensors)).size).toBe(1)
      expect(last?.used).toBe(fourth?.used)
      expect(last?.allocated).toBeLessThan(1.2 * (fourth?.allocated ?? 0))
      state.dispose()
    })

    test('goes on after a stop as if there had been none', async () => {
      const through = TrainingState.create(settings)
      const stopped = TrainingState.create(settings)
      for (let i = 0; i < 4; i++) await iterate(settings, through)
      for (let i = 0; i < 2; i++) await iterate(settings, stopped)
      const resumed = TrainingState.restore(settings, await stopped.save())
      for (let i = 0; i < 2; i++) await iterate(settings, resumed)
      const [after, expected] = [await resumed.save(), await through.save()]
      expect(after.scalars.optimizerSteps).toEqual(expected.scalars.optimizerSteps)
      // Not to the last digit: where cards add from many threads at once, the order is not given. A step is 2e-3.
      for (const part of ['generator', 'generatorEma', 'discriminator', 'optimizer'] as const) {
        for (const [name, { data }] of Object.entries(expected.tensors[part])) {
          const near = { relative: 1e-4, absolute: 1e-5 }
          expect(worstExcess(after.tensors[part][name]?.data ?? [], data, near), name).toBeLessThanOrEqual(0)
        }
      }
    })
  })

  /** The quick ones; `npm run parity -- DIR --engine webgpu` takes all of them. */
  const cases = [
    'adam',
    'adversarial',
    'd2dce',
    'fir',
    'layers',
    'generator_vanilla_rgb16',
    'path_length_baseline_mixed'
  ]

  test.skipIf(!hasSharedData).each(cases)(`agrees with the golden case %s${withoutSharedData}`, async (name) => {
    for await (const result of runEngineCase(goldenPath('gan', name))) expect(result).toMatchObject({ ok: true })
  })
})

interface CardMemory {
  readonly numBytesInGPU: number
  readonly numBytesAllocatedInGPU: number
}

async function iterate(settings: TrainingSettings, state: TrainingState): Promise<void> {
  await runIteration(settings, state, tinyBatch(settings, state.iteration))
  state.iteration++
}
