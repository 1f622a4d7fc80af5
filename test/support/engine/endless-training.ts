/** A process of its own that trains the smallest networks and makes safe points without end, to be killed. */
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { CheckpointFolder } from '../../../src/main/engine-process/checkpoints.ts'
import { HistoryFile } from '../../../src/main/engine-process/history-file.ts'
import { train } from '../../../src/main/engine/gan/training-loop.ts'
import { TrainingState } from '../../../src/main/engine/gan/training-state.ts'
import { tinyBatch, tinyTraining } from '../tiny-training.ts'

const [runFolder = ''] = process.argv.slice(2)
const settings = tinyTraining({
  iterations: 100_000,
  checkpointEvery: 1,
  evaluateEvery: 5,
  sampleEvery: 100_000,
  augmentation: { ...tinyTraining().augmentation, ada: 'off', apa: false, diffAugment: [] }
})
await chooseBackend('wasm')
const checkpoints = new CheckpointFolder(runFolder)
const history = new HistoryFile(runFolder)
const newest = await checkpoints.newestWhole()
const state =
  newest === undefined ? TrainingState.create(settings) : TrainingState.restore(settings, newest.loaded.saved)
await checkpoints.goOnFrom(state.iteration)
await history.goOnFrom(state.iteration)
process.send?.({ from: state.iteration, damaged: newest?.damaged ?? [] })

const hooks = {
  nextBatch: (iteration: number) => Promise.resolve(tinyBatch(settings, iteration)),
  evaluate: () => Promise.resolve({ metric: 'test', value: (state.iteration * 7) % 13, classes: [] })
}
let isBest = false
for await (const event of train(settings, state, hooks, new AbortController().signal)) {
  if (event.kind === 'step') {
    await history.append(event)
    process.send?.({ step: event.iteration })
  }
  if (event.kind === 'evaluated') ({ isBest } = event)
  if (event.kind !== 'checkpoint-due') continue
  await checkpoints.write(await state.save(), { settings, classes: ['a', 'b'], isBest })
  isBest = false
}
