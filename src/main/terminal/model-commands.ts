import { type Command, Option } from 'commander'
import { type Output } from '../../shared/api.ts'
import { type DemoResult } from '../../shared/demo.ts'
import { refuse } from '../../shared/errors.ts'
import { type EngineRequest, TrainRequest, type TrainResult } from '../../shared/runs.ts'
import { type CommonOptions, engineOption, type Host } from './host.ts'
import { count, realNumber, wholeNumber } from './numbers.ts'

interface EngineOptions extends CommonOptions {
  readonly engine: EngineRequest
}

/** demo, train, runs, run, evaluate, generate */
export function addModelCommands(program: Command, host: Host): void {
  addDemo(program, host)
  addTrain(program, host)
  addRuns(program, host)
  addGenerate(program, host)
}

interface DemoOptions extends EngineOptions {
  readonly minutes?: number
  readonly seed: number
}

function addDemo(program: Command, host: Host): void {
  program
    .command('demo')
    .description('run the bundled sample through every step')
    .option('--minutes <number>', 'minutes of training', realNumber)
    .option('--seed <number>', '', wholeNumber, 0)
    .addOption(engineOption())
    .action(async ({ minutes, seed, engine, workspace }: DemoOptions) => {
      const input = { seed, engine, ...(minutes === undefined ? {} : { minutes }) }
      const result = await host.request('demo.run', input, workspace)
      host.print(result, demoSentences(result))
    })
}

function demoSentences({ sentences, pictures }: DemoResult): string {
  return [...sentences, ...pictures.map((file) => `  ${file}`)].join('\n')
}

interface TrainOptions extends EngineOptions {
  readonly name?: string
  readonly preset: string
  readonly resume?: string
  readonly augment?: string
  readonly seed: number
  readonly minutes?: number
}

function addTrain(program: Command, host: Host): void {
  program
    .command('train')
    .description('train image and mask generation on a prepared set, or go on with a run')
    .argument('[prepared]', 'name or id of the prepared set')
    .option('--name <name>', 'what to call the run')
    .option('--resume <run>', 'go on with this run')
    .option('--from <run>', "start from this run's model, with a fresh optimiser")
    .addOption(new Option('--preset <name>').choices(TrainRequest.shape.preset.unwrap().options).default('quick'))
    .addOption(new Option('--generator <kind>').choices(['paper', 'stylegan2']))
    .option('--iterations <number>', '', wholeNumber)
    .option('--batch <number>', '', wholeNumber)
    .option('--learning-rate <number>', '', realNumber)
    .option('--mapping-layers <number>', '', wholeNumber)
    .option('--augment <list>', 'diffaug, or of its parts: color,translation,cutout; none')
    .option('--evaluate-every <iterations>', '', wholeNumber)
    .option('--minutes <number>', 'stop after this many minutes', realNumber)
    .option('--seed <number>', '', wholeNumber, 0)
    .addOption(engineOption())
    .action(async (prepared: string | undefined, options: TrainOptions) => {
      const result = await train(host, prepared, options)
      if (result.run.state === 'paused') {
        host.stopped(
          `Training paused at iteration ${result.run.iteration}; everything is saved.`,
          `cytoloom train --resume "${result.run.name}" goes on from there.`
        )
      }
      host.print(result, trainSentences(result))
    })
}

function train(host: Host, prepared: string | undefined, options: TrainOptions): Promise<TrainResult> {
  const { workspace, json: _, resume, augment, name, ...rest } = options
  if (resume !== undefined) {
    const { minutes, engine } = options
    return host.request(
      'runs.resume',
      { run: resume, engine, ...(minutes === undefined ? {} : { minutes }) },
      workspace
    )
  }
  if (prepared === undefined || name === undefined) {
    throw refuse('To train, name a prepared set and the new run: cytoloom train PREPARED --name NAME.', {
      next: 'Or go on with a run: cytoloom train --resume RUN.'
    })
  }
  const policies =
    augment === undefined ? undefined : augment.split(',').filter((item) => item !== 'none' && item !== '')
  const input = { ...rest, prepared, name, ...(policies === undefined ? {} : { augment: policies }) }
  // The schema checks what commander could only read as text; dispatch parses it again.
  return host.request('runs.train', input as TrainRequest, workspace)
}

function trainSentences({ run, secondsPerIteration }: TrainResult): string {
  const best =
    run.best === undefined
      ? 'No picture quality score yet.'
      : `Best picture quality score: ${run.best.value.toFixed(1)} (${run.best.metric}, lower is better) at iteration ${run.best.iteration}.`
  return [
    `"${run.name}" is ${run.state} at iteration ${run.iteration} of ${run.settings.iterations}, ${secondsPerIteration.toFixed(2)} s an iteration.`,
    best
  ].join('\n')
}

function addRuns(program: Command, host: Host): void {
  program
    .command('runs')
    .description('list the training runs')
    .action(async ({ workspace }: CommonOptions) => {
      const result = await host.request('runs.list', {}, workspace)
      const lines = result.runs.map(
        ({ name, state, iteration, settings }) => `${name}: ${state}, iteration ${iteration} of ${settings.iterations}`
      )
      host.print(result, lines.length === 0 ? 'There is no run yet. "cytoloom train" makes one.' : lines.join('\n'))
    })
  program
    .command('run')
    .description('show one run: state, settings, scores, safe points')
    .argument('<name>', 'name or id')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('runs.show', { name }, workspace)
      host.print(result, runSentences(result))
    })
}

function runSentences({ run, history, checkpoints }: Output<'runs.show'>): string {
  const scores = history.flatMap((entry) =>
    entry.kind === 'evaluation' ? [`  iteration ${entry.iteration}: ${entry.metric} ${entry.value.toFixed(1)}`] : []
  )
  return [
    `"${run.name}": ${run.state}, iteration ${run.iteration} of ${run.settings.iterations}.`,
    ...scores,
    `Safe points: ${checkpoints.map(({ iteration, isBest }) => `${iteration}${isBest ? ' (best)' : ''}`).join(', ') || 'none'}`
  ].join('\n')
}

interface GenerateOptions extends EngineOptions {
  readonly name: string
  readonly count?: number
  readonly perClass?: number
  readonly truncation: number
  readonly seed: number
  readonly areaFilter: boolean
}

function addGenerate(program: Command, host: Host): void {
  program
    .command('generate')
    .description('make synthetic pictures with their cell masks')
    .argument('<run>', 'name or id')
    .requiredOption('--name <name>', 'what to call the synthetic set')
    .option('--count <number>', 'pictures in all', wholeNumber)
    .option('--per-class <number>', 'pictures of each class', wholeNumber)
    .option('--truncation <psi>', 'below 1: more typical, less varied', realNumber, 1)
    .option('--seed <number>', '', wholeNumber, 0)
    .option('--no-area-filter', 'keep cells of unreal size')
    .addOption(engineOption())
    .action(async (run: string, { workspace, json: _, ...options }: GenerateOptions) => {
      const result = await host.request('synthetic.generate', { run, ...options }, workspace)
      const { synthetic, filtered } = result
      host.print(
        result,
        [
          `"${synthetic.name}": ${count(synthetic.images, 'picture')} with ${count(synthetic.cells, 'cell')} (seed ${result.seed}).`,
          `${count(filtered.cells, 'cell')} and ${count(filtered.images, 'picture')} were filtered out.`,
          ...result.warnings
        ].join('\n')
      )
    })
}
