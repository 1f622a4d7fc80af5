import { expect, test } from 'vitest'
import { CheckpointFolder } from '../../../src/main/engine-process/checkpoints.ts'
import { runIteration } from '../../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../../src/main/engine/gan/training-state.ts'
import { startBackend } from '../../support/engine/backends.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { tinyBatch, tinyTraining } from '../../support/tiny-training.ts'

const own = tinyTraining()
const settings = { ...own, augmentation: { ...own.augmentation, ada: 'bilinear' as const } }

test('a run goes on with another engine from the same numbers, and its next losses are those of the first', async () => {
  await startBackend('cpu')
  const state = TrainingState.create(settings)
  await runIteration(settings, state, tinyBatch(settings, 0))
  state.iteration++
  const runFolder = await temporaryFolder()
  const saved = await state.save()
  await new CheckpointFolder(runFolder).write(saved, { settings, classes: [], isBest: false })
  const onFirst = await runIteration(settings, state, tinyBatch(settings, 1))
  state.dispose()

  await startBackend('wasm')
  const found = await new CheckpointFolder(runFolder).newestWhole()
  if (found === undefined) throw new Error('the safe point is there')
  const other = TrainingState.restore(settings, found.loaded.saved)
  expect((await other.save()).tensors).toEqual(saved.tensors)
  const onSecond = await runIteration(settings, other, tinyBatch(settings, 1))
  for (const [name, loss] of Object.entries(onFirst)) {
    expect(Object.entries(onSecond).find(([known]) => known === name)?.[1]).toBeCloseTo(loss ?? Number.NaN, 3)
  }
  other.dispose()
})
