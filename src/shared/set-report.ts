import { z } from 'zod'

const share = z.number().min(0).max(1)

/** Tells cells from background in a class's pictures, pixel by pixel, as it was learned on real tiles. */
export const ForegroundModel = z.object({
  channels: z.union([z.literal(1), z.literal(3)]),
  /** Of the features of a pixel's surroundings, in their order. */
  weights: z.array(z.number()),
  bias: z.number(),
  /** From this certainty on a pixel counts as a cell. */
  threshold: share
})
export type ForegroundModel = z.infer<typeof ForegroundModel>

/** What the pictures of a class show, generated or real ones. */
export const CellStatistics = z.object({
  pictures: z.int().nonnegative(),
  /** Share of the pictures whose mask shows no cell. */
  empty: share,
  /** Cells a picture, as the mean over all of them. */
  cells: z.number(),
  /** Median of the cells' areas in pixels, of cells that no border cuts; absent where there is no cell. */
  medianArea: z.number().optional(),
  /** How well masks belong to their pictures, as the mean over those that show a cell; absent where none does. */
  maskFit: share.optional()
})
export type CellStatistics = z.infer<typeof CellStatistics>

/** What the real tiles of a class are like, to compare generated pictures with. */
export const RealClass = z.object({
  class: z.string(),
  statistics: CellStatistics,
  /** Absent where no real tile shows a cell. */
  foreground: ForegroundModel.optional()
})
export type RealClass = z.infer<typeof RealClass>

/** A class's generated pictures beside its real tiles. */
export const ClassHealth = z.object({
  class: z.string(),
  generated: CellStatistics,
  /** Absent where there are none to compare with. */
  real: CellStatistics.optional()
})
export type ClassHealth = z.infer<typeof ClassHealth>

/** How well masks belong to their pictures: the means over the classes that have both numbers. */
export const MaskFit = z.object({
  generated: share,
  /** Of real tiles that the measure was not learned from. */
  real: share,
  /** What was measured, in a few words. */
  measure: z.string()
})
export type MaskFit = z.infer<typeof MaskFit>
