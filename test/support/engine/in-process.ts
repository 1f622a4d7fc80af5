import { EventEmitter } from 'node:events'
import { Channel } from '../../../src/main/engine-process/channel.ts'
import { predictCells } from '../../../src/main/engine-process/predict-job.ts'
import { trainSegmenter } from '../../../src/main/engine-process/segment-job.ts'
import { type EngineJob, type EngineMessage } from '../../../src/main/jobs/engine-protocol.ts'
import { type runEngineJob } from '../../../src/main/jobs/run-engine-job.ts'
import { nativeFolder } from './backends.ts'

/** Segmentation jobs on an engine in this process, which starts once for all of them. */
export const runInProcess: typeof runEngineJob = async (_surroundings, job, onMessage) => {
  let last: EngineMessage | undefined
  const channel = new Channel(parentOf((message) => onMessage((last = message))))
  await doJob({ ...job, nativeEngine: nativeFolder }, channel)
  if (last === undefined || !('outcome' in last)) throw new Error(`${job.job} ended without an outcome`)
  // The last word of a job is of its kind.
  return last.outcome as never
}

function doJob(job: EngineJob, channel: Channel): Promise<void> {
  if (job.job === 'segment') return trainSegmenter(job, channel)
  if (job.job === 'predict') return predictCells(job, channel)
  throw new Error(`${job.job} is no segmentation job`)
}

/** What an engine takes for the process that it is in, with somebody at the other end of the line. */
function parentOf(hear: (message: EngineMessage) => void): NodeJS.Process {
  const line = {
    connected: true,
    send: (message: EngineMessage, _handle: undefined, _options: undefined, sent: () => void) => {
      hear(message)
      sent()
    }
  }
  // A channel uses no more of a process than this.
  return Object.assign(new EventEmitter(), line) as unknown as NodeJS.Process
}
