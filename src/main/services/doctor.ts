import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { invariant } from '../../shared/errors.ts'
import { type EngineInfo } from '../../shared/runs.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { productVersion } from '../product.ts'
import { type AppContext } from './app-context.ts'
import { type RequestContext } from './dispatch.ts'

/** What this computer can do, measured and not guessed. */
export async function examineComputer(
  app: AppContext,
  { engine }: ParsedInput<'app.doctor'>,
  { signal }: RequestContext
): Promise<Output<'app.doctor'>> {
  const { resources } = app.environment
  let used: EngineInfo | undefined
  const { engines, convGflops } = await runEngineJob(
    app.environment,
    { job: 'probe', engine, resources },
    (message) => {
      if (message.type === 'engine') used = message.engine
    },
    signal
  )
  invariant(used !== undefined, 'an engine that was measured has said its name')
  const disk = await statfs(app.folders.root)
  return {
    version: productVersion,
    workspace: app.folders.root,
    engine: used,
    engines,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    diskFreeBytes: disk.bavail * disk.bsize,
    speed: { convGflops }
  }
}
