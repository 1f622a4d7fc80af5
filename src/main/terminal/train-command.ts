import { type Command, InvalidArgumentError, Option } from 'commander'
import { AppError, refuse } from '../../shared/errors.ts'
import { type EngineRequest, TrainRequest, type TrainResult } from '../../shared/runs.ts'
import { scoreText } from '../../shared/score-text.ts'
import { AdversarialLoss, Discriminators, MaskCode, Recipe, SkipPath } from '../../shared/training.ts'
import { type CommonOptions, engineOption, type Host, seedOption } from './host.ts'
import { realNumber, wholeNumber } from './numbers.ts'

export interface TrainOptions extends CommonOptions {
  readonly engine: EngineRequest
  readonly name?: string
  readonly preset: string
  readonly resume?: string
  readonly augment?: string
  readonly seed: number
  readonly iterations?: number
  readonly minutes?: number
  readonly microBatch?: number
}

/** What may be given for one sitting of a run; all else is part of the run itself. */
const sittingOptions = ['resume', 'iterations', 'minutes', 'microBatch', 'engine', 'workspace', 'json']

/** train */
export function addTrain(program: Command, host: Host): void {
  const command = program
    .command('train')
    .description('train a model on a prepared set, or resume a run')
    .argument('[prepared]', 'name or id of the prepared set')
    .option('--name <name>', 'name of the new run')
    .option('--resume <run>', 'resume this run; with --iterations, extend it or end it earlier')
  addTrainOptions(command).action(async (prepared: string | undefined, options: TrainOptions) => {
    refuseFixedOptions(command, options)
    const result = await train(host, prepared, options)
    if (result.run.state === 'paused') {
      host.stopped(
        `Training paused at iteration ${result.run.iteration}; everything is saved.`,
        `cytoloom train --resume "${result.run.name}" resumes it.`
      )
    }
    host.print(result, trainSentences(result))
  })
}

/** What can be chosen of a new run. */
export function addTrainOptions(command: Command): Command {
  command
    .option('--from <run>', "start from this run's model, with a fresh optimiser")
    .addOption(
      new Option('--preset <name>', 'networks and schedule to start from')
        .choices(TrainRequest.shape.preset.unwrap().options)
        .default('quick')
    )
    .option(
      '--paper',
      'the published recipe to the letter: merges padded with zeros, R1 weight 0.2048, classes drawn at random and never aligned'
    )
    .addOption(
      new Option(
        '--freeze <part>',
        "with --from: keep all that the model's image is made of, and teach layers of the mask's own alone"
      ).choices(TrainRequest.shape.freeze.unwrap().options)
    )
    .option('--iterations <number>', 'length of the training (default: from the preset)', wholeNumber)
    .option('--batch <number>', 'samples per iteration (default: from the preset)', wholeNumber)
    .option(
      '--micro-batch <number>',
      'samples computed at a time, to save memory; the result stays the same',
      wholeNumber
    )
    .option(
      '--evaluate-every <iterations>',
      'iterations between two quality scores (default: from the preset)',
      wholeNumber
    )
    .option('--minutes <number>', 'stop after this many minutes in all', realNumber)
    .addOption(seedOption())
    .addOption(engineOption())
  return addRecipeOptions(command)
}

/** @throws AppError of kind `usage` where an option is given that a run which goes on cannot obey */
function refuseFixedOptions(command: Command, { resume }: TrainOptions): void {
  if (resume === undefined) return
  const fixed = command.options.filter((option) => {
    const name = option.attributeName()
    return !sittingOptions.includes(name) && command.getOptionValueSource(name) === 'cli'
  })
  if (fixed.length === 0) return
  const names = [...new Set(fixed.map((option) => option.long ?? option.short ?? ''))]
  const [subject, it] = names.length === 1 ? ['is', 'it'] : ['are', 'them']
  throw new AppError('usage', `${names.join(', ')} ${subject} part of a run and cannot change when it is resumed.`, {
    next: `Leave ${it} out; --iterations, --minutes, --micro-batch and --engine may change. Or start a new run from its model: --from "${resume}".`
  })
}

/** Departures from the preset, for those who know what they look for. */
function addRecipeOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        '--recipe <name>',
        "networks: what proved best here (ours), or the paper's (default: the preset's)"
      ).choices(Recipe.options)
    )
    .addOption(
      new Option(
        '--discriminators <kind>',
        'one for image and mask (joint), or one for the image and a second for the mask beside it (separate)'
      ).choices(Discriminators.options)
    )
    .option(
      '--unannotated <set>',
      'prepared images without annotation (prepare --without-annotation), for separate discriminators: that of the image learns from them as well'
    )
    .addOption(
      new Option('--generator <kind>', "the paper's generator, or plain StyleGAN2").choices(['paper', 'stylegan2'])
    )
    .option('--mask', 'make masks with StyleGAN2 too')
    .option('--no-mask', "make images only, even with the paper's generator")
    .addOption(
      new Option(
        '--mask-code <code>',
        'how masks are written for the networks: in one gray plane as in the paper, or in a plane for each tone (default: gray)'
      ).choices(MaskCode.options)
    )
    .option('--mapping-layers <number>', 'layers of the mapping network', wholeNumber)
    .option('--skip-path <list>', `other readings of the skip path, such as ${skipPathExample}`, skipPathReading)
  return addLossOptions(command)
}

function addLossOptions(command: Command): Command {
  return command
    .option('--learning-rate <number>', 'learning rate of both networks (default: from the preset)', realNumber)
    .option('--warm-up <iterations>', 'iterations over which the learning rate rises to its full value', wholeNumber)
    .addOption(
      new Option(
        '--adversarial <loss>',
        'judge each sample for itself as in the paper (logistic), or a real and a synthetic one together (relativistic)'
      ).choices(AdversarialLoss.options)
    )
    .option('--r2', 'take the R1 penalty on synthetic samples as well')
    .option('--r1-gamma <number>', 'weight of the R1 gradient penalty', realNumber)
    .option('--r1-interval <iterations>', 'iterations between two R1 steps; 0 turns the penalty off', wholeNumber)
    .option(
      '--path-length-interval <iterations>',
      'iterations between two steps of the path-length penalty; 0 turns it off',
      wholeNumber
    )
    .option(
      '--le-cam <weight>',
      'weight of LeCam regularisation, for few images (0.3, say); 0 turns it off',
      realNumber
    )
    .option(
      '--misplaced-masks <weight>',
      'weight of real masks moved off their images, which separate discriminators learn to tell; 0 turns it off (default: 1 in our recipe)',
      realNumber
    )
    .option('--augment <list>', 'any of ada,apa,diffaug (or its parts color,translation,cutout), or none')
    .addOption(
      new Option('--ada-geometry <kind>', 'resampling of ADA: exact (full) or fast (bilinear)').choices([
        'full',
        'bilinear'
      ])
    )
    .option('--ada-target <number>', 'mean sign of real logits that ADA and APA aim for', realNumber)
    .option(
      '--ada-kimg <number>',
      'thousands of images in which ADA and APA can go from zero to full strength',
      realNumber
    )
    .option(
      '--mask-noise <number>',
      'standard deviation of the noise on the masks that the discriminator sees; 0 turns it off',
      realNumber
    )
}

const skipPathExample = 'mergeKernel=1,lastMerge=narrowed'

/** "mergeKernel=1,lastMerge=narrowed" → a reading of the skip path, whose values the request checks. */
function skipPathReading(text: string): Record<string, unknown> {
  const choices = text.split(',').map((choice) => {
    const [, name, value] = /^(\w+)=(.+)$/.exec(choice.trim()) ?? []
    if (name === undefined || value === undefined) {
      throw new InvalidArgumentError(`It must be a list such as ${skipPathExample}.`)
    }
    const known = Object.keys(SkipPath.shape)
    if (!known.includes(name)) throw new InvalidArgumentError(`There is no ${name}; there are ${known.join(', ')}.`)
    return [name, readValue(value)]
  })
  return Object.fromEntries(choices) as Record<string, unknown>
}

function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+$/.test(text) ? Number(text) : text
}

function train(host: Host, prepared: string | undefined, options: TrainOptions): Promise<TrainResult> {
  const { workspace, resume, name } = options
  if (resume !== undefined) {
    const { iterations, minutes, engine, microBatch } = options
    const sitting = {
      ...(prepared === undefined ? {} : { prepared }),
      ...(iterations === undefined ? {} : { iterations }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(microBatch === undefined ? {} : { microBatch })
    }
    return host.request('runs.resume', { run: resume, engine, ...sitting }, workspace)
  }
  if (prepared === undefined || name === undefined) {
    throw refuse('To train, name a prepared set and the new run: cytoloom train PREPARED --name NAME.', {
      next: 'Or resume a run: cytoloom train --resume RUN.'
    })
  }
  return host.request('runs.train', { ...trainInput(prepared, options), name }, workspace)
}

export function trainInput(prepared: string, options: TrainOptions): Omit<TrainRequest, 'name'> {
  const { workspace: _workspace, json: _json, resume: _resume, name: _name, augment, ...rest } = options
  const policies =
    augment === undefined ? undefined : augment.split(',').filter((item) => item !== 'none' && item !== '')
  const input = { ...rest, prepared, ...(policies === undefined ? {} : { augment: policies }) }
  // The schema checks what commander could only read as text; dispatch parses it again.
  return input as Omit<TrainRequest, 'name'>
}

function trainSentences({ run, secondsPerIteration }: TrainResult): string {
  const best =
    run.best === undefined
      ? 'No picture quality score yet.'
      : `Best picture quality score: ${scoreText(run.best.value)} (${run.best.metric}, lower is better) at iteration ${run.best.iteration}.`
  return [
    `"${run.name}" is ${run.state === 'stopped' ? 'stopped early' : run.state} at iteration ${run.iteration} of ${run.settings.iterations}, ${secondsPerIteration.toFixed(2)} s an iteration.`,
    best
  ].join('\n')
}
