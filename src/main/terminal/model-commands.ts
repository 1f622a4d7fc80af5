import { type Command } from 'commander'
import { type Output } from '../../shared/api.ts'
import { type DemoResult } from '../../shared/demo.ts'
import { healthSentences } from '../../shared/health-words.ts'
import { type EngineRequest, type Run } from '../../shared/runs.ts'
import { scoreText } from '../../shared/score-text.ts'
import { type BuiltInModel } from '../../shared/starter.ts'
import { type GenerateResult } from '../../shared/synthetic.ts'
import { type CommonOptions, engineOption, type Host, seedOption } from './host.ts'
import { count, realNumber, wholeNumber } from './numbers.ts'
import { addTrain } from './train-command.ts'

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
    .description('take the bundled sample through every step, beginning with pictures by the built-in model')
    .option('--minutes <number>', 'minutes of training, after the first pictures', realNumber)
    .addOption(seedOption())
    .addOption(engineOption())
    .action(async ({ minutes, seed, engine, workspace }: DemoOptions) => {
      const input = { seed, engine, ...(minutes === undefined ? {} : { minutes }) }
      const result = await host.request('demo.run', input, workspace)
      host.print(result, demoSentences(result))
    })
}

function demoSentences({ sentences, pictures }: DemoResult): string {
  const begin = 'To begin with your own: cytoloom import FOLDER --name NAME'
  return [...sentences, ...pictures.map((file) => `  ${file}`), begin].join('\n')
}

function addRuns(program: Command, host: Host): void {
  program
    .command('runs')
    .description('list the training runs, and the models that come with the program')
    .action(async ({ workspace }: CommonOptions) => {
      const result = await host.request('runs.list', {}, workspace)
      const lines = result.runs.map(
        ({ name, state, iteration, settings }) => `${name}: ${state}, iteration ${iteration} of ${settings.iterations}`
      )
      const own = lines.length === 0 ? ['There is no run yet. "cytoloom train" makes one.'] : lines
      host.print(result, [...own, ...result.builtIn.map(builtInSentence)].join('\n'))
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

function builtInSentence({ name, classes, tile, trainedOn, limitations }: BuiltInModel): string {
  const sentences = [
    `${name}: built in; ${classes.join(', ')}, ${tile}×${tile} pixels`,
    `learned from ${trainedOn}`,
    ...(limitations === undefined ? [] : [limitations])
  ]
  return sentences.join('; ')
}

function runSentences({ run, history, checkpoints }: Output<'runs.show'>): string {
  const scores = history.flatMap((entry) => {
    const place = `  iteration ${entry.iteration}:`
    if (entry.kind === 'note') return [`${place} ${entry.text}`]
    if (entry.kind !== 'evaluation') return []
    return [`${place} ${entry.metric} ${scoreText(entry.value)}${entry.note === undefined ? '' : ` (${entry.note})`}`]
  })
  return [
    `"${run.name}": ${run.state}, iteration ${run.iteration} of ${run.settings.iterations}${maskWords(run)}.`,
    ...scores,
    `Safe points: ${checkpoints.map(({ iteration, isBest }) => `${iteration}${isBest ? ' (best)' : ''}`).join(', ') || 'none'}`
  ].join('\n')
}

function maskWords({ settings: { network } }: Run): string {
  return network.maskCode === 'tones' && network.maskChannels > 0 ? `, masks in ${network.maskChannels - 1} tones` : ''
}

export interface GenerateOptions extends EngineOptions {
  readonly count?: number
  readonly perClass?: number
  readonly truncation?: number
  readonly seed: number
  readonly areaFilter: boolean
  readonly checkpoint?: number
}

function addGenerate(program: Command, host: Host): void {
  const command = program
    .command('generate')
    .description('make synthetic pictures with their cell masks from a trained model')
    .argument('<run>', 'name or id')
    .requiredOption('--name <name>', 'name of the synthetic set')
  addGenerateOptions(command).action(
    async (run: string, { workspace, json: _, ...options }: GenerateOptions & { readonly name: string }) => {
      const result = await host.request('synthetic.generate', { run, ...options }, workspace)
      const { synthetic, filtered, phantoms, overview } = result
      host.print(
        result,
        [
          `"${synthetic.name}": ${count(synthetic.images, 'picture')} with ${count(synthetic.cells, 'cell')} (seed ${result.seed}).`,
          `${count(filtered.cells, 'cell')} and ${count(filtered.images, 'picture')} were filtered out.`,
          ...phantomSentences(phantoms),
          ...healthSentences(result.health, result.maskFit),
          ...result.warnings,
          `To look at: ${overview}`
        ].join('\n')
      )
    }
  )
}

function phantomSentences(phantoms: GenerateResult['phantoms']): string[] {
  if (phantoms === undefined || phantoms.cells === 0) return []
  const { cells, share } = phantoms
  return [`Of the cells in the masks ${(100 * share).toFixed(1)} % (${cells}) are only the blurred edge of others.`]
}

/** What can be chosen of a synthetic set. */
export function addGenerateOptions(command: Command): Command {
  return command
    .option('--count <number>', 'number of pictures in all', wholeNumber)
    .option('--per-class <number>', 'number of pictures of each class', wholeNumber)
    .option(
      '--truncation <psi>',
      'below 1, pictures are more typical and less varied (default: 1, or what suits a built-in model)',
      realNumber
    )
    .addOption(seedOption())
    .option('--no-area-filter', 'keep cells of implausible size')
    .option('--checkpoint <iteration>', 'safe point whose model draws (default: the best)', wholeNumber)
    .addOption(engineOption())
}
