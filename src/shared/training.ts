import { z } from 'zod'
import { InnerPath, thingId } from './things.ts'

/** Which generator (docs/method.md §1, §2): the paper's image-and-mask network, or plain StyleGAN2. */
export const GeneratorKind = z.enum(['paper', 'stylegan2'])

/** Who judges image and mask: one discriminator both, or one the image and another the mask beside it. */
export const Discriminators = z.enum(['joint', 'separate'])

/** Whose choice of networks a run takes: what proved best here (docs/decisions/0040), or what the paper describes. */
export const Recipe = z.enum(['ours', 'paper'])
export type Recipe = z.infer<typeof Recipe>

/**
 * How the paper's skip path is read where its text and Figure 1 leave it open (docs/method.md §2.2). The defaults
 * reproduce every number printed in the figure; what is absent takes its default.
 */
export const SkipPath = z.object({
  /** Which of the first two extractions takes the larger share: that of the 4×4 block (½, then ¼) or that of 8×8 (¼, then ½). */
  order: z.enum(['wide-first', 'narrow-first']).default('wide-first'),
  /** Width of the skip: half of each block's features, or half of the width below, down to that of the samples. */
  widths: z.enum(['features', 'halving']).default('features'),
  /** How the skip reaches the next resolution: filtered, by repeated pixels, or inside the merge convolution. */
  upsampling: z.enum(['fir', 'nearest', 'merge']).default('fir'),
  extractionKernel: z.literal([1, 3]).default(1),
  extractionDemodulated: z.boolean().default(true),
  extractionActivation: z.enum(['linear', 'lrelu']).default('linear'),
  /** Whether an extraction shares its style slot with the next block's first layer, as StyleGAN2's tRGB does. */
  extractionSlot: z.enum(['shared', 'own']).default('shared'),
  mergeKernel: z.literal([1, 3]).default(3),
  mergeActivation: z.enum(['lrelu', 'linear']).default('lrelu'),
  /** The last merge makes the samples itself, or half of the features, from which a linear 1×1 convolution makes them. */
  lastMerge: z.enum(['direct', 'narrowed']).default('direct'),
  maskOutput: z.enum(['linear', 'tanh']).default('linear'),
  /** Ours: whether StyleGAN2's outputs are added up beside the path (`output`), whose last merge then begins at 0. */
  shortcut: z.enum(['none', 'output']).default('none')
})
export type SkipPath = z.infer<typeof SkipPath>

/** How a mask is written for the networks: the paper's one gray plane, or one plane for background and one for each tone. */
export const MaskCode = z.enum(['gray', 'tones'])
export type MaskCode = z.infer<typeof MaskCode>

/** What a discriminator's answers are made into a loss by (docs/method.md §5.1). */
export const AdversarialLoss = z.enum(['logistic', 'relativistic'])

/** What of a model does not learn: nothing, or all that its image is made of. */
export const Freeze = z.enum(['none', 'image'])

/** The sizes of both networks. They cannot change within a run. */
export const NetworkSettings = z
  .object({
    generator: GeneratorKind,
    /** Side of a square picture in pixels, a power of two of at least 8. */
    resolution: z.int().min(8).max(2048),
    imageChannels: z.union([z.literal(1), z.literal(3)]),
    /** Planes of the mask that is made together with the image, as many as its code takes; 0: image only (the baseline of Table 1). */
    maskChannels: z.int().min(0).max(16),
    /** The paper's code is `gray` (docs/decisions/0039). */
    maskCode: MaskCode.default('gray'),
    /**
     * Who judges the samples. `joint`: one discriminator sees image and mask together, as in the paper. `separate`: one
     * sees the image alone, a second, half as wide, sees both and teaches the mask alone (docs/method.md §3.1).
     */
    discriminators: Discriminators.default('joint'),
    /**
     * Whether the mask has layers of its own, which nothing leads from to the image (docs/method.md §3.2): as in the paper it has
     * none; they may add to the mask that image and mask are made with, or make it alone.
     */
    maskBranch: z.enum(['none', 'beside', 'alone']).default('none'),
    classes: z.int().min(1),
    zDim: z.int().positive(),
    wDim: z.int().positive(),
    mappingLayers: z.int().min(1),
    /** Channels at resolution r: min(channelBase / r, channelMax). */
    channelBase: z.int().positive(),
    channelMax: z.int().positive(),
    /** Padding of the merge convolutions on the skip path; the paper is silent: see docs/decisions. */
    mergePadding: z.enum(['edge', 'zeros']),
    skipPath: SkipPath.prefault({}),
    /** Width of the D2D-CE embedding. */
    embedDim: z.int().positive(),
    /** Group of the minibatch standard deviation; must divide the batch. */
    minibatchStdGroup: z.int().positive()
  })
  .refine(({ maskCode, maskChannels }) => (maskCode === 'gray' ? maskChannels <= 1 : maskChannels !== 1), {
    error: 'the mask has as many planes as its code takes'
  })
  .refine(({ maskBranch, maskChannels }) => maskBranch === 'none' || maskChannels > 0, {
    error: 'layers of the mask make a mask'
  })
export type NetworkSettings = z.infer<typeof NetworkSettings>

/** How the strength p of ADA and APA alike follows the discriminator (docs/method.md §6.2). */
export const Adaptation = z.object({
  /** Mean sign of the logits of reals to hold; above it the discriminator overfits. */
  target: z.number().min(-1).max(1).default(0.6),
  /** Iterations between two changes of p. */
  interval: z.int().positive().default(4),
  /** Thousands of real images over which p could go from 0 to 1. */
  kimg: z.number().positive().default(500),
  /** Upper limit of p. From 0.82 on integer shifts can leak into the generated pictures (docs/method.md §6.3). */
  largestProbability: z.number().min(0).max(1).default(0.8)
})
export type Adaptation = z.infer<typeof Adaptation>

export const Augmentation = z.object({
  /** Mirror and quarter-turn reals at random, image and mask alike. */
  flips: z.enum(['none', 'horizontal', 'all']),
  /** Differentiable augmentation: its parts, always on. */
  diffAugment: z.array(z.enum(['color', 'translation', 'cutout'])),
  /**
   * Adaptive discriminator augmentation with the pipeline "bgc": `full` resamples between wavelet filters as the reference
   * does, `bilinear` by one warp in a tenth of the time.
   */
  ada: z.enum(['off', 'full', 'bilinear']).default('off'),
  /** Adaptive pseudo augmentation: some reals are replaced by synthetic samples, with their classes. */
  apa: z.boolean().default(false),
  adaptation: Adaptation.prefault({}),
  /**
   * Standard deviation of the noise on the mask that the discriminator sees, of reals and fakes alike, where the mask's
   * grays span 2. It keeps the mask from giving fakes away before there is anything to see in the image.
   */
  maskNoise: z.number().nonnegative().default(0)
})
export type Augmentation = z.infer<typeof Augmentation>

export const TrainingSettings = z.object({
  preset: z.string(),
  network: NetworkSettings,
  seed: z.int(),
  /** One iteration is one batch seen by each network. */
  iterations: z.int().positive(),
  batch: z.int().positive(),
  /** Samples that go through the networks at once, a divisor of the batch; all of them where absent. Changes nothing in the result. */
  microBatch: z.int().positive().optional(),
  learningRate: z.object({
    generator: z.number().positive(),
    discriminator: z.number().positive(),
    /** Iterations over which both rise from nothing; 0: at full speed from the start. */
    warmUp: z.int().nonnegative().default(0)
  }),
  adam: z.object({ beta1: z.number(), beta2: z.number(), epsilon: z.number() }),
  /** Data-to-data cross-entropy (ReACGAN): weight, positive margin, temperature, and which of two formulas. */
  d2dCrossEntropy: z.object({
    weight: z.number().nonnegative(),
    positiveMargin: z.number(),
    temperature: z.number().positive(),
    formula: z.enum(['studiogan', 'exact'])
  }),
  /** The paper's logistic loss of each sample for itself, or of a real and a synthetic one together, by how much D prefers it. */
  adversarial: AdversarialLoss.default('logistic'),
  /** Lazy gradient penalty: (gamma/2)·‖∇D‖², every `interval` iterations; interval 0 turns it off. */
  r1: z.object({
    gamma: z.number().nonnegative(),
    interval: z.int().nonnegative(),
    /** On synthetic samples as well as on real ones (R2). */
    onFakes: z.boolean().default(false)
  }),
  pathLength: z.object({
    weight: z.number().nonnegative(),
    interval: z.int().nonnegative(),
    decay: z.number(),
    /** Share of the batch in its own step. */
    batchShare: z.number()
  }),
  /** LeCam regularisation of the discriminator, against drifting apart on few images; weight 0 turns it off, as in the paper. */
  leCam: z
    .object({
      weight: z.number().nonnegative().default(0),
      /** Of the running means of the logits that it compares with. */
      decay: z.number().min(0).max(1).default(0.99)
    })
    .prefault({}),
  /**
   * Real masks moved off their images, shown to the second discriminator as wrong, where there is one; weight 0: none, as in the
   * paper (docs/method.md §3.1).
   */
  misplacedMasks: z.object({ weight: z.number().nonnegative().default(0) }).prefault({}),
  /** Probability of style mixing, one draw a batch. */
  styleMixing: z.number().min(0).max(1),
  /**
   * How the classes of a batch are drawn. `independent`: a real sample as often as the data have it, a synthetic one evenly.
   * `grouped`: evenly for both, one class for each group of the minibatch deviation.
   */
  classDraw: z.enum(['independent', 'grouped']).default('independent'),
  /** Up to this iteration the generator's classes are given the names that the discriminator knows them by; 0: never. */
  alignClassesUntil: z.int().nonnegative().default(0),
  /** The averaged generator: half-life in thousands of images, and at most this share of the images seen (0: no ramp). */
  ema: z.object({ halfLifeKimg: z.number().positive(), rampUp: z.number().nonnegative() }),
  /** Decay of the running mean of w. */
  wAverageBeta: z.number(),
  augmentation: Augmentation,
  /** `image`: the layers of the mask alone learn, judged by the discriminator of masks; the image stays as it is to the bit. */
  freeze: Freeze.default('none'),
  /** Id of a prepared set of images without annotation, of which the discriminator of the image sees tiles as well. */
  unannotated: thingId.optional(),
  /**
   * Which score says what model is the best: `cells`, the distance of pictures and masks together with what can be counted
   * and measured of their cells, or `frechet`, the Fréchet distance of pictures alone, as published.
   */
  selection: z.enum(['frechet', 'cells']).default('frechet'),
  evaluateEvery: z.int().positive(),
  /** Real and synthetic pictures per evaluation, over all classes. */
  evaluationPictures: z.int().positive(),
  /** A safe point at least this often; also every five minutes. */
  checkpointEvery: z.int().positive(),
  sampleEvery: z.int().positive(),
  /** Seconds of training after which pictures are made as well: at first much changes in few iterations. */
  sampleSeconds: z.array(z.number().positive()).default([])
})
export type TrainingSettings = z.infer<typeof TrainingSettings>

/** Two ends of a score's scale. */
export const ScoreAnchors = z.object({
  /** Two halves of the real pictures; absent where there are too few. */
  real: z.number().optional(),
  /** Pictures without anything in them. */
  empty: z.number()
})
export type ScoreAnchors = z.infer<typeof ScoreAnchors>

/** One line of a run's history (`metrics.jsonl`). */
export const HistoryEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('step'),
    iteration: z.int(),
    seconds: z.number(),
    generatorLoss: z.number(),
    discriminatorLoss: z.number(),
    d2dGenerator: z.number(),
    d2dDiscriminator: z.number(),
    realSign: z.number(),
    /** Strength p of the adaptive augmentations in this iteration, where they are on. */
    adaP: z.number().optional(),
    r1: z.number().optional(),
    pathLength: z.number().optional(),
    leCam: z.number().optional(),
    /** Of the second discriminator, where there are two. */
    maskGeneratorLoss: z.number().optional(),
    maskDiscriminatorLoss: z.number().optional(),
    misplacedMasks: z.number().optional(),
    maskR1: z.number().optional()
  }),
  z.object({
    kind: z.literal('evaluation'),
    iteration: z.int(),
    seconds: z.number(),
    metric: z.string(),
    value: z.number(),
    classes: z.array(
      z.object({
        name: z.string(),
        /** Of pictures alone; where models are chosen by it. */
        frechet: z.number().optional(),
        /** From 0, as real pictures, to 1, as blank ones; where models are chosen by it. */
        cellDistance: z.number().optional(),
        /** How far its pictures lie from one another, 1 as real ones do; absent where there are few. */
        variety: z.number().optional(),
        real: z.int(),
        fake: z.int()
      })
    ),
    /** What the same score says of two halves of the real pictures, and of blank ones. */
    anchors: ScoreAnchors.optional(),
    isBest: z.boolean(),
    /** Beside the schedule, because training ended here; it is taken back when training goes on. */
    isClosing: z.literal(true).optional(),
    /** What to know of this score before it is compared with others. */
    note: z.string().optional()
  }),
  z.object({
    kind: z.literal('sample'),
    iteration: z.int(),
    /** Of training until then; absent from histories of older versions. */
    seconds: z.number().optional(),
    file: InnerPath,
    /** Beside the schedule by iterations: another run, or another computer, has it elsewhere. */
    isByClock: z.literal(true).optional()
  }),
  /** A sentence on what did not come about here; at the end of the history it is taken back when training goes on. */
  z.object({ kind: z.literal('note'), iteration: z.int(), text: z.string() })
])
export type HistoryEntry = z.infer<typeof HistoryEntry>
