import { spawnSync } from 'node:child_process'
import { defaultEnvironment } from '../src/main/environment.ts'
import { type EnginePlace, wantedThreads } from '../src/main/jobs/engine-client.ts'
import { findPacks, placeOf } from '../src/main/jobs/engine-places.ts'
import { engineEnvironment } from '../src/shared/engine-environment.ts'
import { type EngineRequest } from '../src/shared/runs.ts'

/**
 * The folder of the pack that a script needs to compute with this engine in its own process, if it needs one.
 *
 * The allocator, the thread pools and the loader read their environment when a process starts. So that a script computes
 * under the conditions of the program's engine process, it is started anew with that environment, and this process
 * ends as the new one does.
 *
 * @param settings variables that the libraries for graphics cards shall find besides
 */
export async function nativePackFor(
  engine: EngineRequest,
  settings: Readonly<Record<string, string>> = {}
): Promise<string | undefined> {
  const { nativeEngine, variables } = await placeFor(engine)
  const needsLoader = Object.keys(variables).length > 0
  startAnewWith({ ...engineEnvironment(wantedThreads()), ...variables, ...(needsLoader && settings) })
  return nativeEngine
}

async function placeFor(engine: EngineRequest): Promise<Pick<EnginePlace, 'nativeEngine' | 'variables'>> {
  const environment = defaultEnvironment()
  if (engine !== 'auto') return placeOf(environment, engine)
  const pack = (await findPacks(environment)).find(({ kind }) => kind === 'native-cpu')
  return { nativeEngine: pack?.folder, variables: {} }
}

/** Returns when this process has these variables already. */
function startAnewWith(variables: Readonly<Record<string, string>>): void {
  if (Object.entries(variables).every(([name, value]) => process.env[name] === value)) return
  const words = [...process.execArgv, ...process.argv.slice(1)]
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env: { ...process.env, ...variables } })
  process.exit(status ?? 1)
}
