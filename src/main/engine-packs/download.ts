import { spawn } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { findProgram, neutralFolder } from '../files/programs.ts'
import { stopIfAsked } from './stopping.ts'
import { isWheelOf, type WheelSource } from './wheels.ts'

/** Fetches a wheel into a folder and returns its path. */
export type Download = (wanted: WantedWheel, folder: string, signal: AbortSignal) => Promise<string>

export interface WantedWheel {
  readonly package: string
  /** As pip takes it: `tensorflow-cpu==2.21.0`. */
  readonly requirement: string
  /** Platform tags that will do. */
  readonly tags: readonly string[]
}

export function tensorflowWheel({ package: name, version, tag }: WheelSource): WantedWheel {
  return { package: name, requirement: `${name}==${version}`, tags: [tag] }
}

/**
 * Fetches a wheel from PyPI by pip, which knows the mirror, proxy and certificates of this computer and checks the
 * index's SHA-256. Any Python will do: the wheel is asked for by its platform.
 */
export async function downloadByPip(wanted: WantedWheel, folder: string, signal: AbortSignal): Promise<string> {
  await mkdir(folder, { recursive: true })
  const python = await requirePip(wanted)
  const platforms = wanted.tags.flatMap((tag) => ['--platform', tag])
  const build = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--abi', 'none']
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--no-cache-dir', ...platforms, ...build]
  const { status, complaint } = await run(
    python,
    ['download', ...options, '--dest', resolve(folder), wanted.requirement],
    signal
  )
  stopIfAsked(signal)
  const name = (await readdir(folder)).find((file) => file.endsWith('.whl') && isWheelOf(file, wanted.package))
  if (status === 0 && name !== undefined) return join(folder, name)
  throw refuse(`${wanted.requirement} could not be downloaded.`, {
    details: lastError(complaint),
    next: `Check the connection and try again. A wheel that was downloaded elsewhere needs no connection: ${byHand(wanted)}.`,
    remedies: [{ action: 'set-option', option: 'wheel' }]
  })
}

/** The Python that has it. */
async function requirePip(wanted: WantedWheel): Promise<string> {
  const python = await findProgram('python3')
  if (python !== undefined) {
    const { status } = await run(python, ['--version'], new AbortController().signal)
    if (status === 0) return python
  }
  throw refuse('Python with pip is needed to download TensorFlow, and was not found on this computer.', {
    next: `Install Python 3 (any version), or download the wheel with a browser: ${byHand(wanted)}.`,
    remedies: [{ action: 'set-option', option: 'wheel' }]
  })
}

function byHand({ package: name, requirement, tags }: WantedWheel): string {
  const version = /==(.+)$/.exec(requirement)?.[1]
  const release = version === undefined ? name : `${name} ${version}`
  return `on PyPI, choose the file of ${release} for cp311 and ${tags[0] ?? 'any'}, and install from it`
}

/** Isolated (-I): else `-m` takes what is called pip in the current folder, or in one that a variable names. */
function run(
  python: string,
  words: readonly string[],
  signal: AbortSignal
): Promise<{ status: number; complaint: string }> {
  return new Promise((settle) => {
    const child = spawn(python, ['-I', '-m', 'pip', ...words], {
      cwd: neutralFolder,
      stdio: ['ignore', 'ignore', 'pipe'],
      signal
    })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')))
    child.once('error', () => settle({ status: -1, complaint }))
    child.once('close', (code) => settle({ status: code ?? -1, complaint }))
  })
}

/** pip's own last line about an error, without the addresses it tried. */
function lastError(complaint: string): string {
  return complaint.split('\n').findLast((line) => line.startsWith('ERROR:') && !line.includes('://')) ?? ''
}
