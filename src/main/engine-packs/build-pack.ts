import { execFile } from 'node:child_process'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type PackDescription, type PackKind } from '../../shared/engine-packs.ts'
import { refuse } from '../../shared/errors.ts'
import { removeFolder, stageFolder } from '../files/atomic-write.ts'
import { sha256File } from '../files/checksum.ts'
import { findProgram, neutralFolder } from '../files/programs.ts'
import { type Download, tensorflowWheel } from './download.ts'
import { describePack, markReady } from './pack-folder.ts'
import { stopIfAsked } from './stopping.ts'
import { takeNvidia, takeTensorFlow } from './wheel-file.ts'
import { cudaMajor, cudaRequirements, isWheelOf, libraryName, type WheelSource } from './wheels.ts'

export interface PackOrder {
  readonly kind: PackKind
  readonly source: WheelSource
  /** The folder that the pack becomes. */
  readonly folder: string
  /** Wheels at hand; what is missing is downloaded. */
  readonly wheels: readonly string[]
  /** Whether a pack that stands there is replaced once the new one is checked. */
  readonly replace: boolean
}

/** What a builder needs from outside. */
export interface PackTools {
  readonly download: Download
  /** Asked before anything is taken from wheels that somebody gave; throws where one is not to be trusted. */
  readonly approve: () => Promise<void>
  /** Compares the library in a folder with plain JavaScript; throws where they differ. */
  readonly verify: (folder: string, kind: PackKind) => Promise<void>
  readonly report: (stage: string, done: number, total: number) => void
  readonly signal: AbortSignal
}

/** Tags of NVIDIA's wheels: they are built on systems of several ages. */
const nvidiaTags = [
  'manylinux_2_27_x86_64',
  'manylinux_2_17_x86_64',
  'manylinux2014_x86_64',
  'manylinux1_x86_64',
  'any'
]

/**
 * Makes a pack of TensorFlow's wheel: checks its SHA-256, takes the two libraries and the licences out of its 14,000
 * files, drops what only debuggers read, compares its convolutions with plain JavaScript, and only then lets the folder
 * have its name. A pack for graphics cards also holds the NVIDIA libraries that the wheel asks for.
 */
export async function buildPack(order: PackOrder, tools: PackTools): Promise<PackDescription> {
  for (const file of order.wheels) await requireFile(file)
  const staged = await stageFolder(order.folder)
  const workshop = await stageFolder(join(dirname(order.folder), 'wheels'))
  try {
    const description = await fill(staged.path, workshop.path, order, tools)
    tools.report('check', 0, 1)
    await tools.verify(staged.path, order.kind)
    tools.report('check', 1, 1)
    await markReady(staged.path)
    if (order.replace) await removeFolder(order.folder)
    await staged.commit()
    return description
  } finally {
    await workshop.discard()
    await staged.discard()
  }
}

async function fill(pack: string, workshop: string, order: PackOrder, tools: PackTools): Promise<PackDescription> {
  const { kind, source } = order
  const wheel = await findTensorFlow(order, workshop, tools)
  await tools.approve()
  const metadata = await takeTensorFlow(wheel, pack, tools.signal)
  const sources = [{ file: basename(wheel), sha256: source.sha256 }]
  const requirements = kind === 'native-gpu' ? cudaRequirements(metadata) : []
  for (const [i, requirement] of requirements.entries()) {
    tools.report('fetch the libraries for graphics cards', i, requirements.length)
    stopIfAsked(tools.signal)
    const given = order.wheels.find((file) => isWheelOf(basename(file), requirement.package))
    const wanted = { package: requirement.package, requirement: requirement.text, tags: nvidiaTags }
    const file = given ?? (await tools.download(wanted, workshop, tools.signal))
    await takeNvidia(file, pack, tools.signal)
    sources.push({ file: basename(file), sha256: await sha256File(file) })
    if (given === undefined) await rm(file) // all of them together fill gigabytes
  }
  if (process.platform === 'linux') await stripLibraries(pack)
  stopIfAsked(tools.signal)
  tools.report('describe', 0, 1)
  const cuda = cudaMajor(requirements)
  const about = {
    name: packName(kind, source.version),
    kind,
    platform: process.platform,
    arch: process.arch,
    library: 'TensorFlow',
    version: source.version,
    ...(cuda === undefined ? {} : { cuda }),
    licence: 'LICENSE',
    sources
  }
  return describePack(pack, about, await filesBelow(pack))
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) throw refuse(`There is no file ${file}.`, { file, next: 'Check the name.' })
}

export function packName(kind: PackKind, version: string): string {
  return `${kind}-${version}`
}

async function findTensorFlow({ source, wheels }: PackOrder, workshop: string, tools: PackTools): Promise<string> {
  const given = wheels.find((file) => !/^nvidia[_-]/i.test(basename(file)))
  tools.report(given === undefined ? 'download' : 'read', 0, 1)
  const file = given ?? (await tools.download(tensorflowWheel(source), workshop, tools.signal))
  tools.report(given === undefined ? 'download' : 'read', 1, 1)
  const found = await sha256File(file)
  if (found === source.sha256) return file
  throw refuse(
    `${file} is not the expected wheel (${source.package} ${source.version}, ${source.tag}): its SHA-256 is ${found}.`,
    { file, next: `Download the wheel with the SHA-256 ${source.sha256} again.` }
  )
}

/** Debugging symbols are a quarter of TensorFlow's library. Without the tool the pack is larger, and as good. */
async function stripLibraries(pack: string): Promise<void> {
  const strip = await findProgram('strip')
  if (strip === undefined) return
  for (const name of (await readdir(pack)).filter((file) => libraryName.test(file))) {
    const words = ['--strip-unneeded', resolve(pack, name)]
    await promisify(execFile)(strip, words, { cwd: neutralFolder }).catch(() => undefined)
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/')
    )
}
