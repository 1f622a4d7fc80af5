import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type NetworkSettings, type TrainingSettings } from '../../../src/shared/training.ts'
import { type BackendRequest } from '../../../src/main/backends/backend.ts'
import { train } from '../../../src/main/engine/gan/training-loop.ts'
import { type SavedState, TrainingState } from '../../../src/main/engine/gan/training-state.ts'
import { CheckpointFolder } from '../../../src/main/engine-process/checkpoints.ts'
import { sha256 } from '../../../src/main/files/checksum.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../tiny-training.ts'
import { startBackend } from './backends.ts'

/**
 * Everything that changes is in play: adaptive augmentation, both regularisers, evaluations that find a new best. Plain
 * JavaScript takes the quick form of the augmentation and half the batch.
 */
function settingsFor(engine: BackendRequest, network: Partial<NetworkSettings>): TrainingSettings {
  const often = { iterations: 40, evaluateEvery: 8, checkpointEvery: 100, sampleEvery: 100 }
  const own = tinyTraining({ ...often, network: tinyNetwork(network) })
  if (engine !== 'cpu') return own
  return { ...own, batch: 2, augmentation: { ...own.augmentation, ada: 'bilinear', diffAugment: [] } }
}

const inGray = { maskCode: 'gray', maskChannels: 1 } as const

export function describeExactResume(
  engine: BackendRequest,
  code: Pick<NetworkSettings, 'maskCode' | 'maskChannels'> = inGray
): void {
  const name = `a run of 40 iterations, masks in ${code.maskCode}, with %s discriminators`
  describe.each(['joint', 'separate'] as const)(name, (discriminators) => {
    const settings = settingsFor(engine, { ...code, discriminators })
    beforeAll(() => startBackend(engine))

    test(`that is stopped after 20 ends with the same bytes of every tensor and the same numbers, on ${engine}`, async () => {
      const through = await trainTo({ ...settings, iterations: 40 }, TrainingState.create(settings))

      const runFolder = await temporaryFolder()
      const half = await trainTo({ ...settings, iterations: 20 }, TrainingState.create(settings))
      await new CheckpointFolder(runFolder).write(half, { settings, classes: [], isBest: false })
      const found = await new CheckpointFolder(runFolder).newestWhole()
      if (found === undefined) throw new Error('the safe point is there')
      const resumed = await trainTo(
        { ...settings, iterations: 40 },
        TrainingState.restore(settings, found.loaded.saved)
      )

      expect(hashes(resumed)).toEqual(hashes(through))
      expect({ ...resumed.scalars, seconds: 0 }).toEqual({ ...through.scalars, seconds: 0 })
      expect(hashes(half)).not.toEqual(hashes(through))
    }, 240_000)
  })
}

/** Trains to the last iteration of these settings and gives the state as it would be saved. */
async function trainTo(settings: TrainingSettings, state: TrainingState): Promise<SavedState> {
  const hooks = {
    nextBatch: (iteration: number) => Promise.resolve(tinyBatch(settings, iteration)),
    // A score that follows from the weights, so that the best one is part of what is compared.
    evaluate: async () => {
      const [value = Number.NaN] = await tf.tidy(() => tf.mean(tf.abs(state.generatorEma.vector.values()))).data()
      return { metric: 'test', value, classes: [] }
    }
  }
  const events = train(settings, state, hooks, new AbortController().signal)
  while ((await events.next()).done !== true);
  const saved = await state.save()
  state.dispose()
  return saved
}

function hashes({ tensors }: SavedState): Record<string, string> {
  const all = Object.entries(tensors).flatMap(([part, named]) =>
    Object.entries(named).map(([name, { data }]) => [
      `${part} ${name}`,
      sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    ])
  )
  return Object.fromEntries(all) as Record<string, string>
}
