/**
 * Builds the native pack: TensorFlow's own library, taken from its Python wheel, where the engine looks for it.
 *
 * Usage: node scripts/provide-native-engine.ts [--kind cpu|gpu] [--folder FOLDER] [--wheel FILE] [--force]
 *
 * Needs python3 with pip (any version: the wheel is asked for by platform), but no compiler and no TensorFlow. With
 * --wheel it needs no network: the wheel can be carried over on a stick. The pack is built in a folder beside its
 * place, verified against plain JavaScript, marked as ready, and moved into place only then.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { AppError, refuse } from '../src/shared/errors.ts'

interface Wheel {
  readonly package: string
  /** The platform tag of the wheel, as pip spells it. */
  readonly platform: string
  readonly sha256: string
}

const version = '2.21.0'

/** The wheels whose library has been looked at. macOS computes on the processor. */
const wheels: Record<string, Wheel> = {
  'linux-x64-cpu': {
    package: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c'
  },
  'linux-x64-gpu': {
    package: 'tensorflow',
    platform: 'manylinux_2_27_x86_64',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124'
  },
  'linux-arm64-cpu': {
    package: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c'
  },
  'darwin-arm64-cpu': {
    package: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88'
  }
}

/** Two libraries and their licences are all that is needed of the wheel's 14,000 files. */
const extract = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        name = entry.filename
        library = name.startswith('tensorflow/libtensorflow_cc') or name.startswith('tensorflow/libtensorflow_framework')
        if library or name in ('tensorflow/include/LICENSE', 'tensorflow/THIRD_PARTY_NOTICES.txt'):
            entry.filename = name.split('/')[-1]
            wheel.extract(entry, sys.argv[2])
`

const { values: options } = parseArgs({
  options: {
    kind: { type: 'string', default: 'cpu' },
    folder: { type: 'string', default: 'native/tensorflow' },
    wheel: { type: 'string' },
    force: { type: 'boolean', default: false }
  }
})
const started = performance.now()

try {
  await provide()
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${error.message}${error.next === undefined ? '' : `\n${error.next}`}\n`)
  process.exitCode = 3
}

async function provide(): Promise<void> {
  const folder = resolve(options.folder)
  const key = `${process.platform}-${process.arch}-${options.kind}`
  const wheel = wheels[key]
  if (wheel === undefined) {
    throw refuse(`There is no native engine for this computer (${key}).`, {
      next: 'The engine `wasm` works everywhere and needs no download.'
    })
  }
  const mark = `${wheel.package} ${version} ${wheel.sha256}\n`
  if (!options.force && (await isReady(folder, mark))) {
    tell(`The native engine is ready in ${options.folder}.`)
    return
  }
  if (!succeeds('python3', ['--version'])) {
    throw refuse('Python is needed to unpack the native engine, and python3 was not found.', {
      next: 'Install Python 3 (any version) and run this again, or use the engine `wasm`.'
    })
  }

  await mkdir(dirname(folder), { recursive: true })
  const workshop = await mkdtemp(`${folder}-new-`)
  try {
    await build(join(workshop, 'pack'), workshop, wheel)
    await writeFile(join(workshop, 'pack', 'ready'), mark)
    await rm(folder, { recursive: true, force: true })
    await rename(join(workshop, 'pack'), folder)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
  tell(`The native engine is ready in ${options.folder}.`)
}

async function build(pack: string, workshop: string, wheel: Wheel): Promise<void> {
  const file = options.wheel === undefined ? await download(workshop, wheel) : resolve(options.wheel)
  const found = await sha256(file)
  if (found !== wheel.sha256) {
    throw refuse(`${basename(file)} is not the expected file (${wheel.package} ${version}): its SHA-256 is ${found}.`, {
      file,
      next: 'Delete it and fetch it again.'
    })
  }
  report('checked its SHA-256')

  await mkdir(pack)
  run('python3', ['-c', extract, file, pack])
  report('took the libraries out of it')

  if (process.platform === 'linux' && succeeds('strip', ['--version'])) {
    const libraries = (await readdir(pack)).filter((name) => name.includes('.so'))
    for (const library of libraries) run('strip', ['--strip-unneeded', join(pack, library)])
    report('dropped their debugging symbols')
  }

  run(process.execPath, [join(import.meta.dirname, 'verify-native-engine.ts'), pack])
  report('compared it with plain JavaScript')
}

async function download(workshop: string, wheel: Wheel): Promise<string> {
  if (!succeeds('python3', ['-m', 'pip', '--version'])) {
    throw refuse('pip is needed to download the native engine, and this Python has none.', {
      next: `Install pip, or give the wheel of ${wheel.package} ${version} with --wheel FILE.`
    })
  }
  tell(`Downloading ${wheel.package} ${version} (about 270 MB or more) …`)
  const target = join(workshop, 'download')
  try {
    execFileSync('python3', [...pipDownload(wheel), '--dest', target, `${wheel.package}==${version}`], {
      stdio: ['ignore', 'ignore', 'pipe']
    })
  } catch (cause) {
    throw refuse(`${wheel.package} ${version} could not be downloaded. ${lastError(cause)}`, {
      next: 'Check the connection and run this again; with --wheel FILE it needs none.',
      cause
    })
  }
  const [name] = await readdir(target)
  if (name === undefined) throw refuse('pip reported success but left no file.', { next: 'Run this again.' })
  const file = join(target, name)
  report(`downloaded ${name}, ${String(Math.round((await stat(file)).size / 1e6))} MB`)
  return file
}

function pipDownload({ platform }: Wheel): string[] {
  const always = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--no-cache-dir']
  return [...always, '--platform', platform, '--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311']
}

/** pip's own last line about an error, without the addresses it tried. */
function lastError(thrown: unknown): string {
  const output = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr) : ''
  return output.split('\n').findLast((line) => line.startsWith('ERROR:') && !line.includes('://')) ?? ''
}

async function isReady(folder: string, mark: string): Promise<boolean> {
  const file = join(folder, 'ready')
  return existsSync(file) && (await readFile(file, 'utf8')) === mark
}

function run(command: string, parameters: string[]): void {
  execFileSync(command, parameters, { stdio: 'inherit' })
}

function succeeds(command: string, parameters: string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function report(what: string): void {
  tell(`${((performance.now() - started) / 1000).toFixed(1)} s: ${what}`)
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}
