import { labelComponents } from './components.ts'
import { type PixelArray } from './rle.ts'

/** One 4-connected part of an object. Rings are flat x, y, x, y … in corner coordinates, not closed. */
export interface Outline {
  /** The value of its pixels. */
  readonly label: number
  /** Clockwise as seen on a screen. */
  readonly outer: readonly number[]
  /** Counter-clockwise. Formats without holes leave them out. */
  readonly holes: readonly (readonly number[])[]
}

/**
 * The outlines of all objects of a label image along the edges of their pixels, without points on straight lines. The
 * rings, rasterised even-odd, give the pixels back exactly. In order of label, then of the part's first pixel.
 */
export function traceOutlines(labels: PixelArray, width: number, height: number): Outline[] {
  const parts = labelComponents(labels, width, height, 4)
  const outlines: { label: number; outer: number[]; holes: number[][] }[] = []
  const traced = new Uint8Array(labels.length) // pixels whose upper edge is part of a ring that is done
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const part = parts.labels[pixel] ?? 0
    const isUpperEdge = part !== 0 && (pixel < width || parts.labels[pixel - width] !== part)
    if (!isUpperEdge || traced[pixel] === 1) continue
    const ring = traceRing({ parts: parts.labels, width, height, traced }, pixel, part)
    const known = outlines[part - 1]
    // The first ring of a part begins at its first pixel, so it is the outer one.
    if (known === undefined) outlines[part - 1] = { label: labels[pixel] ?? 0, outer: ring, holes: [] }
    else known.holes.push(ring)
  }
  return outlines.sort((a, b) => a.label - b.label)
}

interface Canvas {
  readonly parts: Uint32Array
  readonly width: number
  readonly height: number
  readonly traced: Uint8Array
}

/** Right, down, left, up: each is a right turn from the one before. */
const directions = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1]
] as const

/** Walks along pixel edges with the part on the right hand, beginning along the upper edge of a pixel. */
function traceRing(canvas: Canvas, start: number, part: number): number[] {
  const { width, traced } = canvas
  const ring: number[] = []
  const [startX, startY] = [start % width, Math.floor(start / width)]
  let [x, y, heading] = [startX, startY, 0]
  do {
    if (heading === 0) traced[y * width + x] = 1
    const [dx, dy] = directions[heading] ?? [0, 0]
    x += dx
    y += dy
    const next = nextHeading(canvas, x, y, heading, part)
    if (next !== heading) ring.push(x, y)
    heading = next
  } while (x !== startX || y !== startY || heading !== 0)
  return ring
}

/** Right where the part ends ahead, left where it comes across the way, else straight on. */
function nextHeading(canvas: Canvas, x: number, y: number, heading: number, part: number): number {
  // Of the four pixels around a corner, those ahead: to the right hand and to the left hand of the way.
  const [dx, dy] = directions[heading] ?? [0, 0]
  const right = isPart(canvas, x + (dx - dy - 1) / 2, y + (dy + dx - 1) / 2, part)
  const left = isPart(canvas, x + (dx + dy - 1) / 2, y + (dy - dx - 1) / 2, part)
  if (!right) return (heading + 1) % 4
  return left ? (heading + 3) % 4 : heading
}

function isPart({ parts, width, height }: Canvas, x: number, y: number, part: number): boolean {
  return x >= 0 && y >= 0 && x < width && y < height && parts[y * width + x] === part
}
