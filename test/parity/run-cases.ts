import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { augmentationCaseKinds, runAugmentationCase } from './augmentation-cases.ts'
import { runCoco } from './coco.ts'
import { runEfficientnet } from './efficientnet.ts'
import { engineCaseKinds, runEngineCase } from './engine-cases.ts'
import { runFid } from './fid.ts'
import { runFlows } from './flows.ts'
import { runMasks } from './masks.ts'
import { metricCaseKinds, runMetricCase } from './metric-cases.ts'
import { type ParityResult } from './result.ts'

type Runner = (folder: string) => AsyncIterable<ParityResult>

interface Job {
  readonly folder: string
  readonly run: Runner
}

/** Files that make a folder one of the sets. A folder can be several. */
const sets: readonly { readonly marks: readonly string[]; readonly run: Runner }[] = [
  { marks: ['rle-vectors.json'], run: runCoco },
  { marks: ['coco-eval.json'], run: runCoco },
  { marks: ['polygon-rle.json'], run: runCoco },
  { marks: ['coco-eval-detail.json'], run: runCoco },
  { marks: ['graphs.json'], run: runMasks },
  { marks: ['regionprops.json'], run: runMasks },
  { marks: ['flows.json'], run: runFlows },
  { marks: ['frechet-kid.json', 'features.npz'], run: runFid },
  { marks: ['golden.npz', 'architecture.json'], run: runEfficientnet }
]

/**
 * Runs every golden case in the folders and below, and returns the exit status: 1 if a comparison fails, 3 if there is
 * no case. One line a comparison.
 *
 * @param limit cases with more bytes of numbers are too much for the engine
 */
export async function runCases(folders: readonly string[], limit: number): Promise<number> {
  const jobs = (await Promise.all(folders.map((folder) => findJobs(resolve(folder))))).flat()
  const failures: string[] = []
  let compared = 0
  let left = 0
  for (const { folder, run } of jobs) {
    const bytes = await numbersIn(folder)
    if (bytes > limit) {
      process.stdout.write(
        `left to a real GPU: ${basename(folder)} (${bytes} bytes; a software device takes ${limit})\n`
      )
      left++
      continue
    }
    for await (const result of resultsOf(folder, run)) {
      process.stdout.write(`${line(result)}\n`)
      compared++
      if (!result.ok) failures.push(result.name)
    }
  }
  if (compared + left === 0) {
    process.stderr.write(`There is no golden case in ${folders.join(', ')} or below.\n`)
    return 3
  }
  process.stdout.write(
    `${compared} comparisons, ${failures.length} not ok${left > 0 ? `, ${left} cases left to a real GPU` : ''}${failures.map((name) => `\n  ${name}`).join('')}\n`
  )
  return failures.length > 0 ? 1 : 0
}

/** Bytes of inputs and expected results. */
async function numbersIn(folder: string): Promise<number> {
  const files = await readdir(folder)
  const sizes = files
    .filter((file) => file.endsWith('.npz') && file !== 'weights.npz')
    .map(async (file) => (await stat(join(folder, file))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** A case that cannot be run has failed; the others still run. */
async function* resultsOf(folder: string, run: Runner): AsyncGenerator<ParityResult> {
  try {
    yield* run(folder)
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    yield { name: `${basename(folder)}: ${reason}`, relative: NaN, absolute: NaN, tolerance: 'none', ok: false }
  }
}

function line({ name, relative, absolute, tolerance, ok }: ParityResult): string {
  const [r, a] = [relative, absolute].map((value) => value.toExponential(1).padStart(8))
  return `${ok ? 'ok    ' : 'NOT OK'} relative ${r} absolute ${a} (${tolerance}) ${name}`
}

/** All cases in a folder and below, in the order of their names. */
async function findJobs(folder: string): Promise<Job[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { withFileTypes: true })
  const names = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name))
  const below = entries.filter((entry) => entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))
  const nested = await Promise.all(below.map(({ name }) => findJobs(join(folder, name))))
  return [...(await jobsOf(folder, names)), ...nested.flat()]
}

async function jobsOf(folder: string, names: ReadonlySet<string>): Promise<Job[]> {
  const here = sets.filter(({ marks }) => marks.every((mark) => names.has(mark))).map(({ run }) => run)
  if (names.has('case.json') && names.has('arrays.npz')) here.push(await runnerOfCase(folder))
  return [...new Set(here)].map((run) => ({ folder, run }))
}

async function runnerOfCase(folder: string): Promise<Runner> {
  const file: unknown = JSON.parse(await readFile(join(folder, 'case.json'), 'utf8'))
  const kind = z.object({ kind: z.string() }).safeParse(file).data?.kind ?? ''
  if (metricCaseKinds.includes(kind)) return runMetricCase
  if (augmentationCaseKinds.includes(kind)) return runAugmentationCase
  if (engineCaseKinds.includes(kind)) return runEngineCase
  return unknownKind
}

async function* unknownKind(folder: string): AsyncGenerator<ParityResult> {
  await Promise.resolve()
  yield {
    name: `${basename(folder)}: a kind of case that is not known`,
    relative: NaN,
    absolute: NaN,
    tolerance: 'none',
    ok: false
  }
}
