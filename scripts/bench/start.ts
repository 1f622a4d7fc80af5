import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { rleArea } from '../../src/main/masks/rle.ts'
import { encodeCounts } from '../../src/main/masks/rle-string.ts'
import { AppError } from '../../src/shared/errors.ts'
import { type BenchResult } from './result.ts'
import { makeScoredCells, maskOf, pictureSize } from './scored-cells.ts'

const root = resolve(import.meta.dirname, '../..')
const repetitions = 7
const scored = { images: 200, cells: 226 } // 45,200 in all
/** In which Linux counts the time of processes. */
const ticksPerSecond = 100

/**
 * Commands from their start to their end, each in a process of its own with all that it starts, after a first one that
 * fills the cache of compiled code. The whole is one of each.
 *
 * @param profile a folder that keeps the two files which `score` compares, so that other programs can be timed on them
 */
export async function benchStart(profile: string | undefined): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-bench-'))
  try {
    const files = await writeScoredFiles(profile === undefined ? folder : resolve(profile))
    const commands = [
      ['--help'],
      ['datasets'],
      ['runs'],
      ['score', '--truth', files.truth, '--predictions', files.predictions]
    ]
    const parts: BenchResult[] = []
    for (const words of commands) parts.push(await timeCommand([...words, '--workspace', join(folder, 'workspace')]))
    return [together(parts), ...parts]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timeCommand(words: readonly string[]): Promise<BenchResult> {
  await runOnce(words)
  const runs = []
  for (let i = 0; i < repetitions; i++) runs.push(await runOnce(words))
  const seconds = ofRuns(runs.map(({ wall }) => wall))
  const processor = ofRuns(runs.map(({ used }) => used))
  return {
    name: `start, ${words[0] ?? ''}`,
    threads: availableParallelism(),
    seconds,
    cpuSeconds: processor.median,
    cpuSecondsMin: processor.min,
    unit: 'commands',
    perSecond: 1 / seconds.median
  }
}

async function runOnce(words: readonly string[]): Promise<{ wall: number; used: number }> {
  const [usedBefore, before] = [usedByChildren(), performance.now()]
  const child = spawn(process.execPath, [join(root, 'scripts/cytoloom.js'), ...words], { stdio: 'ignore' })
  const status = await new Promise((ended) => child.once('close', ended))
  if (status !== 0) throw new AppError('defect', `cytoloom ${words.join(' ')} ended with ${String(status)}.`)
  return { wall: (performance.now() - before) / 1000, used: usedByChildren() - usedBefore }
}

/** Processor seconds of all processes that have ended below this one (proc(5)). */
function usedByChildren(): number {
  if (!existsSync('/proc/self/stat')) {
    throw new AppError('resources', 'This system does not tell the processor time of processes: Linux does.')
  }
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond // cutime, cstime
}

function ofRuns(values: readonly number[]): { min: number; median: number } {
  const sorted = [...values].sort((a, b) => a - b)
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 }
}

function together(parts: readonly BenchResult[]): BenchResult {
  const sum = (of: (part: BenchResult) => number | undefined) =>
    parts.reduce((total, part) => total + (of(part) ?? 0), 0)
  const seconds = { min: sum((part) => part.seconds.min), median: sum((part) => part.seconds.median) }
  return {
    name: 'start',
    threads: availableParallelism(),
    seconds,
    cpuSeconds: sum((part) => part.cpuSeconds),
    cpuSecondsMin: sum((part) => part.cpuSecondsMin),
    unit: 'commands',
    perSecond: parts.length / seconds.median
  }
}

/** The truth as outlines, what was found as a list of results with compressed runs. */
async function writeScoredFiles(folder: string): Promise<{ truth: string; predictions: string }> {
  const files = { truth: join(folder, 'truth.json'), predictions: join(folder, 'predictions.json') }
  await mkdir(folder, { recursive: true })
  const numbers = Array.from({ length: scored.images }, (_, i) => i + 1)
  const head = {
    images: numbers.map((id) => ({ id, file_name: `${id}.tif`, ...pictureSize })),
    categories: [{ id: 1, name: 'cell' }]
  }
  const truth = createWriteStream(files.truth)
  const predictions = createWriteStream(files.predictions)
  truth.write(`${JSON.stringify(head).slice(0, -1)},"annotations":[`)
  predictions.write('[')
  for (const id of numbers) {
    const [outlines, results] = entriesOf(id)
    const comma = id === 1 ? '' : ','
    truth.write(comma + outlines.map((entry) => JSON.stringify(entry)).join())
    predictions.write(comma + results.map((entry) => JSON.stringify(entry)).join())
  }
  truth.end(']}')
  predictions.end(']')
  await Promise.all([finished(truth), finished(predictions)])
  return files
}

function entriesOf(image: number): [unknown[], unknown[]] {
  const { height, width } = pictureSize
  const { outlines, found, scores } = makeScoredCells(image, scored.cells)
  const common = { image_id: image, category_id: 1 }
  const annotations = outlines.map((outline, i) => ({
    ...common,
    id: (image - 1) * scored.cells + i + 1,
    iscrowd: 0,
    area: rleArea(maskOf(outline)),
    segmentation: [outline.map((value) => Math.round(100 * value) / 100)]
  }))
  const results = found.map((mask, i) => ({
    ...common,
    score: scores[i],
    segmentation: { size: [height, width], counts: encodeCounts(mask.counts) }
  }))
  return [annotations, results]
}
