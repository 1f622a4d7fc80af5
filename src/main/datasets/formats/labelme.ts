import { basename } from 'node:path'
import { z } from 'zod'
import { AppError, reasonOf, refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readInputFile, streamInputFile } from '../../files/input-file.ts'
import { parseJsonText } from '../../files/json-text.ts'
import { type Picture } from '../../images/picture.ts'
import { decodePicture } from '../../images/read.ts'
import { type Rle, rleArea, RunWriter } from '../../masks/rle.ts'
import {
  type Annotation,
  CellCollector,
  type CellOutline,
  type CellProblem,
  coversNothing,
  outlineFromRings,
  type Size
} from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { type CountCategories, type Source, type SourcePlace } from '../source-image.ts'
import { type Format, gridOf, type PictureFacts } from './format.ts'
import { cellsOfShapes, hasNumbers, joinOutlines, type ShapeCell } from './labelme-cells.ts'
import { findOneFileEach } from './one-file-each.ts'

const Shape = z.object({
  label: z.coerce.string(),
  points: z.array(z.tuple([z.number(), z.number()])),
  group_id: z.union([z.string(), z.number()]).nullish().catch(undefined),
  shape_type: z.string().nullish(),
  mask: z.string().nullish()
})
type Shape = z.infer<typeof Shape>

const LabelmeFile = z.object({
  shapes: z.array(z.unknown().transform((shape): Shape => Shape.safeParse(shape).data ?? noShape)),
  imagePath: z.string().nullish().catch(undefined),
  imageWidth: z.int().positive().nullish(),
  imageHeight: z.int().positive().nullish()
})

/** In the place of a shape whose points are no numbers, or that has none. */
const noShape: Shape = { label: '', points: [], shape_type: 'nothing' }

/** Pictures with Labelme's `NAME.json` beside each; a shape's label is its category. */
export const labelme: Format = {
  holds: "Labelme files of the pictures' names",
  guess: {
    beginning: async ({ json }) => {
      const found = await json()
      return found && looksLikeLabelme(found.start) ? `${found.words} a JSON file with Labelme's shapes` : undefined
    }
  },
  find: findLabelme,
  cells: ({ files: [path = ''] }, file, size, log) => readLabelmeCells(path, file, size, log),
  categories: async ({ files: [path = ''] }) =>
    cellsOfShapes((await readFileOf(path)).shapes).map(({ category }) => category || undefined)
}

function findLabelme(place: SourcePlace, log: Log, count: CountCategories): Promise<Source> {
  return findOneFileEach(place, log, count, {
    endings: ['.json'],
    what: 'a Labelme file',
    cells: (path) => ({ format: 'labelme', files: [path], more: undefined }),
    explainAlone: async (path) => ((await holdsPicture(path)) ? onlyEmbedded : undefined),
    pictureOf: async (path) => (await readFileOf(path).catch(orNothing))?.imagePath ?? undefined
  })
}

/** What cannot be read is listed with its reason. */
function orNothing(thrown: unknown): undefined {
  if (!(thrown instanceof AppError)) throw thrown
}

const onlyEmbedded = {
  reason: 'has its picture only inside it (imageData), and no picture of its name is there',
  next: 'Save the picture beside it under the same name (labelme_export_json writes it as img.png) and import again.'
}

/** Whether a picture stands in a file, wherever in it; its text is only searched. */
async function holdsPicture(path: string): Promise<boolean> {
  let end = ''
  for await (const chunk of streamInputFile(path, 'Labelme file')) {
    const text = end + chunk.toString('latin1')
    if (/"imageData"\s{0,40}:\s{0,40}"[^"]/.test(text)) return true
    end = text.slice(-100)
  }
  return false
}

/**
 * Whether a JSON text is Labelme's, by the members that it begins with: the picture itself may stand before the shapes,
 * and is longer than any beginning.
 */
function looksLikeLabelme(start: string): boolean {
  return /"shapes"\s*:\s*\[|"imageData"\s*:/.test(start)
}

/** Reads the cells of one image: polygons, rectangles, circles and masks, numbered from 1 by the first shape of each. */
async function readLabelmeCells(
  path: string,
  file: string,
  picture: PictureFacts,
  log: Log
): Promise<Annotation | undefined> {
  const { shapes, imageWidth, imageHeight } = await readFileOf(path)
  const grid = gridOf(picture, imageWidth, imageHeight)
  const cells = new CellCollector(basename(path), file, log)
  const found = cellsOfShapes(shapes)
  const outlines: (CellOutline | CellProblem)[] = []
  for (const shape of shapes) outlines.push(await outlineOf(path, shape, grid))
  for (const { shapes: places } of found) {
    const number = (places[0] ?? 0) + 1
    cells.add(`Shape ${number}`, number, joinOutlines(places.flatMap((place) => outlines[place] ?? [])))
  }
  warnOfJoined(shapes, found, file, log)
  return cells.finish(grid)
}

function warnOfJoined(shapes: readonly Shape[], cells: readonly ShapeCell[], file: string, log: Log): void {
  const joined = cells.filter(({ shapes: places }) => places.length > 1).length
  if (joined > 0) {
    const reason = `${joined} of its cells were put together from several shapes that share a group or a number.`
    log.warn(reason, file, 'pictures with cells of several shapes')
  }
  if (!hasNumbers(shapes)) return
  const reason =
    'The numbers behind its labels were taken for those of cells, and the names before them for the classes.'
  log.warn(reason, file, 'pictures with numbered labels')
}

async function outlineOf(path: string, shape: Shape, size: Size): Promise<CellOutline | CellProblem> {
  if (shape === noShape) return withoutPoints
  const [[x1, y1] = [0, 0], [x2, y2] = [0, 0]] = shape.points
  const type = shape.shape_type ?? 'polygon'
  if (type === 'rectangle' && shape.points.length === 2)
    return outlineFromRings([[x1, y1, x2, y1, x2, y2, x1, y2]], size)
  if (type === 'circle') return outlineFromRings([circle(x1, y1, Math.hypot(x2 - x1, y2 - y1))], size)
  if (type === 'mask') return maskOutline(path, shape, size)
  if (drawnByCorners.has(type)) return outlineFromRings([shape.points.flat()], size)
  return noOutline(type)
}

function noOutline(type: string): CellProblem {
  if (open.has(type)) return { reason: `is a ${type}, which encloses nothing`, kind: 'shapes that enclose nothing' }
  return {
    reason: `is of the kind "${type}", which is not read; polygons, rectangles (turned ones too), circles and masks are`,
    kind: 'shapes of other kinds'
  }
}

const withoutPoints: CellProblem = {
  reason: 'has no label or no points that are numbers',
  kind: 'shapes without points that are numbers'
}

/** By all their corners: X-AnyLabeling writes rectangles so too, and turned ones as `rotation`. */
const drawnByCorners = new Set([
  'polygon',
  'rectangle',
  'rotation',
  'rotated_rectangle',
  'oriented_rectangle',
  'quadrilateral'
])
const open = new Set(['line', 'linestrip', 'point', 'points'])

const circlePoints = 96

/** By its middle and radius, px. */
function circle(x: number, y: number, radius: number): number[] {
  return Array.from({ length: circlePoints }, (_, i) => {
    const angle = (2 * Math.PI * i) / circlePoints
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  }).flat()
}

/** A PNG in base64 whose left upper corner lies at the first point. */
async function maskOutline(path: string, { mask, points }: Shape, size: Size): Promise<CellOutline | CellProblem> {
  const damaged = { reason: 'has a mask that cannot be read', kind: 'shapes with a mask that cannot be read' }
  const corner = points[0]
  if (typeof mask !== 'string' || !corner) return damaged
  try {
    const { picture } = await decodePicture(path, Buffer.from(mask, 'base64'))
    const rle = placeMask(picture, Math.round(corner[0]), Math.round(corner[1]), size)
    return rleArea(rle) === 0 ? coversNothing : { rle, skippedRings: 0, isCut: false }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return damaged
  }
}

function placeMask(picture: Picture, left: number, top: number, { width, height }: Size): Rle {
  const writer = new RunWriter(height, width)
  for (let x = Math.max(0, left); x < Math.min(width, left + picture.width); x++) {
    for (let y = Math.max(0, top); y < Math.min(height, top + picture.height); y++) {
      const at = ((y - top) * picture.width + (x - left)) * picture.channels
      if (picture.data[at] !== 0) writer.add(x * height + y, x * height + y + 1)
    }
  }
  return writer.finish()
}

async function readFileOf(path: string): Promise<z.infer<typeof LabelmeFile>> {
  const bytes = await readInputFile(path, 'Labelme file', limits.json.fileBytes)
  let value: unknown
  try {
    value = parseJsonText(bytes)
  } catch (cause) {
    throw notLabelme(path, reasonOf(cause, 'it is damaged or not JSON'), cause)
  }
  const parsed = LabelmeFile.safeParse(value)
  if (parsed.success) return parsed.data
  throw notLabelme(path, 'it has no list of shapes with labels and points', parsed.error)
}

function notLabelme(path: string, reason: string, cause?: unknown): Error {
  return refuse(`${path} cannot be read as a Labelme file: ${reason}.`, {
    file: path,
    next: 'Save it again in Labelme.',
    cause
  })
}
