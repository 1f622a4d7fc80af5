import { parseArgs } from 'node:util'
import { AppError } from '../src/shared/errors.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'
import { EngineRequest } from '../src/shared/runs.ts'
import { benchCocoEvaluation } from './bench/coco-eval.ts'
import { benchConvolution } from './bench/convolution.ts'
import { benchFrechet } from './bench/frechet.ts'
import { benchGanStep } from './bench/gan-step.ts'
import { benchMaskCodes } from './bench/mask-codes.ts'
import { benchDecode, benchMasks } from './bench/masks.ts'
import { benchImport } from './bench/import.ts'
import { benchOperations } from './bench/operations.ts'
import { benchRasterize } from './bench/rasterize.ts'
import { benchNetworkConvolutions } from './bench/network-convolutions.ts'
import { benchReadImages } from './bench/read-images.ts'
import { type BenchResult } from './bench/result.ts'
import { benchStart } from './bench/start.ts'

/**
 * Measures one operation: npm run bench -- NAME [--profile P] [--engine E] [--json]
 *
 * Exits with 2 on wrong usage, 3 when something it needs is not there.
 */
const benches: Record<string, (options: Options) => Promise<BenchResult | BenchResult[]>> = {
  'coco-eval': benchCocoEvaluation,
  convolution: ({ profile, engine }) =>
    profile === undefined ? benchConvolution(engine) : benchNetworkConvolutions(profile, engine),
  decode: benchDecode,
  frechet: benchFrechet,
  'gan-step': ({ profile, engine }) => benchGanStep(profile, engine),
  import: ({ profile }) => benchImport(profile),
  'mask-codes': ({ profile }) => benchMaskCodes(profile),
  masks: benchMasks,
  operations: ({ profile, engine }) => benchOperations(profile, engine),
  rasterize: benchRasterize,
  'read-images': benchReadImages,
  start: ({ profile }) => benchStart(profile)
}

/** On graphics cards by WebGPU only whole iterations are timed: single operations cannot be waited for. */
const engines = EngineRequest.exclude(['webgpu'])

interface Options {
  readonly profile: string | undefined
  readonly engine: EngineRequest | undefined
}

process.exitCode = await main()

async function main(): Promise<number> {
  const { bench, options, json } = readArguments()
  if (bench === undefined) {
    const names = Object.keys(benches).join('|')
    process.stderr.write(
      `Usage: npm run bench -- ${names} [--profile P] [--engine ${engines.options.join('|')}] [--json]\n`
    )
    return 2
  }
  try {
    const results = [await bench(options)].flat()
    process.stdout.write(json ? asJson(results) : results.map(asLine).join(''))
    return 0
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    process.stderr.write(`${[thrown.message, ...adviceLines(thrown)].join('\n')}\n`)
    return 3
  }
}

function readArguments() {
  const nothing = { bench: undefined, options: { profile: undefined, engine: undefined }, json: false }
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { profile: { type: 'string' }, engine: { type: 'string' }, json: { type: 'boolean', default: false } }
    })
    const [name = '', ...more] = positionals
    const engine = (name === 'gan-step' ? EngineRequest : engines).optional().safeParse(values.engine)
    if (more.length > 0 || !engine.success || !Object.hasOwn(benches, name)) return nothing
    return { bench: benches[name], options: { profile: values.profile, engine: engine.data }, json: values.json }
  } catch {
    return nothing // an option that does not exist
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
