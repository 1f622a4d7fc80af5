import {
  Adaptation,
  type Augmentation,
  type NetworkSettings,
  type Recipe,
  SkipPath,
  type TrainingSettings
} from './training.ts'

export type PresetName = 'demo' | 'quick' | 'livecell' | 'tissuenet'

/** What the data decide: the rest of a preset is fixed. */
export interface DataShape {
  /** Side of a tile in pixels, a power of two. */
  readonly resolution: number
  readonly imageChannels: 1 | 3
  readonly classes: number
}

/**
 * The settings of a preset, named as in the paper (§2.3, §2.5) and docs/method.md §0.
 *
 * `livecell` and `tissuenet` are the published recipe, with DiffAugment, ADA and APA (§2.5) and three stated departures: the
 * edges of the merge convolutions repeat the border pixel, R1's γ follows NVIDIA's heuristic 0.0002·R²/batch, and classes
 * that begin exchanged are put right. `quick` is for a first look in about ten minutes, and takes its size from the speed
 * of the computer (services/first-look.ts); `demo` is for the bundled sample on two processor cores. Both also give each
 * group of the minibatch deviation one class, and keep the model whose cells are nearest to real ones. Why: docs/decisions; `literalRecipe` takes all of it back.
 */
export function presetSettings(name: PresetName, data: DataShape, seed: number): TrainingSettings {
  const preset = presets[name]
  const network = networkOf(preset, data)
  return {
    preset: name,
    network,
    seed,
    iterations: preset.iterations,
    batch: preset.batch,
    learningRate: { generator: preset.learningRate, discriminator: preset.learningRate, warmUp: 0 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: {
      // With one class there is nothing to tell apart.
      weight: data.classes > 1 ? preset.condLambda : 0,
      positiveMargin: 0.9,
      temperature: 0.25,
      formula: 'studiogan'
    },
    adversarial: 'logistic',
    r1: { gamma: heuristicGamma(data.resolution, preset.batch), interval: 16, onFakes: false },
    pathLength: { weight: 2, interval: preset.pathLengthInterval, decay: 0.01, batchShare: 0.5 },
    leCam: { weight: 0, decay: 0.99 },
    misplacedMasks: { weight: misplacedWeights[preset.recipe] },
    styleMixing: 0.9,
    classDraw: preset.classDraw,
    alignClassesUntil: 500,
    ema: { halfLifeKimg: preset.emaHalfLifeKimg, rampUp: preset.emaRampUp },
    wAverageBeta: 0.998,
    augmentation: {
      flips: preset.flips,
      diffAugment: [...preset.diffAugment],
      ada: preset.isAdaptive ? 'full' : 'off',
      apa: preset.isAdaptive,
      adaptation: Adaptation.parse({}),
      maskNoise: 0
    },
    freeze: 'none',
    selection: preset.selection,
    evaluateEvery: preset.evaluateEvery,
    evaluationPictures: preset.evaluationPictures,
    checkpointEvery: 250,
    sampleEvery: preset.sampleEvery,
    sampleSeconds: [...preset.sampleSeconds]
  }
}

interface Preset {
  readonly recipe: Recipe
  readonly zDim: number
  readonly mappingLayers: number
  /** Channels at resolution r: min(channelBase / r, channelMax); a function where the paper's rule depends on size. */
  readonly channelBase: (resolution: number) => number
  readonly channelMax: number
  readonly embedDim: number
  readonly minibatchStdGroup: number
  readonly iterations: number
  readonly batch: number
  readonly learningRate: number
  readonly condLambda: number
  readonly pathLengthInterval: number
  readonly emaHalfLifeKimg: number
  readonly emaRampUp: number
  readonly classDraw: TrainingSettings['classDraw']
  readonly flips: Augmentation['flips']
  readonly diffAugment: Readonly<Augmentation['diffAugment']>
  /** Whether ADA and APA are on. */
  readonly isAdaptive: boolean
  readonly selection: TrainingSettings['selection']
  readonly evaluateEvery: number
  readonly evaluationPictures: number
  readonly sampleEvery: number
  readonly sampleSeconds: readonly number[]
}

/** R1's γ by NVIDIA's rule of thumb for its "auto" configuration (docs/method.md §5.2). */
export function heuristicGamma(resolution: number, batch: number): number {
  return (0.0002 * resolution ** 2) / batch
}

/**
 * The learning rate at which a small network that begins from nothing learns sooner than at the published one
 * (docs/decisions/0033).
 */
export function fasterRate(
  name: PresetName,
  { resolution, discriminators }: Pick<NetworkSettings, 'resolution' | 'discriminators'>
): number | undefined {
  return name === 'quick' && resolution <= 32 && discriminators === 'joint' ? 0.005 : undefined
}

/** What the literal recipe has where our presets depart from it: StudioGAN's constant, PyTorch's habit. */
export const literalRecipe = {
  r1Gamma: 0.2048,
  mergePadding: 'zeros',
  alignClassesUntil: 0,
  classDraw: 'independent',
  selection: 'frechet'
} as const

/**
 * Which networks make and judge the samples: the paper's (§2.3, §2.4), or those that proved best here, where the mask costs
 * the image nothing (docs/decisions/0040).
 */
export const recipes: Record<Recipe, Pick<NetworkSettings, 'generator' | 'maskChannels' | 'discriminators'>> = {
  paper: { generator: 'paper', maskChannels: 1, discriminators: 'joint' },
  ours: { generator: 'stylegan2', maskChannels: 1, discriminators: 'separate' }
}

/** Weight of misplaced masks, which the paper does not have (docs/decisions/0042). */
export const misplacedWeights: Record<Recipe, number> = { paper: 0, ours: 1 }

const published: Preset = {
  recipe: 'paper',
  zDim: 512,
  mappingLayers: 2,
  channelBase: (resolution) => (resolution >= 512 ? 32768 : 16384),
  channelMax: 512,
  embedDim: 2048,
  minibatchStdGroup: 8,
  iterations: 60_000,
  batch: 16,
  learningRate: 0.0025,
  condLambda: 0.5,
  pathLengthInterval: 4,
  emaHalfLifeKimg: 20,
  emaRampUp: 0,
  classDraw: 'independent',
  flips: 'horizontal',
  diffAugment: ['color', 'translation', 'cutout'],
  isAdaptive: true,
  selection: 'frechet',
  evaluateEvery: 500,
  evaluationPictures: 2000,
  sampleEvery: 500,
  sampleSeconds: [10, 30, 60, 120, 300]
}

const presets: Record<PresetName, Preset> = {
  livecell: published,
  tissuenet: { ...published, mappingLayers: 4, learningRate: 0.0005 },
  quick: {
    ...published,
    recipe: 'ours',
    zDim: 128,
    channelBase: (resolution) => resolution * 32,
    channelMax: 128,
    embedDim: 256,
    minibatchStdGroup: 4,
    iterations: 4000,
    batch: 8,
    emaHalfLifeKimg: 10,
    emaRampUp: 0.05,
    classDraw: 'grouped',
    flips: 'all',
    diffAugment: ['translation'],
    isAdaptive: false,
    selection: 'cells',
    evaluationPictures: 400,
    sampleEvery: 250
  },
  demo: {
    ...published,
    recipe: 'ours',
    zDim: 64,
    channelBase: (resolution) => resolution * 8,
    channelMax: 32,
    embedDim: 64,
    minibatchStdGroup: 4,
    iterations: 4000,
    batch: 16,
    pathLengthInterval: 16,
    // As short as in a run that has just begun, also after a model that has seen much: minutes are to be seen.
    emaHalfLifeKimg: 0.5,
    emaRampUp: 0.05,
    classDraw: 'grouped',
    flips: 'all',
    diffAugment: [],
    isAdaptive: false,
    selection: 'cells',
    // At the end alone: so early the score prefers smooth gray to first nuclei, and would pick the wrong model.
    evaluateEvery: 4000,
    evaluationPictures: 240,
    sampleEvery: 100,
    sampleSeconds: [10, 20, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300]
  }
}

function networkOf(preset: Preset, data: DataShape): NetworkSettings {
  return {
    ...recipes[preset.recipe],
    resolution: data.resolution,
    imageChannels: data.imageChannels,
    maskCode: 'gray',
    maskBranch: 'none',
    classes: data.classes,
    zDim: preset.zDim,
    wDim: preset.zDim,
    mappingLayers: preset.mappingLayers,
    channelBase: preset.channelBase(data.resolution),
    channelMax: preset.channelMax,
    mergePadding: 'edge',
    skipPath: SkipPath.parse({}),
    embedDim: preset.embedDim,
    minibatchStdGroup: preset.minibatchStdGroup
  }
}
