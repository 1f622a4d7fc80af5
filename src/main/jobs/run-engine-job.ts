import { type EngineLauncher, runOnEngine } from './engine-client.ts'
import { type EngineJob, type EngineMessage } from './engine-protocol.ts'

interface Launcher extends EngineLauncher {
  readonly nativeEngine: string | undefined
}

/** Runs one job on the engine that it wishes for (see `runOnEngine`). */
export async function runEngineJob<J extends EngineJob>(
  launcher: Launcher,
  job: J,
  onMessage: (message: EngineMessage) => void,
  signal: AbortSignal
): ReturnType<typeof runOnEngine<J>> {
  const place = { engine: job.engine, nativeEngine: launcher.nativeEngine, variables: {} }
  return runOnEngine(launcher, place, job, onMessage, signal)
}
