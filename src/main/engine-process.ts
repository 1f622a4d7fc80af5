/** Entry of the engine process: takes one job, does it, says how it went, and ends. */
import { AppError, toWireError } from '../shared/errors.ts'
import { Channel } from './engine-process/channel.ts'
import { evaluateCheckpoint } from './engine-process/evaluate-job.ts'
import { generateSet } from './engine-process/generate-job.ts'
import { predictCells } from './engine-process/predict-job.ts'
import { probeEngine } from './engine-process/probe-job.ts'
import { trainSegmenter } from './engine-process/segment-job.ts'
import { tryTraining } from './engine-process/trial-job.ts'
import { trainNetworks } from './engine-process/train-job.ts'
import { type EngineJob } from './jobs/engine-protocol.ts'
import { saysOutOfMemory } from './jobs/out-of-memory.ts'

const channel = new Channel(process)
const job = await channel.job()
try {
  await work(job)
} catch (thrown) {
  if (process.env['CYTOLOOM_ENGINE_LOG'] !== undefined)
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
  const isMemory = !(thrown instanceof AppError) && saysOutOfMemory(String(thrown))
  await channel.send(isMemory ? { type: 'out-of-memory' } : { type: 'failed', error: toWireError(thrown) })
}
channel.close()

function work(given: EngineJob): Promise<void> {
  switch (given.job) {
    case 'train':
      return trainNetworks(given, channel)
    case 'trial':
      return tryTraining(given, channel)
    case 'generate':
      return generateSet(given, channel)
    case 'evaluate':
      return evaluateCheckpoint(given, channel)
    case 'segment':
      return trainSegmenter(given, channel)
    case 'predict':
      return predictCells(given, channel)
    case 'probe':
      return probeEngine(given, channel)
  }
}
