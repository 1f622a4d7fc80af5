import { z } from 'zod'
import { ArmName, FrozenStudy, OneStudy, PlanStudyRequest, StudyImage, StudyOutlook } from './studies.ts'

/** What is frozen of a study, with its images counted. */
export const StudyPlan = FrozenStudy.omit({ images: true, order: true, stages: true }).extend({
  counts: z.object({ train: z.int(), validation: z.int(), test: z.int(), testCells: z.int(), wells: z.int() })
})
export type StudyPlan = z.infer<typeof StudyPlan>

/** A training of a study: one of its tasks. */
export const StudyPart = z.object({
  id: z.string(),
  kind: z.enum(['generator', 'arm']),
  arm: ArmName,
  /** Position of the column. */
  column: z.int(),
  draw: z.int(),
  generator: z.int(),
  seed: z.int(),
  /** The generator whose pictures it needs. */
  needs: z.string().optional(),
  isDone: z.boolean()
})
export type StudyPart = z.infer<typeof StudyPart>

/** A study as a board of its trainings. */
export const StudyBoard = z.object({ plan: StudyPlan, hash: z.string(), parts: z.array(StudyPart) })
export type StudyBoard = z.infer<typeof StudyBoard>

/** What planning would come to: nothing is written, and no name is needed. */
export const PreviewStudyRequest = PlanStudyRequest.omit({ name: true })
export type PreviewStudyRequest = z.infer<typeof PreviewStudyRequest>

export const StudyPreview = z.object({
  plan: StudyPlan,
  tasks: z.int(),
  outlook: StudyOutlook,
  /** Each image with its place among the data set's pictures, and where it may be used. */
  images: z.array(
    StudyImage.pick({ file: true, class: true, well: true, split: true, cells: true }).extend({ position: z.int() })
  )
})
export type StudyPreview = z.infer<typeof StudyPreview>

/** What the report draws, for the page. */
export const StudyPictures = z.object({
  /** Test images with the cells that were found; PNGs in base64. */
  pictures: z.array(z.object({ title: z.string(), caption: z.string(), png: z.string() })),
  charts: z.array(z.object({ name: z.string(), title: z.string(), caption: z.string(), svg: z.string() })),
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Names of the report's files, once it is written. */
  files: z.array(z.string())
})
export type StudyPictures = z.infer<typeof StudyPictures>

/** A file of the report, to be saved by a page that has no file manager. */
export const StudyFileRequest = OneStudy.extend({ file: z.string().regex(/^[\w-]{1,60}\.(?:html|csv|svg)$/) })
export const StudyFile = z.object({ file: z.string(), text: z.string() })
