import { type ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { type Prepared } from '../../shared/masks.ts'
import {
  fasterRate,
  heuristicGamma,
  literalRecipe,
  misplacedWeights,
  presetSettings,
  recipes
} from '../../shared/presets.ts'
import { type Augmentation, type MaskCode, type NetworkSettings, type TrainingSettings } from '../../shared/training.ts'
import { maskPlanes } from '../masks/mask-code.ts'
import { frozenNetwork, refuseWithoutModel, withoutImageLosses } from './frozen-image.ts'

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
  requireNetworkSize(prepared)
  const shape = {
    resolution: prepared.tile,
    imageChannels: prepared.channels === 'rgb' ? 3 : 1,
    classes
  } as const
  const preset = presetSettings(request.preset, shape, request.seed)
  const chosen = applyRequest(preset, request, prepared.grayLevels)
  const faster = from === undefined && !request.paper ? fasterRate(request.preset, chosen.network) : undefined
  const rates = faster === undefined ? {} : { generator: faster, discriminator: faster }
  const settings =
    request.learningRate === undefined ? { ...chosen, learningRate: { ...chosen.learningRate, ...rates } } : chosen
  requireDivisor(settings)
  const network = continuedNetwork(request, prepared, shape, from?.network) ?? settings.network
  return {
    ...(request.freeze === undefined ? settings : withoutImageLosses(settings)),
    misplacedMasks: { weight: misplacedWeight(request, preset, network) },
    selection: selectionFor(network, settings),
    augmentation: from === undefined ? settings.augmentation : withQuickAdaptation(settings.augmentation, request),
    network: { ...network, minibatchStdGroup: groupFor(network.minibatchStdGroup, settings.batch) }
  }
}

function requireNetworkSize({ name, tile }: Prepared): void {
  if (Number.isInteger(Math.log2(tile))) return
  throw refuse(`The prepared set "${name}" has tiles of ${tile} pixels; networks double their size from 4.`, {
    next: 'Prepare it again with a tile of 32, 64, 128, 256 or 512 pixels.'
  })
}

/**
 * As wished, or as the recipe has it where a discriminator of masks is there to see them.
 *
 * @throws AppError of kind `input` where they are wished and there is none
 */
function misplacedWeight(
  { misplacedMasks: wished, recipe, paper }: TrainInput,
  preset: TrainingSettings,
  { discriminators, maskChannels }: NetworkSettings
): number {
  const usual = recipe === undefined && !paper ? preset.misplacedMasks.weight : misplacedWeights[recipe ?? 'paper']
  if (discriminators === 'separate' && maskChannels > 0) return wished ?? usual
  if (wished === undefined || wished === 0) return 0
  throw refuse('Misplaced masks are shown to a discriminator of masks, and this run has none.', {
    next: 'Choose separate discriminators, or leave out the weight of misplaced masks.'
  })
}

type Shape = Pick<NetworkSettings, 'resolution' | 'imageChannels' | 'classes'>

/** The networks of the model, where there is one; with layers for a mask where its image is to stay as it is. */
function continuedNetwork(
  request: TrainInput,
  prepared: Prepared,
  shape: Shape,
  model: NetworkSettings | undefined
): NetworkSettings | undefined {
  if (model === undefined) {
    if (request.freeze !== undefined) throw refuseWithoutModel()
    return undefined
  }
  if (request.freeze === undefined) {
    requireSameSamples(request, prepared, model)
    return { ...model, ...shape }
  }
  if (model.maskChannels > 0) requireSameMasks(request, prepared, model)
  return frozenNetwork(request, prepared, shape, model)
}

/** Without a mask there are no cells to count. */
function selectionFor(
  { maskChannels }: NetworkSettings,
  { selection }: TrainingSettings
): TrainingSettings['selection'] {
  return maskChannels === 0 ? 'frechet' : selection
}

/** Its own resolution; with StyleGAN2's output skips a higher one too, since new blocks add to the picture of those below. */
function canGoOnAt({ generator, resolution }: NetworkSettings, tile: number): boolean {
  return tile === resolution || (generator === 'stylegan2' && tile > resolution)
}

function applyRequest(preset: TrainingSettings, request: TrainInput, grayLevels: number): TrainingSettings {
  const { learningRate, microBatch } = request
  const { classDraw, alignClassesUntil, selection } = request.paper ? literalRecipe : preset
  const batch = request.batch ?? preset.batch
  const rates =
    learningRate === undefined ? preset.learningRate : { generator: learningRate, discriminator: learningRate }
  return {
    ...preset,
    classDraw,
    alignClassesUntil,
    selection,
    iterations: request.iterations ?? preset.iterations,
    batch,
    ...(microBatch === undefined ? {} : { microBatch }),
    evaluateEvery: request.evaluateEvery ?? preset.evaluateEvery,
    learningRate: { ...rates, warmUp: request.warmUp ?? preset.learningRate.warmUp },
    ...regularisersOf(preset, request, batch),
    augmentation: augmentationOf(preset.augmentation, request),
    network: networkOf(preset.network, request, grayLevels)
  }
}

function regularisersOf(preset: TrainingSettings, request: TrainInput, batch: number) {
  const { r1, pathLength, leCam } = preset
  return {
    adversarial: request.adversarial ?? preset.adversarial,
    r1: {
      gamma: gammaOf(request, preset, batch),
      interval: request.r1Interval ?? r1.interval,
      onFakes: request.r2 ?? r1.onFakes
    },
    pathLength: { ...pathLength, interval: request.pathLengthInterval ?? pathLength.interval },
    leCam: { ...leCam, weight: request.leCam ?? leCam.weight }
  }
}

/** Of R1: as wished, as in the literal recipe, or by the heuristic of the presets for this batch. */
function gammaOf({ r1Gamma, paper }: TrainInput, { network }: TrainingSettings, batch: number): number {
  return r1Gamma ?? (paper ? literalRecipe.r1Gamma : heuristicGamma(network.resolution, batch))
}

function networkOf(preset: NetworkSettings, request: TrainInput, grayLevels: number): NetworkSettings {
  const { generator, discriminators } = recipeOf(preset, request)
  const maskCode = request.maskCode ?? preset.maskCode
  return {
    ...preset,
    generator: request.generator ?? generator,
    maskChannels: isMaskMade(request) ? maskPlanes(maskCode, grayLevels) : 0,
    maskCode,
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

/** Who asks for StyleGAN2 gets the baseline of Table 1, which is image only; who names a code for masks wants them. */
function isMaskMade({ mask, maskCode, generator }: TrainInput): boolean {
  const isMade = mask ?? (generator !== 'stylegan2' || maskCode !== undefined)
  if (isMade || maskCode === undefined) return isMade
  throw refuse('A run that makes no masks has no code for them.', { next: 'Leave out one of the two wishes.' })
}

/** @throws AppError of kind `input` where a model's tiles or masks are not those that it is to learn from */
function requireSameSamples(request: TrainInput, prepared: Prepared, model: NetworkSettings): void {
  if (!canGoOnAt(model, prepared.tile)) {
    throw refuse(
      `The model was made for tiles of ${model.resolution} pixels, "${prepared.name}" has ${prepared.tile}.`,
      { remedies: [{ action: 'prepare-again', tile: model.resolution }] }
    )
  }
  requireSameMasks(request, prepared, model)
}

/** @throws AppError of kind `input` where a model's masks are not those that were wished, or that the prepared set has */
function requireSameMasks({ maskCode }: TrainInput, { name, grayLevels }: Prepared, model: NetworkSettings): void {
  const own = model.maskChannels === 0 ? undefined : model.maskCode
  if (maskCode !== undefined && maskCode !== own) {
    const masks = own === undefined ? 'makes no masks' : `was made for masks in ${codeWords[own]}`
    throw refuse(`The model ${masks}, and cannot go on with masks in ${codeWords[maskCode]}.`, {
      next: 'Keep the code of the model, or train a new one from the start.'
    })
  }
  if (own !== 'tones' || model.maskChannels === maskPlanes(own, grayLevels)) return
  throw refuse(
    `The model was made for masks of ${model.maskChannels - 1} tones; those of "${name}" have ${grayLevels}.`,
    {
      next: `Prepare the data set again with ${model.maskChannels - 1} gray levels, or train a new model from the start.`
    }
  )
}

const codeWords: Record<MaskCode, string> = { gray: 'one gray plane', tones: 'a plane for each tone' }

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
