import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { promisify } from 'node:util'
import { type InstalledPack } from '../../shared/engine-packs.ts'
import { findProgram, neutralFolder } from '../files/programs.ts'

export interface GraphicsCard {
  readonly name: string
  /** Version of NVIDIA's driver, `580.65.06`. */
  readonly driver: string
}

/** The oldest driver under Linux with which libraries of a CUDA major version run (NVIDIA's CUDA release notes). */
const oldestDriver: Readonly<Record<number, string>> = { 11: '450.80.02', 12: '525.60.13', 13: '580.65.06' }

/** NVIDIA's cards and their driver, asked from its tool or, without it, from the kernel. */
export async function findGraphicsCards(): Promise<GraphicsCard[]> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader']
  const program = await findProgram('nvidia-smi')
  const options = { cwd: neutralFolder, timeout: 10_000 }
  const answer =
    program === undefined ? undefined : await promisify(execFile)(program, query, options).catch(() => undefined)
  if (answer !== undefined) return parseCards(answer.stdout)
  const kernel = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '')
  const driver = /Kernel Module\s+(?:for \S+\s+)?([\d.]+)/.exec(kernel)?.[1]
  return driver === undefined ? [] : [{ name: 'NVIDIA', driver }]
}

export function parseCards(answer: string): GraphicsCard[] {
  return answer
    .split('\n')
    .map((line) => line.split(',').map((part) => part.trim()))
    .flatMap(([name, driver]) => (name && driver && /^[\d.]+$/.test(driver) ? [{ name, driver }] : []))
}

/** Why a pack for graphics cards cannot be used with these cards, as a sentence; `undefined` when it can. */
export function driverProblem(pack: Pick<InstalledPack, 'cuda'>, cards: readonly GraphicsCard[]): string | undefined {
  const [card] = cards
  if (card === undefined) return 'No NVIDIA graphics card with its driver was found on this computer.'
  const needed = oldestDriver[pack.cuda ?? 0]
  if (needed === undefined || !isOlder(card.driver, needed)) return undefined
  return `The driver of ${card.name} is too old: it is ${card.driver}, and this engine (CUDA ${pack.cuda ?? ''}) needs ${needed} or newer. Update NVIDIA's driver.`
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/** What the engine process must find in its environment when it starts with this pack. */
export function packVariables(pack: Pick<InstalledPack, 'kind' | 'folder'>): Record<string, string> {
  if (pack.kind !== 'native-gpu') return {}
  const others = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => isAbsolute(folder))
  return {
    LD_LIBRARY_PATH: [...new Set([`${pack.folder}/nvidia`, pack.folder, ...others])].join(':'),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true', // else the card looks full to every other program
    CUDA_CACHE_MAXSIZE: String(4 * 2 ** 30) // kernels that the driver compiles are kept, not made at each start
  }
}
