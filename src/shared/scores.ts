import { z } from 'zod'

export const ScoreRequest = z.object({
  /** A COCO file with the true cells. */
  truth: z.string(),
  /** A list of COCO results, or a COCO file. */
  predictions: z.string(),
  convention: z.enum(['coco', 'livecell']).default('coco')
})
export type ScoreRequest = z.infer<typeof ScoreRequest>

/** The numbers of COCO's summary as fractions; −1 where there is no truth of that size. */
export const CocoStats = z.object({
  AP: z.number(),
  AP50: z.number(),
  AP75: z.number(),
  APs: z.number(),
  APm: z.number(),
  APl: z.number(),
  /** At each number of detections of the convention. */
  AR: z.array(z.number()).readonly(),
  ARs: z.number(),
  ARm: z.number(),
  ARl: z.number()
})

const microscopy = {
  AP50: z.number(),
  AP75: z.number(),
  AP: z.number(),
  precision: z.number(),
  recall: z.number(),
  F1: z.number(),
  SQ: z.number(),
  PQ: z.number(),
  meanTrueScore: z.number(),
  AJI: z.number(),
  AJIOneToOne: z.number(),
  SEG: z.number(),
  foregroundIoU: z.number(),
  foregroundDice: z.number()
}

/** Matched cells pooled over images, scores by area averaged over them; AP here is TP/(TP+FP+FN), not COCO's. */
export const MicroscopyResult = z.object({
  ...microscopy,
  TP: z.int(),
  FP: z.int(),
  FN: z.int(),
  thresholds: z.array(z.number()).readonly(),
  APByThreshold: z.array(z.number()).readonly(),
  F1ByThreshold: z.array(z.number()).readonly(),
  PQByThreshold: z.array(z.number()).readonly(),
  meanOverImages: z.object(microscopy)
})

export const ScoreResult = z.object({
  convention: z.enum(['coco', 'livecell']),
  maxDetections: z.array(z.int()),
  stats: CocoStats,
  microscopy: MicroscopyResult,
  images: z.int(),
  truths: z.int(),
  predictions: z.int(),
  notes: z.array(z.string())
})
export type ScoreResult = z.infer<typeof ScoreResult>
