import { type LabelImage } from '../../images/label-image.ts'
import { componentAreas, labelComponents } from '../../masks/components.ts'
import { type Log } from '../import-log.ts'

/** What programs write for "inside" in a black-and-white picture. */
const insideValues = new Set([1, 255, 65535])
/** With more values than this, they are the numbers of cells. */
const mostClasses = 20
/** A piece this small beside the largest of its value is a stray of it. */
const strayShare = 0.1

/**
 * Black-and-white masks of many cells, and masks of a few classes of pixels, are no label images: their separate pieces
 * become cells, with a warning. What tells them: one value for "inside", or a few of which each has several pieces.
 */
export function separatePieces(image: LabelImage, file: string, log: Log): LabelImage {
  const { width, height, labels } = image
  const values = fewValues(labels)
  const [only = 0] = values
  if (values.length === 1 && insideValues.has(only)) return separateBinary(image, only, file, log)
  if (values.length < 2) return image
  const pieces = labelComponents(labels, width, height, 8)
  if (!areClasses(labels, pieces, values.length)) return image
  log.warn(
    `It holds only the values ${values.join(', ')}, for ${pieces.count} separate pieces: they were taken for classes of pixels, and each piece became a cell. Where cells touch, export a label image instead.`,
    file,
    'masks of classes, whose pieces became cells'
  )
  return { width, height, labels: pieces.labels }
}

function separateBinary({ width, height, labels }: LabelImage, value: number, file: string, log: Log): LabelImage {
  const inside = labels.map((label) => (label === 0 ? 0 : 1))
  if (isDarkOnLight(inside, width, height)) {
    log.warn(...darkOnLight(file))
    for (let i = 0; i < inside.length; i++) inside[i] = inside[i] === 0 ? 1 : 0
  } else if (labelComponents(inside, width, height, 8).count < 2) {
    return { width, height, labels }
  }
  const pieces = labelComponents(inside, width, height, 8)
  log.warn(
    `It is black and white (one value, ${value}): its ${pieces.count} separate pieces became cells. Where cells touch, they are one; export a label image instead.`,
    file,
    'black-and-white masks, whose pieces became cells'
  )
  return { width, height, labels: pieces.labels }
}

/** Whether a mask covers most of its picture and all corners: then it is what lies around the cells. */
export function isDarkOnLight(inside: ArrayLike<number>, width: number, height: number): boolean {
  const corners = [0, width - 1, width * (height - 1), width * height - 1]
  if (!corners.every((corner) => inside[corner] !== 0)) return false
  const all = width * height
  let covered = 0
  for (let i = 0; i < all; i++) if (inside[i] !== 0) covered++
  return covered > all / 2 && covered < all
}

/** The warning of it. */
export function darkOnLight(file: string): [string, string, string] {
  return [
    'It covers most of the picture and all its corners, so it was taken as drawn black on white: what it leaves free became cells.',
    file,
    'masks that are drawn black on white'
  ]
}

/** The values of a label image in their order, where they are few. */
function fewValues(labels: Uint32Array): number[] {
  const values = new Set<number>()
  for (const label of labels) {
    if (label !== 0) values.add(label)
    if (values.size > mostClasses) return []
  }
  return [...values].sort((a, b) => a - b)
}

/** Whether each value has several pieces of like size, and there are far more pieces than values. */
function areClasses(labels: Uint32Array, pieces: ReturnType<typeof labelComponents>, values: number): boolean {
  if (pieces.count < 3 * values) return false
  const areas = componentAreas(pieces)
  const valueOf = new Map<number, number>()
  for (const [i, piece] of pieces.labels.entries()) if (piece !== 0) valueOf.set(piece, labels[i] ?? 0)
  const byValue = new Map<number, number[]>()
  for (const [piece, value] of valueOf) byValue.set(value, [...(byValue.get(value) ?? []), areas[piece] ?? 0])
  return [...byValue.values()].every((list) => {
    const largest = list.reduce((most, area) => Math.max(most, area), 0)
    return list.filter((area) => area >= strayShare * largest).length > 1
  })
}
