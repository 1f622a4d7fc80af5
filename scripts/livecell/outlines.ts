import { type RandomStream } from '../../src/shared/random.ts'
import { type CellType } from './cell-types.ts'

/** Pixels of an image, as published. */
export const imageWidth = 704
export const imageHeight = 520

/** Flat: x, y, x, y …, corner coordinates in px with two decimals, not closed, within the image. */
export type Outline = readonly number[]

/** A cell that has its place: its middle, and the radius of a disc of its area. */
interface Placed {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** Shares of cells that touch one before them, and that are outlined a second time. */
const neighbourly = 0.8
const twice = 0.019
/** Tries to find a place that covers little of what is there. */
const tries = 12

/**
 * Outlines of one image, as crowded as LIVECell's: most cells touch a neighbour or share a few pixels with it, a few
 * cover a good part of it, and every fiftieth is outlined twice.
 */
export function drawOutlines(type: CellType, count: number, random: RandomStream): Outline[] {
  const placed = new PlacedCells()
  const outlines: Outline[] = []
  for (let i = 0; i < count; i++) {
    const again = outlines[outlines.length - 1]
    if (again !== undefined && random.uniform() < twice) {
      outlines.push(shaken(again, random))
      continue
    }
    const radius = Math.sqrt(drawArea(type, random) / Math.PI)
    const place = placed.find(radius, random)
    placed.add(place)
    outlines.push(outlineAt(place, type.elongation, random))
  }
  return outlines
}

/** Areas are spread log-normally, each side with its own width, so that the three percentiles hold. */
function drawArea({ areas: [low, median, high] }: CellType, random: RandomStream): number {
  const deviations = random.normal()
  const width = deviations < 0 ? Math.log(median / low) : Math.log(high / median)
  return median * Math.exp((Math.max(-2.5, Math.min(2.5, deviations)) * width) / 1.645)
}

/** A lumpy ellipse of 8 to 60 points, cut at the border of the image. */
function outlineAt({ x, y, radius }: Placed, elongation: number, random: RandomStream): Outline {
  const stretch = Math.sqrt(Math.max(1, elongation * (1 + 0.25 * random.normal())))
  const [turn, phase2, phase3] = [random.uniform(), random.uniform(), random.uniform()].map((u) => 2 * Math.PI * u)
  const [second, third] = [0.12 * random.uniform(), 0.1 * random.uniform()]
  const points = Math.min(60, Math.max(8, Math.round(1.6 * radius * Math.exp(0.3 * random.normal()) + 8)))
  const [cosine, sine] = [Math.cos(turn ?? 0), Math.sin(turn ?? 0)]
  const outline: number[] = []
  for (let i = 0; i < points; i++) {
    const angle = (2 * Math.PI * i) / points
    const lumps = 1 + second * Math.cos(2 * angle + (phase2 ?? 0)) + third * Math.cos(3 * angle + (phase3 ?? 0))
    const along = radius * stretch * lumps * Math.cos(angle)
    const across = (radius / stretch) * lumps * Math.sin(angle)
    outline.push(
      clip(x + along * cosine - across * sine, imageWidth),
      clip(y + along * sine + across * cosine, imageHeight)
    )
  }
  return outline
}

/** The same cell as a second person draws it: a pixel or so beside. */
function shaken(outline: Outline, random: RandomStream): Outline {
  return outline.map((value, i) => clip(value + 0.6 * random.normal(), i % 2 === 0 ? imageWidth : imageHeight))
}

function clip(value: number, size: number): number {
  return Math.round(100 * Math.min(size, Math.max(0, value))) / 100
}

/** Shoelace area in px², which is what the published files state. */
export function outlineArea(outline: Outline): number {
  let sum = 0
  for (let i = 0; i < outline.length; i += 2) {
    const [x = 0, y = 0] = [outline[i], outline[i + 1]]
    const [nextX = 0, nextY = 0] = [outline[(i + 2) % outline.length], outline[(i + 3) % outline.length]]
    sum += x * nextY - nextX * y
  }
  return Math.abs(sum) / 2
}

/** The cells of an image so far, found by their place. */
class PlacedCells {
  readonly #all: Placed[] = []
  readonly #byBlock = new Map<number, Placed[]>()

  add(cell: Placed): void {
    this.#all.push(cell)
    const block = blockAt(cell.x, cell.y)
    const list = this.#byBlock.get(block)
    if (list) list.push(cell)
    else this.#byBlock.set(block, [cell])
  }

  /** A place beside a cell, or anywhere, that covers as little as a few tries find. */
  find(radius: number, random: RandomStream): Placed {
    let best: Placed | undefined
    let least = Infinity
    for (let i = 0; i < tries && least > 0.12; i++) {
      const candidate = { ...this.#propose(radius, random), radius }
      const covered = this.#covered(candidate)
      if (covered < least) [best, least] = [candidate, covered]
    }
    return best ?? { x: imageWidth / 2, y: imageHeight / 2, radius }
  }

  #propose(radius: number, random: RandomStream): { x: number; y: number } {
    const beside = this.#all[random.integer(Math.max(1, this.#all.length))]
    if (beside !== undefined && random.uniform() < neighbourly) {
      const angle = 2 * Math.PI * random.uniform()
      const distance = (radius + beside.radius) * (0.97 + 0.07 * random.normal())
      const [x, y] = [beside.x + distance * Math.cos(angle), beside.y + distance * Math.sin(angle)]
      if (x > 0 && x < imageWidth && y > 0 && y < imageHeight) return { x, y }
    }
    return { x: imageWidth * random.uniform(), y: imageHeight * random.uniform() }
  }

  /** How deep a disc reaches into its neighbours, by the smaller radius of the two. */
  #covered({ x, y, radius }: Placed): number {
    let deepest = 0
    for (let row = -1; row <= 1; row++) {
      for (let column = -1; column <= 1; column++) {
        for (const other of this.#byBlock.get(blockAt(x + column * blockSize, y + row * blockSize)) ?? []) {
          const depth = radius + other.radius - Math.hypot(x - other.x, y - other.y)
          deepest = Math.max(deepest, depth / Math.min(radius, other.radius))
        }
      }
    }
    return deepest
  }
}

/** Pixels; two of the largest cells whose middles are further apart hardly meet. */
const blockSize = 64

function blockAt(x: number, y: number): number {
  return Math.floor(y / blockSize) * 1000 + Math.floor(x / blockSize)
}
