import { type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { type Prepared } from '../../shared/masks.ts'
import { presetSettings } from '../../shared/presets.ts'
import { type TrainingSettings } from '../../shared/training.ts'

type TrainInput = ParsedInput<'runs.train'>

/**
 * A preset, shaped by the prepared set and by what was asked for.
 *
 * A run that starts from a saved model takes over that model's networks: only what data decide may differ.
 *
 * @throws AppError of kind `input` when data and settings do not fit together
 */
export function settingsOf(
  request: TrainInput,
  prepared: Prepared,
  classes: number,
  from: TrainingSettings | undefined
): TrainingSettings {
  if (!Number.isInteger(Math.log2(prepared.tile))) {
    throw refuse(
      `The prepared set "${prepared.name}" has tiles of ${prepared.tile} pixels; networks double their size from 4.`,
      {
        next: 'Prepare it again with a tile of 32, 64, 128, 256 or 512 pixels.'
      }
    )
  }
  const shape = {
    resolution: prepared.tile,
    imageChannels: prepared.channels === 'rgb' ? 3 : 1,
    classes
  } as const
  const preset = presetSettings(request.preset, shape, request.seed)
  const settings = applyWishes(preset, request)
  const network = from === undefined ? settings.network : { ...from.network, ...shape }
  if (from !== undefined && from.network.resolution !== prepared.tile) {
    throw refuse(
      `The model was made for tiles of ${from.network.resolution} pixels, "${prepared.name}" has ${prepared.tile}.`,
      { next: `Prepare the data set again with --tile ${from.network.resolution}.` }
    )
  }
  return {
    ...settings,
    network: { ...network, minibatchStdGroup: groupFor(network.minibatchStdGroup, settings.batch) }
  }
}

function applyWishes(preset: TrainingSettings, request: TrainInput): TrainingSettings {
  const { learningRate, generator, mappingLayers, augment } = request
  const isBaseline = generator === 'stylegan2'
  return {
    ...preset,
    iterations: request.iterations ?? preset.iterations,
    batch: request.batch ?? preset.batch,
    evaluateEvery: request.evaluateEvery ?? preset.evaluateEvery,
    ...(learningRate === undefined ? {} : { learningRate: { generator: learningRate, discriminator: learningRate } }),
    augmentation: {
      ...preset.augmentation,
      ...(augment === undefined ? {} : { diffAugment: policies(augment) })
    },
    network: {
      ...preset.network,
      generator: generator ?? preset.network.generator,
      // The baseline of Table 1 is image only.
      maskChannels: isBaseline ? 0 : 1,
      mappingLayers: mappingLayers ?? preset.network.mappingLayers
    }
  }
}

function policies(augment: NonNullable<TrainInput['augment']>): TrainingSettings['augmentation']['diffAugment'] {
  const all = ['color', 'translation', 'cutout'] as const
  if (augment.includes('diffaug')) return [...all]
  return all.filter((policy) => augment.includes(policy))
}

/** The group of the minibatch standard deviation divides the batch: the largest such number up to what was wished. */
function groupFor(wished: number, batch: number): number {
  for (let group = Math.min(wished, batch); group > 1; group--) if (batch % group === 0) return group
  return 1
}
