import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { PackKind } from '../../shared/engine-packs.ts'
import { AppError, invariant, refuse } from '../../shared/errors.ts'
import { buildPack, packName, type PackOrder, type PackTools } from '../engine-packs/build-pack.ts'
import { downloadByPip } from '../engine-packs/download.ts'
import { findGraphicsCards, packVariables } from '../engine-packs/graphics-driver.ts'
import { listPacks, removePack } from '../engine-packs/installed-packs.ts'
import { installArchive, isPackArchive, writePackArchive } from '../engine-packs/pack-archive.ts'
import { readPack } from '../engine-packs/pack-folder.ts'
import { requireTrust, strangersAmong } from '../engine-packs/strangers.ts'
import { wheelFor } from '../engine-packs/wheels.ts'
import { unfit } from '../engine-packs/pack-zip.ts'
import { sweepPartials } from '../files/partials.ts'
import { sha256File } from '../files/checksum.ts'
import { runOnEngine } from '../jobs/engine-client.ts'
import { type EngineSurroundings } from '../jobs/engine-places.ts'
import { type RequestContext } from './dispatch.ts'

/** The most by which a pack's numbers may differ from plain JavaScript's, relative to numbers beyond 1. */
const tolerance = 1e-5

export async function listEnginePacks(surroundings: EngineSurroundings): Promise<Output<'engine.list'>> {
  return { packs: await listPacks([surroundings.engineFolder, ...surroundings.programPacks]) }
}

/**
 * Makes a pack of TensorFlow's wheel; one that is there already is not made again.
 *
 * @param folder where, if not among the user's packs
 */
export async function buildEnginePack(
  surroundings: EngineSurroundings,
  { gpu, wheels, archive, force, trust }: ParsedInput<'engine.build'>,
  context: RequestContext,
  folder?: string
): Promise<Output<'engine.build'>> {
  const kind: PackKind = gpu ? 'native-gpu' : 'native-cpu'
  const source = wheelFor(kind)
  const place = folder ?? (await packFolder(surroundings, packName(kind, source.version)))
  const tools = packTools(surroundings, context)
  const present = await readPack(place)
  const isUsable = present !== undefined && present.problem === undefined
  if (!isUsable || force) {
    const files = wheels.map((file) => resolve(file))
    const order = { kind, source, folder: place, wheels: files, replace: true }
    await buildPack(order, { ...tools, approve: async () => requireTrust(await strangersAmong(files), trust) })
  }
  const built = await readPack(place)
  invariant(built !== undefined, 'a pack that was built is there')
  const written = archive === undefined ? undefined : await writePackArchive(place, built.description, resolve(archive))
  return {
    ...(await listEnginePacks(surroundings)),
    built: built.description.name,
    ...(written === undefined ? {} : { archive: written })
  }
}

/** Takes a pack from its archive, or makes one of wheels at hand; nothing is fetched. */
export async function installEnginePack(
  surroundings: EngineSurroundings,
  { files, trust }: ParsedInput<'engine.install'>,
  context: RequestContext
): Promise<Output<'engine.install'>> {
  const paths = files.map((file) => resolve(file))
  const approve = async (): Promise<void> => requireTrust(await strangersAmong(paths), trust)
  const tools = { ...packTools(surroundings, context), download: refuseDownload, approve }
  const [first] = paths
  await mkdir(surroundings.engineFolder, { recursive: true })
  if (first !== undefined && paths.length === 1 && (await isPackArchive(first))) {
    const folderOf = ({ name }: { name: string }): string => join(surroundings.engineFolder, name)
    const { name } = await installArchive(first, folderOf, tools)
    return { ...(await listEnginePacks(surroundings)), installed: name }
  }
  const order = await orderFromWheels(surroundings, paths)
  const { name } = await buildPack(order, tools)
  return { ...(await listEnginePacks(surroundings)), installed: name }
}

/** Whose the programs in these files are, as far as can be told. */
export async function lookAtPack({ files }: ParsedInput<'engine.look'>): Promise<Output<'engine.look'>> {
  return { strangers: await strangersAmong(files.map((file) => resolve(file))) }
}

export async function removeEnginePack(
  surroundings: EngineSurroundings,
  { name }: ParsedInput<'engine.remove'>
): Promise<Output<'engine.remove'>> {
  const removed = await removePack([surroundings.engineFolder, ...surroundings.programPacks], name)
  return { ...(await listEnginePacks(surroundings)), removed: removed.name }
}

/** What wheels make is told by their SHA-256, not by what somebody called them. */
async function orderFromWheels(surroundings: EngineSurroundings, wheels: readonly string[]): Promise<PackOrder> {
  for (const wheel of wheels) await isPackArchive(wheel) // each is a whole zip, or is refused
  const hashes = await Promise.all(wheels.map(sha256File))
  for (const kind of PackKind.options) {
    const source = sourceOf(kind)
    if (source === undefined || !hashes.includes(source.sha256)) continue
    const folder = await packFolder(surroundings, packName(kind, source.version))
    return { kind, source, folder, wheels, replace: false }
  }
  const expected = PackKind.options.map(sourceOf).filter((source) => source !== undefined)
  const names = expected.map((source) => `${source.package} ${source.version} (${source.tag})`).join(' or ')
  throw unfit(
    wheels[0] ?? '',
    `it is neither an engine pack nor the wheel of ${names} for this computer; its SHA-256 is ${hashes[0] ?? ''}`
  )
}

function sourceOf(kind: PackKind): ReturnType<typeof wheelFor> | undefined {
  try {
    return wheelFor(kind)
  } catch {
    return undefined // there is none for this kind of computer
  }
}

async function packFolder({ engineFolder }: EngineSurroundings, name: string): Promise<string> {
  await mkdir(engineFolder, { recursive: true })
  await sweepPartials(engineFolder)
  return join(engineFolder, name)
}

function packTools(
  surroundings: EngineSurroundings,
  { signal, progress, notice }: RequestContext
): Omit<PackTools, 'approve'> {
  return {
    download: downloadByPip,
    verify: (folder, kind) => verifyPack(surroundings, folder, kind, notice),
    report: (stage, done, total) => progress({ stage, done, total }),
    signal
  }
}

/** Lets the library compute in a process of its own, beside plain JavaScript. */
async function verifyPack(
  surroundings: EngineSurroundings,
  folder: string,
  kind: PackKind,
  notice: RequestContext['notice']
): Promise<void> {
  const hasCard = kind === 'native-gpu' && (await findGraphicsCards()).length > 0
  if (kind === 'native-gpu' && !hasCard) {
    notice?.('There is no NVIDIA graphics card here: the pack was checked on the processor alone.')
  }
  const engine = hasCard ? 'native-gpu' : 'native-cpu'
  // Graphics cards may round factors to 10 bits for speed; for the comparison they must not.
  const variables = { ...packVariables({ kind, folder }), NVIDIA_TF32_OVERRIDE: '0' }
  const { deviation } = await runOnEngine(
    surroundings,
    { engine, nativeEngine: folder, variables },
    { job: 'probe', engine, resources: surroundings.resources, compare: true },
    () => undefined,
    new AbortController().signal
  )
  if (deviation !== undefined && deviation <= tolerance) return
  throw new AppError(
    'defect',
    `The library's results differ from those of plain JavaScript (by ${String(deviation)}).`,
    {
      file: basename(folder),
      next: 'The pack was not installed. Use another engine, and tell us about this computer.',
      remedies: [{ action: 'choose-engine', engine: kind === 'native-gpu' ? 'webgpu' : 'wasm' }]
    }
  )
}

function refuseDownload(wanted: { readonly requirement: string }): Promise<string> {
  return Promise.reject(
    refuse(`The wheel of ${wanted.requirement} is needed too, and nothing is downloaded when installing from files.`, {
      next: 'Choose all wheels together, or have what is missing downloaded.',
      remedies: [{ action: 'install-engine', engine: 'native-gpu' }]
    })
  )
}
