import { chooseBackend } from '../backends/backend.ts'
import { checkNumbers, deviation } from '../engine/self-check.ts'
import { measureSpeed } from '../engine/speed.ts'
import { type ProbeJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { startEngine } from './start-engine.ts'

/** Says how fast the engine is and, if asked, how far its numbers are from those of plain JavaScript. */
export async function probeEngine(job: ProbeJob, channel: Channel): Promise<void> {
  const expected = job.compare ? await plainNumbers() : undefined
  await startEngine(job, channel)
  const difference = expected === undefined ? {} : { deviation: deviation(expected, await checkNumbers()) }
  await channel.send({ type: 'probed', outcome: { ...(await measureSpeed()), ...difference } })
}

async function plainNumbers(): Promise<number[]> {
  await chooseBackend('cpu')
  return checkNumbers()
}
