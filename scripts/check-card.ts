/**
 * What there is to know of a graphics card, in one command and in less than eight minutes: whether the numbers are right,
 * how fast a training step is and how much memory it takes, beside PyTorch on the same card, and a minute of training.
 * Writes check-card.json and check-card.log, and prints a table; a part that cannot be run says why.
 *
 * Usage: node scripts/check-card.ts [--out DIR] [--golden DIR] [--engines native-gpu,webgpu] [--profiles p64,p128,p256,livecell]
 *        [--seconds N] [--train-minutes N]
 *        node scripts/check-card.ts --pack FILE.tar.xz   packs what a machine with nothing but a card needs to run it
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { convolutionsPart } from './card/peer.ts'
import { packForBareMachine } from './card/pack.ts'
import { type Ending, lastLine, outputOf, type Part, runProgram } from './card/part.ts'

const root = join(import.meta.dirname, '..')
const options = readArguments()
const began = performance.now()
const log = join(options.out, 'check-card.log')
/** Kept for what comes after a part, so that one slow part does not cost the others. */
const least = 20

/** When this engine's share of the time is over; each gets an equal one of what is left. */
let deadline = began

const Timed = z.object({ seconds: z.object({ median: z.number(), min: z.number() }) })
const Bench = Timed.extend({ peakBytes: z.number(), parts: z.array(Timed) })

if (options.pack !== undefined) await packForBareMachine(root, options.pack, options.golden)
else await check()

async function check(): Promise<void> {
  await mkdir(options.out, { recursive: true })
  await writeFile(log, '')
  const machine = await describeMachine()
  const parts: Part[] = []
  const take = (part: Part): void => {
    parts.push(part)
    process.stdout.write(lineOf(part))
  }
  process.stdout.write(
    `${machine.card ?? 'no NVIDIA card'}; ${machine.processor}; PyTorch ${machine.torch ?? 'none'}\n`
  )
  const end = began + 1000 * options.seconds
  for (const [position, engine] of options.engines.entries()) {
    const now = performance.now()
    deadline = now + (end - now) / (options.engines.length - position)
    await checkEngine(engine, machine.torch, take)
  }
  const seconds = (performance.now() - began) / 1000
  const outcome = { when: new Date().toISOString(), machine, seconds, parts }
  await writeFile(join(options.out, 'check-card.json'), `${JSON.stringify(outcome, undefined, 2)}\n`)
  process.exitCode = parts.some(({ state }) => state === 'failed') ? 1 : 0
}

/** Steps come first, since they are what a card is for; parity last, since it takes what time is left. */
async function checkEngine(engine: string, torch: string | undefined, take: (part: Part) => void): Promise<void> {
  const problem = await problemWith(engine)
  if (problem !== undefined) {
    take({ part: 'engine', engine, state: 'not run', seconds: 0, says: problem })
    return
  }
  for (const profile of options.profiles) {
    const step = await stepPart(engine, profile)
    take(step)
    const limits = { log, seconds: Math.max(least, Math.min(60, left())) }
    const ours = step.numbers?.['withRegularisers']
    if (step.state === 'done') take(await convolutionsPart({ engine, profile, torch, ours, ...limits }))
  }
  take(await trainPart(engine))
  take(await parityPart(engine))
}

/** Whole seconds that are left for this engine. */
function left(): number {
  return Math.floor((deadline - performance.now()) / 1000)
}

async function describeMachine() {
  const card = await outputOf('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'])
  const torch = await outputOf('python3', ['-c', 'import torch; print(torch.__version__, torch.cuda.is_available())'])
  return { card, torch, processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, node: process.version }
}

/** Why this engine cannot be used here; undefined where it can. */
async function problemWith(engine: string): Promise<string | undefined> {
  const workspace = await mkdtemp(join(tmpdir(), 'check-card-'))
  const words = ['src/main/cli.ts', 'doctor', '--engine', engine, '--workspace', workspace, '--json']
  const { status, stdout } = await runProgram(process.execPath, words, { seconds: 60, log })
  await rm(workspace, { recursive: true, force: true })
  if (status === 0) return undefined
  const { data } = z.object({ error: z.object({ message: z.string() }) }).safeParse(parsed(stdout))
  return data?.error.message ?? 'It does not start here; the log says more.'
}

async function stepPart(engine: string, profile: string): Promise<Part> {
  const named = { part: `gan-step ${profile}`, engine }
  const words = ['scripts/bench.ts', 'gan-step', '--profile', profile, '--engine', engine, '--json']
  return timed(named, words, { seconds: Math.min(120, left()), watchesCard: true }, ({ stdout, cardBytes }) => {
    const { seconds, peakBytes, parts } = Bench.parse(parsed(stdout))
    // Generator and discriminator, path length, R1: an iteration that has all three.
    const withRegularisers = parts.reduce((sum, part) => sum + part.seconds.median, 0)
    const card = cardBytes === undefined ? {} : { cardBytes }
    const memory = cardBytes === undefined ? '' : `, ${gibibytes(cardBytes)} on the card`
    return {
      says: `${(1000 * seconds.median).toFixed(0)} ms an iteration, ${gibibytes(peakBytes)} of memory${memory}`,
      numbers: { ...seconds, withRegularisers, peakBytes, ...card }
    }
  })
}

async function parityPart(engine: string): Promise<Part> {
  const named = { part: 'parity', engine }
  if (!existsSync(options.golden)) {
    return { ...named, state: 'not run', seconds: 0, says: `There are no golden numbers in ${options.golden}.` }
  }
  const words = ['scripts/parity.ts', options.golden, '--engine', engine]
  return timed(named, words, { seconds: left(), watchesCard: false }, ({ stdout }) => {
    const [, compared, wrong] = /(\d+) comparisons, (\d+) not ok/.exec(stdout) ?? []
    return {
      says: `${compared ?? '?'} comparisons, ${wrong ?? '?'} not ok`,
      numbers: { compared: Number(compared), wrong: Number(wrong) }
    }
  })
}

/** Learns from the bundled sample for a while, from nothing. */
async function trainPart(engine: string): Promise<Part> {
  const named = { part: `training, ${options.trainMinutes} min`, engine }
  const workspace = await mkdtemp(join(tmpdir(), 'check-card-'))
  const command = (...words: string[]) =>
    runProgram(process.execPath, ['src/main/cli.ts', ...words, '--workspace', workspace, '--json'], {
      seconds: Math.max(least, left()),
      log
    })
  try {
    await command('import', join(root, 'resources/sample'), '--name', 'sample', '--format', 'labels')
    await command('prepare', 'sample', '--name', 'tiles', '--tile', '64', '--scale', '0.5')
    const minutes = String(options.trainMinutes)
    const words = ['src/main/cli.ts', 'train', 'tiles', '--name', 'run', '--preset', 'quick', '--minutes', minutes]
    const rest = ['--engine', engine, '--workspace', workspace, '--json']
    const limits = { seconds: Math.min(60 * options.trainMinutes + 90, left()), watchesCard: true }
    return await timed(named, [...words, ...rest], limits, ({ stdout, cardBytes }) => {
      const { run, secondsPerIteration } = z
        .object({ run: z.object({ iteration: z.number() }), secondsPerIteration: z.number() })
        .parse(parsed(stdout))
      const card = cardBytes === undefined ? {} : { cardBytes }
      return {
        says: `${run.iteration} iterations of 64², ${(1000 * secondsPerIteration).toFixed(0)} ms each`,
        numbers: { iterations: run.iteration, secondsPerIteration, ...card }
      }
    })
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
}

/** One program, and what its output means. */
async function timed(
  named: Pick<Part, 'part' | 'engine'>,
  words: readonly string[],
  limits: { seconds: number; watchesCard: boolean },
  read: (ending: Ending) => Pick<Part, 'says' | 'numbers'>
): Promise<Part> {
  if (limits.seconds < least) return { ...named, state: 'not run', seconds: 0, says: 'No time was left.' }
  const ending = await runProgram(process.execPath, words, { ...limits, log })
  const { status, stdout, stderr, seconds } = ending
  if (status === undefined) return { ...named, state: 'not run', seconds, says: 'It took longer than there was time.' }
  // Parity ends with 1 where a comparison fails, and says which.
  if (status !== 0 && !stdout.includes(' not ok')) {
    return { ...named, state: 'failed', seconds, says: lastLine(stderr === '' ? stdout : stderr) }
  }
  return { ...named, state: status === 0 ? 'done' : 'failed', seconds, ...read(ending) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

function lineOf({ part, engine = '', state, seconds, says }: Part): string {
  return `${engine.padEnd(11)} ${part.padEnd(22)} ${state.padEnd(8)} ${seconds.toFixed(0).padStart(4)} s  ${says}\n`
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(tmpdir(), 'check-card') },
      golden: { type: 'string', default: join(root, '../shared/golden') },
      engines: { type: 'string', default: 'native-gpu,webgpu' },
      profiles: { type: 'string', default: 'p64,p128,p256,livecell' },
      seconds: { type: 'string', default: '470' },
      'train-minutes': { type: 'string', default: '1' },
      pack: { type: 'string' }
    }
  })
  return {
    out: resolve(values.out),
    golden: resolve(values.golden),
    engines: values.engines.split(','),
    profiles: values.profiles.split(','),
    seconds: Number(values.seconds),
    trainMinutes: Number(values['train-minutes']),
    pack: values.pack === undefined ? undefined : resolve(values.pack)
  }
}
