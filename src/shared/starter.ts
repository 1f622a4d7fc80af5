import { z } from 'zod'
import { CellLimits } from './masks.ts'
import { RealClass } from './set-report.ts'
import { TrainingSettings } from './training.ts'

/** The name by which a command asks for the built-in model, where no run has taken it. */
export const starterName = 'starter'

/** `model.json` beside the weights of the built-in model: what it is, and what one must know to use it. */
export const StarterCard = z.object({
  version: z.literal(1),
  /** Classes in the order of the network's labels. */
  classes: z.array(z.string()).min(1),
  settings: TrainingSettings,
  /** What its training tiles were: a data set has to be prepared alike to go on from it. */
  prepared: z.object({
    tile: z.int(),
    scale: z.number(),
    channels: z.enum(['gray', 'rgb']),
    grayLevels: z.int()
  }),
  /** Sizes and numbers of real cells, by class, that its pictures are held to. */
  limits: z.array(CellLimits),
  /** What its training tiles show, and how to tell cells from background in them; its pictures are compared with that. */
  real: z.array(RealClass).optional(),
  /** What it was trained on, as a sentence. */
  trainedOn: z.string(),
  license: z.string(),
  iteration: z.int(),
  imagesSeen: z.int(),
  /** ψ of its pictures where nobody asks for another: below 1 they are more typical and less varied. */
  truncation: z.number().min(0).max(2).default(1),
  score: z.object({ metric: z.string(), value: z.number(), pictures: z.int() }),
  /** What it is not good for, in a sentence or two. */
  limitations: z.string().optional()
})
export type StarterCard = z.infer<typeof StarterCard>

/** A built-in model as lists show it. */
export const BuiltInModel = StarterCard.pick({
  classes: true,
  trainedOn: true,
  imagesSeen: true,
  truncation: true,
  score: true,
  limitations: true,
  license: true
}).extend({
  /** By which it is asked for where no run has the same. */
  name: z.string(),
  /** Side of its pictures in pixels. */
  tile: z.int()
})
export type BuiltInModel = z.infer<typeof BuiltInModel>
