import { z } from 'zod'
import { hasUnseen } from './plain-text.ts'
import { InnerPath, tending, thingId } from './things.ts'

export const DatasetId = thingId.brand('DatasetId')
export type DatasetId = z.infer<typeof DatasetId>

/** A name as users give it: shown everywhere, unique among things of one kind. */
export const Name = z
  .string()
  .trim()
  .min(1, 'A name is needed.')
  .max(100, 'A name can have at most 100 characters.')
  .refine(
    (name) => !/[/\\:*?"<>|]/.test(name) && !hasUnseen(name),
    'A name must not contain / \\ : * ? " < > |, line breaks or characters that are not seen.'
  )
  .refine((name) => !name.startsWith('-'), 'A name must not begin with -: it would be taken for an option.')

/** How annotation can be stored. Each has a row in `formats` (src/main/datasets/formats). */
export const FormatName = z.enum([
  'livecell',
  'tissuenet',
  'qupath',
  'yolo',
  'roi',
  'labelme',
  'masks',
  'labels',
  'coco'
])
export type FormatName = z.infer<typeof FormatName>

export const SourceFormat = z.enum(['auto', ...FormatName.options])
export type SourceFormat = z.infer<typeof SourceFormat>

/** A file that was not taken, and why. */
export const Refusal = z.object({ file: z.string(), reason: z.string() })
export type Refusal = z.infer<typeof Refusal>

export const Warning = z.object({ file: z.string().optional(), reason: z.string() })
export type Warning = z.infer<typeof Warning>

/** Values of a picture, in the file's own units. */
export const ValueRange = z.object({ low: z.number(), high: z.number() })
export type ValueRange = z.infer<typeof ValueRange>

/** Which planes of stacks and of pictures with many channels are taken: one choice for all files. Counts begin at 1. */
export const PlaneChoice = z.object({
  /** What the pages are, where a file does not say it or is wrong: channels, depths or times. */
  axes: z.enum(['CYX', 'ZYX', 'TYX']).optional(),
  /** One channel for gray; two or three stains, for green and blue or for red, green and blue. 0 stays black. */
  channels: z
    .array(z.int().min(0))
    .min(1)
    .max(3)
    .refine((channels) => channels.some((channel) => channel > 0), 'At least one channel must be chosen.')
    .optional(),
  z: z.int().positive().optional(),
  t: z.int().positive().optional()
})
export type PlaneChoice = z.infer<typeof PlaneChoice>

/** What the cells of pictures that are shown turned (EXIF) are drawn on. */
export const DrawnOn = z.enum(['shown', 'stored'])
export type DrawnOn = z.infer<typeof DrawnOn>

export const ClassCount = z.object({
  name: z.string(),
  images: z.int().nonnegative(),
  /** Images with annotation; the others bring pictures only. */
  annotated: z.int().nonnegative(),
  cells: z.int().nonnegative(),
  /** Images and cells by hours since the start of the experiment, where file names tell. */
  hours: z.array(z.object({ hour: z.number(), images: z.int(), cells: z.int() })).optional()
})
export type ClassCount = z.infer<typeof ClassCount>

export const Dataset = z.object({
  id: DatasetId,
  name: z.string(),
  created: z.string(),
  format: z.string(),
  images: z.int().nonnegative(),
  annotated: z.int().nonnegative(),
  cells: z.int().nonnegative(),
  classes: z.array(ClassCount),
  ...tending
})
export type Dataset = z.infer<typeof Dataset>

export const DatasetImage = z.object({
  /** Stable within the dataset: its position in file-name order, from 1. */
  id: z.int(),
  /** Path below the dataset's `images/` folder in the workspace; the name it had at its source. */
  file: InnerPath,
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.int().positive(),
  bits: z.int().positive(),
  class: z.string(),
  /** Hours since the start of the experiment. */
  time: z.number().optional(),
  /** Images cut from one frame share a group: they never part in a split. */
  group: z.string(),
  annotated: z.boolean(),
  cells: z.int().nonnegative(),
  /** Of the file as it was imported. */
  sha256: z.string(),
  split: z.string().optional(),
  /** The name it had in the set that a package was made of, where the package calls it otherwise. */
  source: z.string().optional(),
  /** µm, where the file told. */
  pixelSize: z.object({ x: z.number(), y: z.number() }).optional(),
  /** 1st to 99.8th percentile of pictures of more than 8 bits: one for all channels, or one for each stain. */
  ranges: z.array(ValueRange).optional(),
  /** What was taken of the file, where the picture here is not a copy of all of it. */
  taken: z.string().optional()
})
export type DatasetImage = z.infer<typeof DatasetImage>

/**
 * One annotated cell of an image, as stored in the workspace (`datasets/<id>/cells/<image id>.json`).
 * The raster is COCO's compressed run-length string on the image's grid.
 */
export const StoredCell = z.object({
  id: z.int(),
  counts: z.string(),
  /** The area that the source states, in px²; metrics use it where it is given. */
  statedArea: z.number().optional(),
  isCrowd: z.boolean().optional()
})
export type StoredCell = z.infer<typeof StoredCell>

export const ImportRequest = z.object({
  source: z.string(),
  name: Name,
  format: SourceFormat.default('auto'),
  /** Folder with the images, where it is not the source itself. */
  images: z.string().optional(),
  /** Annotation file, or folder of label images. */
  annotations: z.string().optional(),
  /** category · folder · filename:REGEX · none; the default depends on the format. */
  classFrom: z.string().optional(),
  /** filename:REGEX · none. */
  timeFrom: z.string().optional(),
  /** filename:REGEX: what tells the well, plate or donor, whose images never part in a split. */
  groupFrom: z.string().optional(),
  planes: PlaneChoice.optional(),
  /** Which objects are the cells, where a source marks cells and their nuclei: `nuclei` for TissueNet, else `cells`. */
  objects: z.enum(['cells', 'nuclei']).optional(),
  /** For pictures that are shown turned; where absent, what fits each. */
  drawnOn: DrawnOn.optional(),
  maxImages: z.int().positive().optional()
})
export type ImportRequest = z.infer<typeof ImportRequest>

export const ImportResult = z.object({
  dataset: Dataset,
  refused: z.array(Refusal),
  warnings: z.array(Warning)
})
export type ImportResult = z.infer<typeof ImportResult>

/** A look at a source before anything of it is taken: the import's own reading, with nothing written. */
export const InspectRequest = ImportRequest.omit({ name: true })
export type InspectRequest = z.infer<typeof InspectRequest>

/** What one file would become. Sizes and cells are absent where it cannot be read. */
export const InspectedFile = z.object({
  file: z.string(),
  width: z.int().optional(),
  height: z.int().optional(),
  channels: z.int().optional(),
  bits: z.int().optional(),
  pixelSize: DatasetImage.shape.pixelSize,
  ranges: DatasetImage.shape.ranges,
  taken: DatasetImage.shape.taken,
  class: z.string(),
  time: z.number().optional(),
  split: z.string().optional(),
  annotated: z.boolean(),
  cells: z.int(),
  /** Why it would not be taken, and what to do. */
  problem: z.string().optional()
})
export type InspectedFile = z.infer<typeof InspectedFile>

export const InspectResult = z.object({
  format: SourceFormat,
  /** What tells the format. */
  reason: z.string(),
  files: z.array(InspectedFile),
  totals: z.object({ files: z.int(), usable: z.int(), annotated: z.int(), cells: z.int() }),
  classes: z.array(ClassCount),
  refused: z.array(Refusal),
  warnings: z.array(Warning),
  /** How to mend a wrong guess for all files at once: a field of the import request, and what it would change. */
  corrections: z.array(z.object({ option: z.string(), what: z.string() }))
})
export type InspectResult = z.infer<typeof InspectResult>
