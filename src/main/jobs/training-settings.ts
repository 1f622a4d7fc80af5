import { type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { type Prepared } from '../../shared/masks.ts'
import { fasterRate, heuristicGamma, literalRecipe, presetSettings, recipes } from '../../shared/presets.ts'
import { type Augmentation, type NetworkSettings, type TrainingSettings } from '../../shared/training.ts'

type TrainInput = Omit<ParsedInput<'runs.train'>, 'name'>

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
  const isFaster = from === undefined && !request.paper
  const learningRate = request.learningRate ?? (isFaster ? fasterRate(request.preset, prepared.tile) : undefined)
  const settings = applyRequest(preset, { ...request, learningRate })
  requireDivisor(settings)
  const network = from === undefined ? settings.network : { ...from.network, ...shape }
  if (from !== undefined && !canGoOnAt(from.network, prepared.tile)) {
    throw refuse(
      `The model was made for tiles of ${from.network.resolution} pixels, "${prepared.name}" has ${prepared.tile}.`,
      { remedies: [{ action: 'prepare-again', tile: from.network.resolution }] }
    )
  }
  return {
    ...settings,
    augmentation: from === undefined ? settings.augmentation : withQuickAdaptation(settings.augmentation, request),
    network: { ...network, minibatchStdGroup: groupFor(network.minibatchStdGroup, settings.batch) }
  }
}

/** Its own resolution; with StyleGAN2's output skips a higher one too, since new blocks add to the picture of those below. */
function canGoOnAt({ generator, resolution }: NetworkSettings, tile: number): boolean {
  return tile === resolution || (generator === 'stylegan2' && tile > resolution)
}

function applyRequest(preset: TrainingSettings, request: TrainInput): TrainingSettings {
  const { learningRate, microBatch } = request
  const { classDraw, alignClassesUntil } = request.paper ? literalRecipe : preset
  const batch = request.batch ?? preset.batch
  const rates =
    learningRate === undefined ? preset.learningRate : { generator: learningRate, discriminator: learningRate }
  return {
    ...preset,
    classDraw,
    alignClassesUntil,
    iterations: request.iterations ?? preset.iterations,
    batch,
    ...(microBatch === undefined ? {} : { microBatch }),
    evaluateEvery: request.evaluateEvery ?? preset.evaluateEvery,
    learningRate: { ...rates, warmUp: request.warmUp ?? preset.learningRate.warmUp },
    r1: { gamma: gammaOf(request, preset, batch), interval: request.r1Interval ?? preset.r1.interval },
    pathLength: { ...preset.pathLength, interval: request.pathLengthInterval ?? preset.pathLength.interval },
    augmentation: augmentationOf(preset.augmentation, request),
    network: networkOf(preset.network, request)
  }
}

/** Of R1: as wished, as in the literal recipe, or by the heuristic of the presets for this batch. */
function gammaOf({ r1Gamma, paper }: TrainInput, { network }: TrainingSettings, batch: number): number {
  return r1Gamma ?? (paper ? literalRecipe.r1Gamma : heuristicGamma(network.resolution, batch))
}

function networkOf(preset: NetworkSettings, request: TrainInput): NetworkSettings {
  const { generator, discriminators } = recipeOf(preset, request)
  return {
    ...preset,
    generator: request.generator ?? generator,
    // Who asks for StyleGAN2 gets the baseline of Table 1, which is image only.
    maskChannels: (request.mask ?? request.generator !== 'stylegan2') ? 1 : 0,
    discriminators: request.discriminators ?? discriminators,
    mappingLayers: request.mappingLayers ?? preset.mappingLayers,
    mergePadding: request.paper ? literalRecipe.mergePadding : preset.mergePadding,
    skipPath: request.skipPath ?? preset.skipPath
  }
}

/** The networks of a recipe: the one asked for, the paper's where its letter is, else the preset's. */
function recipeOf(preset: NetworkSettings, { recipe, paper }: TrainInput): Pick<NetworkSettings, RecipeField> {
  return recipe === undefined && !paper ? preset : recipes[recipe ?? 'paper']
}

type RecipeField = keyof (typeof recipes)['ours']

function augmentationOf(preset: Augmentation, request: TrainInput): Augmentation {
  const { augment, adaGeometry } = request
  const all = ['color', 'translation', 'cutout'] as const
  const chosen: Pick<Augmentation, 'ada' | 'apa' | 'diffAugment'> =
    augment === undefined
      ? preset
      : {
          ada: augment.includes('ada') ? 'full' : 'off',
          apa: augment.includes('apa'),
          diffAugment: augment.includes('diffaug') ? [...all] : all.filter((part) => augment.includes(part))
        }
  const { ada, apa, diffAugment } = chosen
  const { target, kimg } = preset.adaptation
  return {
    ...preset,
    diffAugment,
    apa,
    ada: ada === 'off' ? 'off' : (adaGeometry ?? ada),
    maskNoise: request.maskNoise ?? preset.maskNoise,
    adaptation: {
      ...preset.adaptation,
      target: request.adaTarget ?? target,
      kimg: request.adaKimg ?? kimg
    }
  }
}

/** A model that has learned already needs its strength soon: both reference programs adapt five times as fast then. */
function withQuickAdaptation(augmentation: Augmentation, { adaKimg }: TrainInput): Augmentation {
  return { ...augmentation, adaptation: { ...augmentation.adaptation, kimg: adaKimg ?? 100 } }
}

export function requireDivisor({ batch, microBatch }: TrainingSettings): void {
  if (microBatch === undefined || batch % microBatch === 0) return
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((size) => batch % size === 0)
  throw refuse(`A batch of ${batch} cannot be computed ${microBatch} samples at a time: there would be a remainder.`, {
    next: `Compute ${oneOf(divisors)} at a time, or choose another batch.`,
    remedies: [{ action: 'set-option', option: 'microBatch' }]
  })
}

const oneOf = (choices: readonly number[]) =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(choices.map(String))

/** The group of the minibatch standard deviation divides the batch: the largest such number up to what was wished. */
function groupFor(wished: number, batch: number): number {
  for (let group = Math.min(wished, batch); group > 1; group--) if (batch % group === 0) return group
  return 1
}
