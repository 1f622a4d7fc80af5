import { parseArgs } from 'node:util'
import { z } from 'zod'
import { AppError } from '../src/shared/errors.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'
import { EngineRequest } from '../src/shared/runs.ts'
import { benchCocoEvaluation } from './bench/coco-eval.ts'
import { benchConvolution } from './bench/convolution.ts'
import { benchFlowDecoding, benchFlowTargets, benchSegmenterStep } from './bench/flows.ts'
import { benchEventLoop } from './bench/event-loop.ts'
import { benchFrechet } from './bench/frechet.ts'
import { benchGanStep } from './bench/gan-step.ts'
import { benchMaskCodes } from './bench/mask-codes.ts'
import { benchDecode, benchMasks } from './bench/masks.ts'
import { benchImport } from './bench/import.ts'
import { benchJudge } from './bench/judge.ts'
import { benchMemory } from './bench/memory.ts'
import { benchOperations } from './bench/operations.ts'
import { benchRasterize } from './bench/rasterize.ts'
import { benchNetworkConvolutions } from './bench/network-convolutions.ts'
import { benchPage } from './bench/page.ts'
import { benchReadImages } from './bench/read-images.ts'
import { type BenchResult } from './bench/result.ts'
import { benchStart } from './bench/start.ts'

/**
 * Measures one operation: npm run bench -- NAME [--profile P] [--engine E] [--json]
 * or whether scores see cells: npm run bench -- judge [--folder DIR …] [--side N …] [--tiles N] [--engine E] [--json]
 *
 * Exits with 2 on wrong usage, 3 when something it needs is not there.
 */
const benches: Record<string, Bench> = {
  'coco-eval': benchCocoEvaluation,
  convolution: ({ profile, engine }) =>
    profile === undefined ? benchConvolution(engine) : benchNetworkConvolutions(profile, engine),
  decode: async () => [await benchDecode(), await benchFlowDecoding()],
  'event-loop': benchEventLoop,
  'flow-targets': benchFlowTargets,
  flows: async ({ profile, engine }) => [
    await benchFlowTargets(),
    await benchFlowDecoding(),
    await benchSegmenterStep(profile, engine)
  ],
  frechet: benchFrechet,
  'gan-step': ({ profile, engine }) => benchGanStep(profile, engine),
  import: ({ profile }) => benchImport(profile),
  'mask-codes': ({ profile }) => benchMaskCodes(profile),
  masks: benchMasks,
  memory: ({ engine }) => benchMemory(engine),
  operations: ({ profile, engine }) => benchOperations(profile, engine),
  page: benchPage,
  rasterize: benchRasterize,
  'read-images': benchReadImages,
  'segmenter-step': ({ profile, engine }) => benchSegmenterStep(profile, engine),
  start: ({ profile }) => benchStart(profile)
}

/** On graphics cards by WebGPU only whole iterations are timed: single operations cannot be waited for. */
const engines = EngineRequest.exclude(['webgpu'])

type Bench = (options: Options) => Promise<BenchResult | BenchResult[]>

interface Options {
  readonly profile: string | undefined
  readonly engine: EngineRequest | undefined
  readonly folders: readonly string[]
  readonly sides: readonly number[]
  readonly tiles: number | undefined
}

const Arguments = z.object({
  engine: EngineRequest.optional(),
  profile: z.string().optional(),
  folder: z.array(z.string()).default([]),
  side: z.array(z.coerce.number().int().positive()).default([]),
  tiles: z.coerce.number().int().min(4).optional(),
  json: z.boolean()
})

process.exitCode = await main()

async function main(): Promise<number> {
  const { name, options, json } = readArguments()
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
  if (bench === undefined && name !== 'judge') {
    const names = [...Object.keys(benches), 'judge'].join('|')
    process.stderr.write(
      `Usage: npm run bench -- ${names} [--profile P] [--engine ${engines.options.join('|')}] [--json]\n`
    )
    return 2
  }
  try {
    process.stdout.write(bench === undefined ? await judge(options, json) : await measure(bench, options, json))
    return 0
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    process.stderr.write(`${[thrown.message, ...adviceLines(thrown)].join('\n')}\n`)
    return 3
  }
}

async function measure(bench: Bench, options: Options, json: boolean): Promise<string> {
  const results = [await bench(options)].flat()
  return json ? asJson(results) : results.map(asLine).join('')
}

async function judge({ folders, sides, tiles = 200, ...options }: Options, json: boolean): Promise<string> {
  const engine = options.engine === undefined || options.engine === 'auto' ? 'native-cpu' : options.engine
  const report = await benchJudge({ folders, sides: sides.length > 0 ? sides : [32, 64, 128, 256], tiles, engine })
  return json ? `${JSON.stringify(report.json)}\n` : report.text
}

function readArguments(): { name: string; options: Options; json: boolean } {
  const nothing = { profile: undefined, engine: undefined, folders: [], sides: [], tiles: undefined }
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        profile: { type: 'string' },
        engine: { type: 'string' },
        folder: { type: 'string', multiple: true },
        side: { type: 'string', multiple: true },
        tiles: { type: 'string' },
        json: { type: 'boolean', default: false }
      }
    })
    const [name = '', ...more] = positionals
    const read = Arguments.safeParse(values)
    const mayEngine = name === 'gan-step' || values.engine !== 'webgpu'
    if (more.length > 0 || !read.success || !mayEngine) return { name: '', options: nothing, json: false }
    const { folder, side, profile, engine, tiles, json } = read.data
    return { name, options: { profile, engine, folders: folder, sides: side, tiles }, json }
  } catch {
    return { name: '', options: nothing, json: false } // an option that does not exist
  }
}

/** The whole, and its parts where an operation is measured in parts too. */
function asJson([whole, ...parts]: BenchResult[]): string {
  return `${JSON.stringify({ ...whole, ...(parts.length > 0 && { parts }) })}\n`
}

function asLine({
  name,
  engine,
  threads,
  seconds,
  cpuSeconds,
  peakBytes,
  unit,
  perSecond,
  scores = {}
}: BenchResult): string {
  const where = [engine, `${threads} ${threads === 1 ? 'thread' : 'threads'}`].filter((part) => part !== undefined)
  const times = `median ${seconds.median.toPrecision(3)} s, best ${seconds.min.toPrecision(3)} s`
  const processor = cpuSeconds === undefined ? '' : `, ${cpuSeconds.toPrecision(3)} s of processor`
  const memory = peakBytes === undefined ? '' : `, at most ${(peakBytes / 2 ** 30).toFixed(1)} GiB`
  const quality = Object.entries(scores).map(([score, value]) => `, ${score} ${value.toFixed(3)}`)
  return `${name} (${where.join(', ')}): ${times}, ${perSecond.toPrecision(3)} ${unit} a second${processor}${memory}${quality.join('')}\n`
}
