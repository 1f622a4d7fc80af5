import { spawnSync } from 'node:child_process'
import { defaultEnvironment } from '../src/main/environment.ts'
import { findPacks, placeOf } from '../src/main/jobs/engine-places.ts'
import { type EngineRequest } from '../src/shared/runs.ts'

/**
 * The folder of the pack that a script needs to compute with this engine in its own process, if it needs one.
 *
 * The loader reads where libraries are when a process starts: for a graphics card the script is started anew with
 * NVIDIA's in its environment, and this process ends as that one does.
 *
 * @param settings variables that the libraries for graphics cards shall find besides
 */
export async function nativePackFor(
  engine: EngineRequest,
  settings: Readonly<Record<string, string>> = {}
): Promise<string | undefined> {
  const environment = defaultEnvironment()
  if (engine === 'auto') return (await findPacks(environment)).find(({ kind }) => kind === 'native-cpu')?.folder
  const { nativeEngine, variables: ofPack } = await placeOf(environment, engine)
  const variables = Object.keys(ofPack).length === 0 ? {} : { ...ofPack, ...settings }
  const isPrepared = Object.entries(variables).every(([name, value]) => process.env[name] === value)
  if (isPrepared) return nativeEngine
  const words = [...process.execArgv, ...process.argv.slice(1)]
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env: { ...process.env, ...variables } })
  process.exit(status ?? 1)
}
