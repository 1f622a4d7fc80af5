import { type Command, Option } from 'commander'
import { z } from 'zod'
import { type Output } from '../../shared/api.ts'
import {
  BrightnessRule,
  defaultMaskSettings,
  type MaskSettings,
  paperMaskSettings,
  type PrepareResult
} from '../../shared/masks.ts'
import { type CommonOptions, type Host } from './host.ts'
import { addImport } from './import-command.ts'
import { count, percent, realNumber, shares, wholeNumber } from './numbers.ts'
import { calledClasses, type TimePoint, timePoints } from './class-choices.ts'

/** import, datasets, dataset, prepare, mask-graph, decode */
export function addDataCommands(program: Command, host: Host): void {
  addImport(program, host)
  addDatasets(program, host)
  addPrepare(program, host)
  addMaskTools(program, host)
}

function addDatasets(program: Command, host: Host): void {
  program
    .command('datasets')
    .description('list the data sets')
    .action(async ({ workspace }: CommonOptions) => {
      const result = await host.request('datasets.list', {}, workspace)
      const lines = result.datasets.map(
        ({ name, images, cells }) => `${name}: ${count(images, 'image')}, ${count(cells, 'cell')}`
      )
      host.print(
        result,
        lines.length === 0 ? 'There is no data set yet. "cytoloom import" makes one.' : lines.join('\n')
      )
    })
  program
    .command('dataset')
    .description('show one data set with each of its images')
    .argument('<name>', 'name or id')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('datasets.show', { name }, workspace)
      const lines = result.images.map(
        (image) => `${image.file}  ${image.width}×${image.height}  ${image.class}  ${count(image.cells, 'cell')}`
      )
      host.print(result, lines.join('\n'))
    })
}

interface MaskOptions extends CommonOptions {
  readonly maxCover: number
  readonly grayLevels: number
  readonly neighbours: string
  readonly labelling: string
  readonly paper?: boolean
}

function addMaskOptions(command: Command): Command {
  const { maxCover, grayLevels, neighbours, labelling } = defaultMaskSettings
  return command
    .option('--max-cover <share>', 'remove cells of which more than this share is covered', realNumber, maxCover)
    .option('--gray-levels <number>', 'largest number of gray levels in a mask', wholeNumber, grayLevels)
    .addOption(
      new Option('--neighbours <rule>', 'which cells must differ in gray level: touching or only overlapping ones')
        .choices(['contact', 'overlap'])
        .default(neighbours)
    )
    .addOption(
      new Option('--labelling <order>', 'order in which cells get their gray levels')
        .choices(['dsatur', 'bfs'])
        .default(labelling)
    )
    .option('--paper', 'the choices of the paper to the letter: overlap, breadth-first')
}

function maskSettings({ maxCover, grayLevels, neighbours, labelling, paper }: MaskOptions): MaskSettings {
  if (paper === true) return { ...paperMaskSettings, maxCover, grayLevels }
  const choices = z.object({ neighbours: z.enum(['contact', 'overlap']), labelling: z.enum(['dsatur', 'bfs']) })
  return { ...defaultMaskSettings, maxCover, grayLevels, ...choices.parse({ neighbours, labelling }) }
}

export interface PrepareOptions extends MaskOptions {
  readonly tile: number
  readonly scale: number
  readonly channels: 'gray' | 'rgb'
  readonly split?: [number, number, number]
  readonly brightness: z.infer<typeof BrightnessRule>
  readonly seed: number
  readonly workers?: number
  readonly leaveOut?: string[]
  readonly mergeClasses?: boolean
  readonly callClasses?: Record<string, string>
  readonly timePoints?: TimePoint[]
  readonly withoutAnnotation?: boolean
}

function addPrepare(program: Command, host: Host): void {
  const command = program
    .command('prepare')
    .description("turn a data set into training pictures and gray masks, by the paper's mask pipeline")
    .argument('<dataset>', 'name or id')
    .requiredOption('--name <name>', 'name of the prepared set')
  addPrepareOptions(command).action(async (dataset: string, options: PrepareOptions & { readonly name: string }) => {
    const input = { ...prepareInput(dataset, options), name: options.name }
    const result = await host.request('prepared.create', input, options.workspace)
    host.print(result, prepareSentences(result))
  })
}

/** What can be chosen of the preparation. */
export function addPrepareOptions(command: Command): Command {
  return addMaskOptions(command)
    .option('--tile <pixels>', 'side of the training tiles', wholeNumber, 512)
    .option('--scale <factor>', 'shrink the images by this factor first', realNumber, 1)
    .addOption(new Option('--channels <kind>', 'gray tiles or colour tiles').choices(['gray', 'rgb']).default('gray'))
    .option(
      '--split <shares>',
      "shares of training/validation/test (default: the source's own split, or 0.8/0.1/0.1)",
      shares
    )
    .addOption(
      new Option('--brightness <rule>', 'how pictures of more than 8 bits become 8-bit')
        .choices(BrightnessRule.options)
        .default('percentiles')
    )
    .option('--leave-out <class...>', 'classes whose images are left out')
    .option('--merge-classes', 'make all images one class')
    .option('--call-classes <names...>', 'what classes are called instead, such as hela=HeLa', calledClasses)
    .option(
      '--time-points <points...>',
      'time points that are left out (HeLa@24) or count as another (HeLa@24=23)',
      timePoints
    )
    .option(
      '--without-annotation',
      'the images without annotation instead of those with, to train on beside a set with masks (train --unannotated)'
    )
    .option('--seed <number>', 'seed of the split', wholeNumber, 0)
    .option('--workers <number>', 'number of images prepared at a time (default: one per core)', wholeNumber)
}

export function prepareInput(dataset: string, options: PrepareOptions) {
  const { tile, scale, channels, split, brightness, seed, workers, ...kinds } = options
  const { leaveOut, mergeClasses, callClasses, timePoints, withoutAnnotation } = kinds
  const choices = {
    ...(split && { split }),
    ...(leaveOut && { leaveOut }),
    ...(mergeClasses && { mergeClasses }),
    ...(callClasses && { callClasses }),
    ...(timePoints && { timePoints }),
    ...(withoutAnnotation && { withoutAnnotation }),
    ...(workers !== undefined && { workers })
  }
  return { dataset, tile, scale, channels, brightness, seed, mask: maskSettings(options), ...choices }
}

function prepareSentences(result: PrepareResult): string {
  const { prepared, totals, roundTrip, roundTripPaper, splits, splitFrom, warnings } = result
  const masks = [
    `"${prepared.name}": ${count(totals.painted, 'cell')} of ${totals.cells.toLocaleString('en')} are in the masks of ${count(totals.images, 'image')}.`,
    `${count(totals.removedByCover, 'cell')} covered by others left out, ${count(totals.droppedByCap, 'cell')} beyond ${prepared.grayLevels} gray levels.`
  ]
  return [
    ...(prepared.unannotated ? [`"${prepared.name}": ${count(totals.images, 'image')} without annotation.`] : masks),
    // Without a cell there is nothing to read back, and COCO's number for that is −1.
    ...(roundTrip.AP < 0
      ? []
      : [
          `Read back from the masks: AP ${percent(roundTrip.AP)} (AP50 ${percent(roundTrip.AP50)}); with the paper's literal edges it would be ${percent(roundTripPaper.AP)}.`
        ]),
    `${count(splits.train, 'image')} for training, ${splits.validation} for validation, ${splits.test} for testing${splitFrom === 'source' ? ', as in the source' : ''}.`,
    ...brightnessSentence(result),
    ...warnings.map(({ file, reason }) => `${file === undefined ? '' : `${file}: `}${reason}`)
  ].join('\n')
}

const brightnessWords = {
  percentiles: 'the 1st to 99.8th percentile of each',
  set: 'the 1st to 99.8th percentile of all together',
  full: 'the full range of each'
}

function brightnessSentence({ brightness }: PrepareResult): string[] {
  if (!brightness) return []
  const { rule, images, span } = brightness
  const values = `${Number(span.low.toPrecision(5))} … ${Number(span.high.toPrecision(5))}`
  return [
    `${count(images, 'picture')} of more than 8 bits became 0 … 255 from ${brightnessWords[rule]} (values within ${values}); about.json has every range.`
  ]
}

function addMaskTools(program: Command, host: Host): void {
  const graph = program
    .command('mask-graph')
    .description('print the overlap graph of a data set, for checking')
    .argument('<dataset>', 'name or id')
    .option('--image <file>', 'only this image')
  addMaskOptions(graph).action(async (dataset: string, options: MaskOptions & { image?: string }) => {
    const input = { dataset, mask: maskSettings(options) }
    const result = await host.request(
      'masks.graph',
      options.image === undefined ? input : { ...input, image: options.image },
      options.workspace
    )
    host.print(result, graphSentences(result))
  })
  program
    .command('decode')
    .description('turn a gray mask into a 16-bit label image')
    .argument(
      '<mask>',
      '8-bit PNG, or float .npy: gray values 0…255, or −1…1 in a plane for background and one for each tone'
    )
    .requiredOption('--gray-levels <number>', 'number of gray levels, or tones, in the mask', wholeNumber)
    .requiredOption('--out <file>', 'where to write the label image (PNG)')
    .action(
      async (mask: string, { grayLevels, out, workspace }: CommonOptions & { grayLevels: number; out: string }) => {
        const result = await host.request('masks.decode', { mask, grayLevels, out }, workspace)
        const { cells, phantoms, file } = result
        const doubt = phantoms.cells === 0 ? '' : `, ${phantoms.cells} of them only the blurred edge of others`
        host.print(result, `${count(cells, 'cell')} found${doubt}; the label image is ${file}.`)
      }
    )
}

function graphSentences({ images }: Output<'masks.graph'>): string {
  return images
    .map(
      ({ file, cells, overlaps, contacts, removed }) =>
        `${file}: ${count(cells.length, 'cell')}, ${overlaps.length} overlapping and ${contacts.length} touching pairs, ${removed.length} removed`
    )
    .join('\n')
}
