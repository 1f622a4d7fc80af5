import { availableBackends } from '../engine/backend.ts'
import { measureConvolutionSpeed } from '../engine/speed.ts'
import { type ProbeJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { startEngine } from './start-engine.ts'

/** Says which engines there are, and how fast the chosen one is. */
export async function probeEngines(job: ProbeJob, channel: Channel): Promise<void> {
  await startEngine(job, channel)
  const convGflops = await measureConvolutionSpeed()
  const engines = availableBackends({ nativeFolder: job.nativeEngine }).map(({ name, available, reason }) => ({
    name,
    available,
    ...(reason === undefined ? {} : { why: reason })
  }))
  await channel.send({ type: 'probed', outcome: { engines, convGflops } })
}
