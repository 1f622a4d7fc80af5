/** A process of its own that trains for 800 steps and tells its tensors and its memory: `node --expose-gc`. */
import * as tf from '@tensorflow/tfjs'
import { type BackendName } from '../../../src/main/backends/backend.ts'
import { runIteration } from '../../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../../src/main/engine/gan/training-state.ts'
import { tinyBatch, tinyTraining } from '../tiny-training.ts'
import { startBackend } from './backends.ts'

/** Steps between two looks. */
const between = 20

await startBackend(process.argv[2] as BackendName) // given by the suite
const settings = tinyTraining()
const state = TrainingState.create(settings)
for (let step = 0; step <= 800; step++) {
  await runIteration(settings, state, tinyBatch(settings, step))
  state.iteration++
  if (step % between !== 0) continue
  globalThis.gc?.() // what JavaScript has not swept yet is no leak
  process.send?.({ step, tensors: tf.memory().numTensors, bytes: process.memoryUsage.rss() })
}
process.send?.({ peak: process.resourceUsage().maxRSS * 1024 })
process.disconnect()
