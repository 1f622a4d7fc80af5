import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError } from '../../src/shared/errors.ts'
import { ProcessWatch } from '../../test/fuzz/process-watch.ts'
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

/** One command in a process of its own, and what it used with all processes below it (where the system tells). */
async function run(command: readonly string[], folder: string, images: number): Promise<BenchResult> {
  const args = [join(root, 'src/main/cli.ts'), ...command, '--workspace', join(folder, 'workspace'), '--json']
  const start = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const watch = new ProcessWatch(child.pid ?? 0)
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
  const status = await new Promise((ended) => child.once('close', ended))
  watch.end()
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new AppError('defect', `cytoloom ${command[0]} ended with ${String(status)}: ${said}`)
  return {
    name: command[0] ?? '',
    threads: availableParallelism(),
    seconds: { min: seconds, median: seconds },
    peakBytes: watch.peakBytes,
    cpuSeconds: watch.usedSeconds,
    unit: 'images',
    perSecond: images / seconds
  }
}
