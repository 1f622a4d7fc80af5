import { z } from 'zod'
import { ClassHealth, MaskFit } from './set-report.ts'
import { thingId } from './things.ts'

/** Collections whose things are sets of pictures. */
export const PictureCollection = z.enum(['datasets', 'prepared', 'synthetic'])
export type PictureCollection = z.infer<typeof PictureCollection>

/**
 * What can be looked at of a picture, made when it is first wanted and kept beside it: the picture with auto contrast or
 * as its values are; and what is laid over it, on nothing: the edges of its cells, or their areas. The small ones are for
 * grids.
 */
export const PictureLook = z.enum([
  'thumbnail',
  'thumbnail-outlines',
  'thumbnail-labels',
  'picture',
  'plain',
  'outlines',
  'labels'
])
export type PictureLook = z.infer<typeof PictureLook>

/** Where a look is, below the workspace: `datasets/<id>/views/<position>-<look>.png`, or one cell: `…-cell-<id>.png`. */
export function viewPath(collection: PictureCollection, id: string, position: number, look: PictureLook | CellLook) {
  return `${collection}/${id}/views/${position}-${look}.png`
}

export type CellLook = `cell-${number}`

const looks = PictureLook.options.join('|')
/** As `viewPath` writes them. */
export const viewPattern = new RegExp(
  String.raw`^(datasets|prepared|synthetic)/([\w-]{1,80})/views/(\d{1,7})-(${looks}|cell-\d{1,10})\.png$`
)

/** What is wrong with a generated picture at first sight, or might be. */
export const PictureFlag = z.enum([
  'empty',
  'fragments',
  'merges',
  'ragged',
  'too-many',
  'poor-fit',
  'copy-of-training',
  'copy-of-another'
])
export type PictureFlag = z.infer<typeof PictureFlag>

/** What a person said of a generated picture. What was not looked at counts as accepted. */
export const Verdict = z.enum(['accepted', 'rejected'])
export type Verdict = z.infer<typeof Verdict>

/** A picture of a set, as grids show it. */
export const ListedPicture = z.object({
  /** Its place in the set, from 0: what its looks are asked for by. */
  position: z.int().nonnegative(),
  name: z.string(),
  class: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Whether anybody said where its cells are. */
  annotated: z.boolean(),
  cells: z.int().nonnegative(),
  split: z.string().optional(),
  time: z.number().optional(),
  maskFit: z.number().optional(),
  flags: z.array(PictureFlag).optional(),
  verdict: Verdict.optional()
})
export type ListedPicture = z.infer<typeof ListedPicture>

/** A set of pictures by its id. */
const OneSet = z.object({ collection: PictureCollection, set: thingId })

export const ListPictures = OneSet
export const PictureList = z.object({
  pictures: z.array(ListedPicture),
  /** Of a synthetic set: how it compares with the real tiles that its model learned from. */
  health: z.array(ClassHealth).optional(),
  maskFit: MaskFit.optional(),
  /** How a synthetic set was made. */
  made: z.object({ seed: z.int(), truncation: z.number(), iteration: z.int(), software: z.string() }).optional()
})
export type PictureList = z.infer<typeof PictureList>

export const CellQuestion = OneSet.extend({
  position: z.int().nonnegative(),
  /** A pixel of the picture. */
  x: z.int().nonnegative(),
  y: z.int().nonnegative()
})
/** The cell at a pixel; absent where there is background. */
export const CellAnswer = z.object({
  cell: z
    .object({
      /** Its number in the annotation, or in the mask. */
      id: z.int(),
      /** Pixels. */
      area: z.int(),
      /** The numbers of those that touch it. */
      neighbours: z.array(z.int())
    })
    .optional()
})
export type CellAnswer = z.infer<typeof CellAnswer>

/** A generated picture that is very much like another one. */
export const PictureCopy = z.discriminatedUnion('of', [
  z.object({
    position: z.int(),
    of: z.literal('training'),
    /** The picture that its model learned from. */ name: z.string()
  }),
  z.object({ position: z.int(), of: z.literal('another'), /** An earlier place in the set. */ other: z.int() })
])
export type PictureCopy = z.infer<typeof PictureCopy>

export const CopiesRequest = z.object({ /** Name or id of a synthetic set. */ set: z.string() })
export const CopiesResult = z.object({
  copies: z.array(PictureCopy),
  /** How many pictures that the model learned from were there to be compared with. */
  training: z.int()
})
export type CopiesResult = z.infer<typeof CopiesResult>

export const JudgeRequest = z.object({
  /** Name or id of a synthetic set. */
  set: z.string(),
  positions: z.array(z.int().nonnegative()).min(1).max(1_000_000),
  /** Absent: as if nobody had said anything. */
  verdict: Verdict.optional()
})
export const JudgeResult = z.object({
  /** How many of the set's pictures stay out of packages and studies. */
  rejected: z.int(),
  pictures: z.int()
})
