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
 * become cells, with a warning. What tells them: one value for "inside", or a few of which each has several pieces. A
 * background that is not 0, and a value that only parts cells, are no cells either.
 */
export function separatePieces(given: LabelImage, file: string, log: Log): LabelImage {
  const image = withoutBorderValue(withoutBackground(given, file, log), file, log)
  const { width, height, labels } = image
  const values = fewValues(labels)
  const [only] = values
  if (only === undefined) return image
  if (values.length === 1 && insideValues.has(only)) return separateBinary(image, only, file, log)
  const pieces = labelComponents(labels, width, height, 8)
  const counts = likePieces(labels, pieces)
  if (!counts.every((count) => count > 1)) return image
  if (pieces.count < 3 * values.length) {
    log.warn(
      `Each of its ${values.length} values has several separate pieces, which became one cell each. If they stand for classes of pixels, export a label image with a number for each cell instead.`,
      file,
      'label images whose cells are in pieces'
    )
    return image
  }
  log.warn(
    `It holds only the values ${values.join(', ')}, for ${pieces.count} separate pieces: they were taken for classes of pixels, and each piece became a cell. Where cells touch, export a label image instead.`,
    file,
    'masks of classes, whose pieces became cells'
  )
  return { width, height, labels: pieces.labels }
}

/** Where no pixel is 0, the value of all corners and of most of the picture is the background. */
function withoutBackground(image: LabelImage, file: string, log: Log): LabelImage {
  const { width, height, labels } = image
  const value = labels[0] ?? 0
  const corners = [0, width - 1, width * (height - 1), width * height - 1]
  if (value === 0 || corners.some((corner) => labels[corner] !== value) || labels.includes(0)) return image
  const covered = labels.reduce((sum, label) => sum + (label === value ? 1 : 0), 0)
  if (covered <= labels.length / 2 || covered === labels.length) return image
  log.warn(
    `No pixel of it is 0; the value ${value}, which covers all its corners and most of it, was taken for the background.`,
    file,
    'label images whose background is not 0'
  )
  return { width, height, labels: labels.map((label) => (label === value ? 0 : label)) }
}

/** What sets as Pascal VOC write between cells, and belongs to none of them. */
const borderValues = [255, 65535]

function withoutBorderValue(image: LabelImage, file: string, log: Log): LabelImage {
  const { width, height, labels } = image
  const value = borderValues.find((candidate) => labels.includes(candidate) && surroundsOthers(image, candidate))
  if (value === undefined) return image
  log.warn(
    `Its value ${value} runs around most of its other values: it was taken for the border between cells, and left out.`,
    file,
    'label images with a value for borders'
  )
  return { width, height, labels: labels.map((label) => (label === value ? 0 : label)) }
}

/** Whether most pixels of a value touch another, and most others are touched by it. */
function surroundsOthers({ width, labels }: LabelImage, value: number): boolean {
  const touched = new Set<number>()
  const others = new Set<number>()
  let [pixels, touching] = [0, 0]
  for (const [i, label] of labels.entries()) {
    if (label !== value) {
      if (label !== 0) others.add(label)
      continue
    }
    pixels++
    const around = [i - 1, i + 1, i - width, i + width].map((place) => labels[place] ?? 0)
    const cells = around.filter((other) => other !== 0 && other !== value)
    if (cells.length > 0) touching++
    for (const cell of cells) touched.add(cell)
  }
  return others.size > 1 && 2 * touched.size > others.size && 2 * touching > pixels
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

/** For each value the number of its pieces of like size. */
function likePieces(labels: Uint32Array, pieces: ReturnType<typeof labelComponents>): number[] {
  const areas = componentAreas(pieces)
  const valueOf = new Map<number, number>()
  for (const [i, piece] of pieces.labels.entries()) if (piece !== 0) valueOf.set(piece, labels[i] ?? 0)
  const byValue = new Map<number, number[]>()
  for (const [piece, value] of valueOf) byValue.set(value, [...(byValue.get(value) ?? []), areas[piece] ?? 0])
  return [...byValue.values()].map((list) => {
    const largest = list.reduce((most, area) => Math.max(most, area), 0)
    return list.filter((area) => area >= strayShare * largest).length
  })
}

/** The pieces of like size in a mask that was meant for one cell; strays are left out where there are several. */
export function cellsInMask(marked: Uint8Array, width: number, height: number): Uint8Array[] {
  const pieces = labelComponents(marked, width, height, 8)
  const areas = componentAreas(pieces)
  const largest = areas.slice(1).reduce((most, area) => Math.max(most, area), 0)
  const like = Array.from(areas.keys()).filter((piece) => piece > 0 && (areas[piece] ?? 0) >= strayShare * largest)
  return like.map((piece) => Uint8Array.from(pieces.labels, (label) => (label === piece ? 1 : 0)))
}
