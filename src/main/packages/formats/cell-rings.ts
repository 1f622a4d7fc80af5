import { traceOutlines } from '../../masks/outlines.ts'
import { forEachRun, type Rle, rleBox } from '../../masks/rle.ts'

/** Flat: x, y, x, y …, corner coordinates, px; not closed. */
export type Ring = readonly number[]

/** One 4-connected part of a cell. */
export interface CellPart {
  readonly outer: Ring
  readonly holes: readonly Ring[]
}

/** The parts of a cell, along the edges of its pixels. Filled even-odd, all rings together are exactly the cell. */
export function cellParts(raster: Rle): CellPart[] {
  const { x: left, y: top, width, height } = rleBox(raster)
  const box = new Uint8Array(width * height)
  forEachRun(raster, (x, from, to) => {
    for (let y = from; y < to; y++) box[(y - top) * width + x - left] = 1
  })
  const move = (ring: Ring): Ring => ring.map((at, i) => at + (i % 2 === 0 ? left : top))
  return traceOutlines(box, width, height).map(({ outer, holes }) => ({ outer: move(outer), holes: holes.map(move) }))
}

/**
 * Rings as one, for formats that know no holes and no parts: each is reached by a way that is walked there and back, and
 * so encloses nothing. Holes turn against outer rings, so it does not matter how the ring is filled.
 */
export function joinRings([first = [], ...others]: readonly Ring[]): number[] {
  if (others.length === 0) return [...first]
  const home = first.slice(0, 2)
  return [...first, ...home, ...others.flatMap((ring) => [...ring, ...ring.slice(0, 2), ...home])]
}
