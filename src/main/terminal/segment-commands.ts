import { type Command, Option } from 'commander'
import type { Input, Output } from '../../shared/api.ts'
import {
  FlowArchitecture,
  SegmenterSettings,
  SegmentPredictRequest,
  SegmenterWidth,
  SyntheticMix
} from '../../shared/segmentation.ts'
import { type CommonOptions, engineOption, type Host, seedOption } from './host.ts'
import { count, percent, realNumber, wholeNumber } from './numbers.ts'

/** segment train · predict */
export function addSegmentCommands(program: Command, host: Host): void {
  const segment = program
    .command('segment')
    .description('train the built-in segmentation network, and find cells with it')
  addTrain(segment, host)
  addPredict(segment, host)
}

type TrainOptions = CommonOptions &
  Omit<Input<'segment.train'>, 'sets' | 'validation'> & { readonly validation?: string[] }

function addTrain(segment: Command, host: Host): void {
  segment
    .command('train')
    .description('train on real sets, synthetic sets or both')
    .argument('<sets...>', 'names or ids of data sets, prepared sets or synthetic sets')
    .requiredOption('--name <name>', 'name of the model')
    .option(
      '--validation <sets...>',
      'real sets that choose the checkpoint; else a tenth of the real images is held out'
    )
    .addOption(
      new Option('--network <network>', 'U-Net, or the same head on the built-in EfficientNet').choices(
        FlowArchitecture.options
      )
    )
    .addOption(new Option('--width <width>', 'width of the U-Net').choices(SegmenterWidth.options))
    .option('--iterations <n>', 'length of the training', wholeNumber)
    .option('--batch <n>', 'crops per iteration', wholeNumber)
    .option('--crop <pixels>', 'side of a crop, a multiple of 16', wholeNumber)
    .option('--learning-rate <rate>', 'learning rate of AdamW', realNumber)
    .option(
      '--diameter <pixels>',
      'scale images so that cells have this diameter; else they stay as they are',
      realNumber
    )
    .option('--synthetic-share <share>', 'share of synthetic images in a batch, 0 to 1', realNumber)
    .addOption(
      new Option('--synthetic-mix <way>', 'mixed, or synthetic images first and real ones from the middle on').choices(
        SyntheticMix.options
      )
    )
    .option('--copy-paste <probability>', 'probability that a crop gets cells of other real images, 0 to 1', realNumber)
    .addOption(
      new Option('--intensity <change>', 'random changes of brightness, and noise').choices(
        SegmenterSettings.shape.intensity.unwrap().options
      )
    )
    .addOption(
      new Option('--schedule <course>', 'course of the learning rate').choices(
        SegmenterSettings.shape.schedule.unwrap().options
      )
    )
    .option('--evaluate-every <n>', 'iterations between looks at the validation images', wholeNumber)
    .option('--minutes <n>', 'stop after this time', realNumber)
    .addOption(seedOption())
    .addOption(engineOption())
    .action(async (sets: string[], { workspace, json: _, ...options }: TrainOptions) => {
      const result = await host.request('segment.train', { ...options, sets }, workspace)
      if (result.model.state === 'paused') {
        host.stopped(
          `Training paused at iteration ${result.model.iteration}; everything is saved.`,
          'cytoloom tasks lists it; cytoloom task resume ID resumes it.'
        )
      }
      host.print(result, trainSentences(result))
    })
}

function trainSentences({ model, best, history }: Output<'segment.train'>): string {
  const done = `The segmentation model "${model.name}" ${model.state === 'finished' ? 'is finished' : `is ${model.state}`} at iteration ${model.iteration}.`
  const score =
    best === undefined
      ? 'No image was held out, so the last weights are used.'
      : `Best at iteration ${best.iteration}: AP@0.5 ${percent(best.AP50)} % on images that it has not learned from.`
  return [done, score, `  ${history}`].join('\n')
}

type PredictOptions = CommonOptions & Omit<Input<'segment.predict'>, 'model' | 'source' | 'images'>

function addPredict(segment: Command, host: Host): void {
  segment
    .command('predict')
    .description('find cells, as COCO with scores')
    .argument('<model>', 'name or id of the segmentation model')
    .argument('<source>', 'name of a set, or a folder of images')
    .requiredOption('--out <file>', 'the COCO file to write')
    .addOption(
      new Option('--checkpoint <which>', 'best on the validation images, or last').choices(
        SegmentPredictRequest.shape.checkpoint.unwrap().options
      )
    )
    .addOption(
      new Option(
        '--decoding <way>',
        'curve: unsure cells too, for precision and recall; masks: sure ones only'
      ).choices(SegmentPredictRequest.shape.decoding.unwrap().options)
    )
    .addOption(engineOption())
    .action(async (model: string, source: string, { workspace, json: _, ...options }: PredictOptions) => {
      const result = await host.request('segment.predict', { ...options, model, source }, workspace)
      const refused = result.refused.map(({ file, reason }) => `${file}: ${reason}`)
      host.print(
        result,
        [`${count(result.cells, 'cell')} in ${count(result.images, 'image')}: ${result.predictions}`, ...refused].join(
          '\n'
        )
      )
    })
}
