import { type EngineRequest } from '../../shared/runs.ts'
import { type Backend, chooseBackend } from '../backends/backend.ts'
import { type Channel } from './channel.ts'

/** Makes the wished engine the one in use and tells the parent which it is. */
export async function startEngine(
  job: { readonly engine: EngineRequest; readonly nativeEngine?: string | undefined },
  channel: Channel
): Promise<Backend> {
  const engine = await chooseBackend(job.engine, { nativeFolder: job.nativeEngine })
  await channel.send({ type: 'engine', engine })
  return engine
}
