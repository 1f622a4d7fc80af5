import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../src/shared/errors.ts'
import { makeLivecellArchive } from '../livecell/archive.ts'
import { type BenchResult } from './result.ts'

const defaultImages = 200
const cellsOfImage = 325
const root = resolve(import.meta.dirname, '../..')

/**
 * Imports and prepares an archive in LIVECell's layout by the command, as a user does; the whole, then both parts.
 *
 * @param profile how many images; `5000` is LIVECell's size and takes 8 GB of disk
 */
export async function benchImport(profile: string | undefined): Promise<BenchResult[]> {
  const images = Number(profile ?? defaultImages)
  if (!Number.isSafeInteger(images) || images < 1) {
    throw new AppError('usage', `--profile is the number of images here, and "${profile}" is none.`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-bench-'))
  try {
    await makeLivecellArchive(join(folder, 'archive'), { images, cells: cellsOfImage, seed: 0 })
    const taken = await run(['import', join(folder, 'archive'), '--name', 'made'], folder, images)
    const prepared = await run(['prepare', 'made', '--name', 'masks'], folder, images)
    return [together(taken, prepared), { ...taken, name: 'import, taking in' }, { ...prepared, name: 'import, masks' }]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function together(taken: BenchResult, prepared: BenchResult): BenchResult {
  const wall = taken.seconds.median + prepared.seconds.median
  return {
    ...taken,
    name: 'import',
    seconds: { min: wall, median: wall },
    cpuSeconds: (taken.cpuSeconds ?? 0) + (prepared.cpuSeconds ?? 0),
    peakBytes: Math.max(taken.peakBytes ?? 0, prepared.peakBytes ?? 0),
    perSecond: (taken.perSecond * taken.seconds.median) / wall
  }
}

const Usage = z.object({ peakBytes: z.number(), cpuSeconds: z.number() })

/** One command in a process of its own, and what it used with all its threads. */
async function run(command: readonly string[], folder: string, images: number): Promise<BenchResult> {
  const usageFile = join(folder, 'usage.json')
  const args = ['--import', join(import.meta.dirname, 'report-usage.ts'), join(root, 'src/main/cli.ts'), ...command]
  const start = performance.now()
  const child = spawn(process.execPath, [...args, '--workspace', join(folder, 'workspace'), '--json'], {
    env: { ...process.env, CYTOLOOM_BENCH_USAGE: usageFile },
    stdio: ['ignore', 'pipe', 'ignore']
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  const status = await new Promise((ended) => child.once('close', ended))
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new AppError('defect', `cytoloom ${command[0]} ended with ${String(status)}: ${said}`)
  const usage = Usage.parse(JSON.parse(await readFile(usageFile, 'utf8')))
  return {
    name: command[0] ?? '',
    threads: availableParallelism(),
    seconds: { min: seconds, median: seconds },
    ...usage,
    unit: 'images',
    perSecond: images / seconds
  }
}
