import { z } from 'zod'
import { Name } from './datasets.ts'
import { Verdict } from './pictures.ts'
import { EngineInfo, EngineRequest } from './runs.ts'
import { ClassHealth, MaskFit } from './set-report.ts'
import { InnerPath, tending, thingId } from './things.ts'

export const SyntheticId = thingId.brand('SyntheticId')
export type SyntheticId = z.infer<typeof SyntheticId>

export const SyntheticClass = z.object({
  name: z.string(),
  images: z.int().nonnegative(),
  cells: z.int().nonnegative()
})

export const Synthetic = z.object({
  id: SyntheticId,
  name: z.string(),
  created: z.string(),
  /** Name of the run, or of the package it came in. */
  origin: z.string(),
  /** Id of the run, where it is one of this workspace. */
  run: z.string().optional(),
  iteration: z.int().nonnegative(),
  seed: z.int(),
  truncation: z.number(),
  images: z.int().nonnegative(),
  cells: z.int().nonnegative(),
  classes: z.array(SyntheticClass),
  ...tending
})
export type Synthetic = z.infer<typeof Synthetic>

/** A cell that the area filter took out of a mask although the picture shows it. */
export const RemovedCell = z.object({
  reason: z.enum(['too-small', 'too-large', 'too-ragged']),
  /** Pixels. */
  area: z.int(),
  /**
   * Its pixels in COCO's compressed run-length form, for the height and width of the picture: neither cell nor background,
   * so whoever trains on the set may leave them out of the loss, as a crowd region.
   */
  counts: z.string()
})
export type RemovedCell = z.infer<typeof RemovedCell>

/** One picture with its mask: `images/<file>` and `masks/<file>`, both PNG; the mask a 16-bit label image. */
export const SyntheticImage = z.object({
  file: InnerPath,
  /** Position in the seeded sequence: (seed, index) makes the same picture again. */
  index: z.int().nonnegative(),
  class: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  cells: z.int().nonnegative(),
  /** Cells that the area filter took out of this mask. */
  removedCells: z.int().nonnegative(),
  /** Each of them; absent from sets of older versions. */
  removed: z.array(RemovedCell).optional(),
  /**
   * How well the mask belongs to the picture (`MaskFit.measure`); absent where the mask shows no cell, where there was
   * nothing to learn the measure from, and from sets of older versions.
   */
  maskFit: z.number().min(0).max(1).optional(),
  /** What a person said of it, in this workspace alone; rejected ones stay out of packages and studies. */
  verdict: Verdict.optional()
})
export type SyntheticImage = z.infer<typeof SyntheticImage>

export const GenerateRequest = z.object({
  run: z.string(),
  name: Name,
  /** Pictures in all, classes in equal shares; or `perClass` of each. */
  count: z.int().positive().max(1_000_000).optional(),
  perClass: z.int().positive().max(1_000_000).optional(),
  /** ψ of the truncation trick; the model's own where none is named. */
  truncation: z.number().min(0).max(2).optional(),
  seed: z.int().default(0),
  areaFilter: z.boolean().default(true),
  /** The safe point whose model draws, by its iteration; the best where none is named. */
  checkpoint: z.int().optional(),
  engine: EngineRequest.default('auto')
})
export type GenerateRequest = z.infer<typeof GenerateRequest>

export const Filtered = z.object({ cells: z.int(), images: z.int(), why: z.record(z.string(), z.int()) })
export type Filtered = z.infer<typeof Filtered>

/**
 * Decoded cells that are only the slope between two tones of a mask (docs/method.md §8.3), of all that were decoded from
 * the pictures of a set, before the filter.
 */
export const Phantoms = z.object({ cells: z.int(), share: z.number() })

/** How a set compares with the real tiles that its model learned from; absent from sets of older versions. */
export const setReport = {
  maskFit: MaskFit.optional(),
  health: z.array(ClassHealth).optional(),
  phantoms: Phantoms.optional()
}

export const GenerateResult = z.object({
  synthetic: Synthetic,
  filtered: Filtered,
  ...setReport,
  warnings: z.array(z.string()),
  /** Path of a picture, on this computer, that shows the first ones of each class. */
  overview: z.string(),
  seed: z.int(),
  engine: EngineInfo
})
export type GenerateResult = z.infer<typeof GenerateResult>

/** What `synthetic/<id>/about.json` holds. */
export const SyntheticAbout = z.object({
  kind: z.literal('synthetic'),
  version: z.literal(1),
  synthetic: Synthetic,
  images: z.array(SyntheticImage),
  filtered: Filtered,
  ...setReport,
  /** How it was made, in the words of the settings: model, preset, training data, software. */
  provenance: z.object({
    software: z.string(),
    run: z.string(),
    dataset: z.string(),
    preset: z.string(),
    engine: EngineInfo
  })
})
export type SyntheticAbout = z.infer<typeof SyntheticAbout>
