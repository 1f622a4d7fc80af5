import { chooseEngine } from './engine-choice.ts'
import { runOnEngine } from './engine-client.ts'
import { type EngineSurroundings, placeOf } from './engine-places.ts'
import { type EngineJob, type EngineMessage } from './engine-protocol.ts'

/** Runs one job on the engine that it wishes for, or for `auto` on the fastest there is (see `runOnEngine`). */
export async function runEngineJob<J extends EngineJob>(
  surroundings: EngineSurroundings,
  job: J,
  onMessage: (message: EngineMessage) => void,
  signal: AbortSignal
): ReturnType<typeof runOnEngine<J>> {
  const notice = (text: string): void => onMessage({ type: 'notice', text })
  const engine = job.engine === 'auto' ? await chooseEngine(surroundings, signal, notice) : job.engine
  return runOnEngine(surroundings, await placeOf(surroundings, engine), job, onMessage, signal)
}
