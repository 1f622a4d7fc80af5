import { type PictureCopy } from '../../shared/pictures.ts'
import { toEightBit } from '../images/eight-bit.ts'
import { CoarseParts, type GrayPicture, likeness, type Part, turns } from '../images/likeness.ts'
import { readPicture } from '../images/read.ts'

/** Files of a generated set, by their places in it, and of the pictures that its model learned from. */
export interface CopiesTask {
  readonly pictures: readonly string[]
  readonly training: readonly { readonly name: string; readonly file: string }[]
}

/** A first look on a coarse grid, and a second on a finer one at those that pass it. */
const [coarse, fine] = [8, 24]
const [coarseLikeness, fineLikeness] = [0.88, 0.92]
/** Parts of training pictures begin at every sixteenth of a side; where one seems alike, the places around it are tried. */
const stepShare = 16
/** So many parts of training pictures are looked at; of more, evenly spread ones. */
const mostParts = 12_000

interface Described {
  readonly coarse: Float32Array
  readonly fine: Float32Array
}

/**
 * Generated pictures that are very much like another one of their set, or like a part of a picture that their model
 * learned from, mirrored and turned ones among them.
 */
export async function findCopies({ pictures, training }: CopiesTask, signs: Int32Array): Promise<PictureCopy[]> {
  const described: (Described | undefined)[] = []
  let side = 0
  for (const file of pictures) {
    const gray = await readGray(file)
    side = Math.min(gray.width, gray.height)
    described.push(describe(new CoarseParts(gray), { x: 0, y: 0, side }))
    Atomics.add(signs, 0, 1)
  }
  return [...amongThemselves(described, signs), ...(await ofTraining(described, training, side, signs))]
}

function amongThemselves(described: readonly (Described | undefined)[], signs: Int32Array): PictureCopy[] {
  const copies: PictureCopy[] = []
  for (const [position, one] of described.entries()) {
    Atomics.add(signs, 0, 1)
    for (let other = 0; one !== undefined && other < position; other++) {
      const earlier = described[other]
      if (earlier === undefined || !isAlike(one, earlier)) continue
      copies.push({ position, of: 'another', other })
      break
    }
  }
  return copies
}

/** A generated picture as it is, mirrored and turned. */
interface Turned {
  readonly coarse: readonly Float32Array[]
  readonly fine: readonly Float32Array[]
}

async function ofTraining(
  described: readonly (Described | undefined)[],
  training: CopiesTask['training'],
  side: number,
  signs: Int32Array
): Promise<PictureCopy[]> {
  const left = new Map<number, Turned>()
  for (const [position, each] of described.entries()) {
    if (each) left.set(position, { coarse: turns(each.coarse, coarse), fine: turns(each.fine, fine) })
  }
  const copies: PictureCopy[] = []
  for (const { name, file } of training) {
    const gray = await readGray(file)
    const parts = new CoarseParts(gray)
    for (const place of placesIn(gray, side, Math.ceil(mostParts / training.length))) {
      Atomics.add(signs, 0, 1)
      for (const position of copiesOf(left, parts, place, gray)) {
        copies.push({ position, of: 'training', name })
        left.delete(position)
      }
    }
  }
  return copies
}

/** Which of the pictures are very much like a part of another. */
function copiesOf(
  pictures: ReadonlyMap<number, Turned>,
  parts: CoarseParts,
  place: Part,
  size: Omit<GrayPicture, 'pixels'>
): number[] {
  const part = parts.describe(place, coarse)
  if (part === undefined) return []
  return [...pictures].flatMap(([position, each]) => {
    const turn = each.coarse.findIndex((one) => likeness(one, part) >= coarseLikeness)
    const isCopy = turn >= 0 && placesAround(place, size).some((near) => isFinelyAlike(each.fine[turn], parts, near))
    return isCopy ? [position] : []
  })
}

function placesIn({ width, height }: GrayPicture, side: number, most: number): Part[] {
  const step = Math.max(1, Math.floor(side / stepShare))
  const along = (length: number) =>
    Array.from({ length: Math.max(0, Math.floor((length - side) / step) + 1) }, (_, i) => i * step)
  const all = along(height).flatMap((y) => along(width).map((x) => ({ x, y, side })))
  return all.length <= most
    ? all
    : all.filter((_, i) => Math.floor((i * most) / all.length) !== Math.floor(((i - 1) * most) / all.length))
}

function describe(parts: CoarseParts, place: Part): Described | undefined {
  const [rough, exact] = [parts.describe(place, coarse), parts.describe(place, fine)]
  return rough && exact && { coarse: rough, fine: exact }
}

function isAlike(one: Described, other: Described): boolean {
  return likeness(one.coarse, other.coarse) >= coarseLikeness && likeness(one.fine, other.fine) >= fineLikeness
}

function isFinelyAlike(one: Float32Array | undefined, parts: CoarseParts, place: Part): boolean {
  const other = parts.describe(place, fine)
  return one !== undefined && other !== undefined && likeness(one, other) >= fineLikeness
}

/** Between this place and the next ones. */
function placesAround({ x, y, side }: Part, { width, height }: Omit<GrayPicture, 'pixels'>): Part[] {
  const half = Math.ceil(side / stepShare / 2)
  const shifts = [-half, -half / 2, 0, half / 2, half].map(Math.round)
  const all = shifts.flatMap((dy) => shifts.map((dx) => ({ x: x + dx, y: y + dy, side })))
  return all.filter((part) => part.x >= 0 && part.y >= 0 && part.x + side <= width && part.y + side <= height)
}

async function readGray(file: string): Promise<GrayPicture> {
  const picture = await readPicture(file)
  return { pixels: toEightBit(picture, 'percentiles', 'gray'), width: picture.width, height: picture.height }
}
