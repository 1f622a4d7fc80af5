import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type InstalledPack } from '../../shared/engine-packs.ts'
import { type AppError, refuse } from '../../shared/errors.ts'
import { type EngineName } from '../../shared/runs.ts'
import { driverProblem, findGraphicsCards, packVariables } from '../engine-packs/graphics-driver.ts'
import { contentsProblem } from '../engine-packs/pack-folder.ts'
import { listPacks } from '../engine-packs/installed-packs.ts'
import { type EngineLauncher, type EnginePlace } from './engine-client.ts'

/** What has to be known to find engines, beside how a process is started. */
export interface EngineSurroundings extends EngineLauncher {
  /** Where packs are installed, and where the choice of `auto` is remembered. */
  readonly engineFolder: string
  /** Folders with packs that belong to the program itself: what `npm run engine` built for a checkout. */
  readonly programPacks: readonly string[]
  /** What ships with the program. */
  readonly resources: string
}

/** In the order of preference where they are equally fast. */
export const engineNames = [
  'native-gpu',
  'native-cpu',
  'webgpu',
  'wasm',
  'cpu'
] as const satisfies readonly EngineName[]

/** The packs that can be used, newest library first. */
export async function findPacks({ engineFolder, programPacks }: EngineSurroundings): Promise<InstalledPack[]> {
  const packs = await listPacks([engineFolder, ...programPacks])
  return packs
    .filter(({ problem }) => problem === undefined)
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
}

/**
 * What a process needs to compute with this engine.
 *
 * @throws AppError 'input' with how to get it, where it is not there
 */
export async function placeOf(surroundings: EngineSurroundings, engine: EngineName): Promise<EnginePlace> {
  if (engine !== 'native-cpu' && engine !== 'native-gpu') return { engine, variables: {} }
  const packs = await findPacks(surroundings)
  // The library for graphics cards computes on the processor too.
  const pack = packs.find(({ kind }) => kind === engine) ?? (engine === 'native-cpu' ? packs[0] : undefined)
  if (pack === undefined) throw notInstalled(engine)
  if (engine === 'native-gpu') {
    const problem = driverProblem(pack, await findGraphicsCards())
    if (problem !== undefined) {
      throw refuse(problem, { remedies: [{ action: 'choose-engine', engine: 'auto' }] })
    }
  }
  await requireUnchanged(pack, engine)
  return { engine, nativeEngine: pack.folder, variables: packVariables(pack) }
}

async function requireUnchanged({ name, folder, origin }: InstalledPack, engine: EngineName): Promise<void> {
  const problem = origin === 'pack' ? await contentsProblem(folder) : undefined
  if (problem === undefined) return
  throw refuse(`The engine pack ${name} is not as it was when it was checked, and was not started. ${problem}`, {
    file: folder,
    remedies: [
      { action: 'install-engine', engine, again: true },
      { action: 'choose-engine', engine: 'wasm' }
    ]
  })
}

function notInstalled(engine: 'native-cpu' | 'native-gpu'): AppError {
  const what = engine === 'native-cpu' ? "TensorFlow's own library" : "TensorFlow's library for graphics cards"
  return refuse(`${what} is not installed on this computer.`, {
    remedies: [
      { action: 'install-engine', engine },
      { action: 'install-engine-file' },
      { action: 'choose-engine', engine: 'auto' }
    ]
  })
}

/** Engines that are worth a trial here: those that have what they need, as far as a glance can tell. */
export async function likelyEngines(surroundings: EngineSurroundings): Promise<EngineName[]> {
  const packs = await findPacks(surroundings)
  const gpu = packs.find(({ kind }) => kind === 'native-gpu')
  const hasCard = gpu !== undefined && driverProblem(gpu, await findGraphicsCards()) === undefined
  const isLikely: Readonly<Record<EngineName, boolean>> = {
    'native-gpu': hasCard,
    'native-cpu': packs.length > 0,
    webgpu: hasGraphicsDevice(),
    wasm: true,
    cpu: false // for comparisons only: a hundredth of the speed of wasm
  }
  return engineNames.filter((name) => isLikely[name])
}

/** Linux shows a device file for each graphics card; elsewhere there always is one of some kind. */
function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux') return true
  return ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((device) => existsSync(device))
}

/** What the speed of engines depends on and can change: another pack, driver or card asks for another trial. */
export async function surroundingsKey(surroundings: EngineSurroundings): Promise<readonly string[]> {
  const packs = await findPacks(surroundings)
  const driver = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '')
  return [...packs.map(({ name, folder, bytes }) => `${name} ${folder} ${bytes}`), driver, String(hasGraphicsDevice())]
}
