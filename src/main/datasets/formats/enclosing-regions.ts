import { type PixelBox, type Rle, rleArea, rleBox } from '../../masks/rle.ts'

/** Outlines that enclose others. */
export interface Enclosing<T> {
  readonly regions: ReadonlySet<T>
  /** Whether there are two outlines, one in the other: either may be the cell. */
  readonly isOneInOther: boolean
}

/** @param pixelsOf an outline's pixels, where it has any */
export function findRegions<T>(drawn: readonly T[], pixelsOf: (outline: T) => Rle | undefined): Enclosing<T> {
  const areas = drawn.flatMap((one) => {
    const rle = pixelsOf(one)
    return rle ? [{ one, rle }] : []
  })
  const outlines = areas.map(({ rle }) => rle)
  const places = findEnclosingRegions(outlines)
  return {
    regions: new Set(areas.flatMap(({ one }, place) => (places.has(place) ? [one] : []))),
    isOneInOther: outlines.length === 2 && isOneInOther(outlines)
  }
}

function isOneInOther(outlines: readonly Rle[]): boolean {
  const [small, large] = outlines.toSorted((a, b) => rleArea(a) - rleArea(b))
  return small !== undefined && large !== undefined && insideOf([large])(small)
}

/** Of this many of the largest outlines it is looked whether they are regions. */
const mostCandidates = 64
/** An outline around so many others is the region that they lie in. */
const fewestEnclosed = 3
/** The share of an outline's pixels that must lie in the region. */
const mostlyInside = 0.95

/**
 * The outlines that are regions and no cells, by their places in the list: three others lie in them, or all others where
 * there are two.
 */
function findEnclosingRegions(outlines: readonly Rle[]): ReadonlySet<number> {
  const enough = Math.min(fewestEnclosed, outlines.length - 1)
  const regions = new Set<number>()
  if (enough < 2) return regions
  const all = outlines.map((rle, index) => ({ index, rle, area: rleArea(rle), box: rleBox(rle) }))
  const largestFirst = all.toSorted((a, b) => b.area - a.area)
  for (const [rank, candidate] of largestFirst.slice(0, mostCandidates).entries()) {
    const smaller = largestFirst
      .slice(rank + 1)
      .filter(({ box, area }) => area < candidate.area && isWithin(box, candidate.box))
    if (smaller.length < enough) continue
    const isEnclosed = insideOf([candidate.rle])
    let enclosed = 0
    for (const { rle } of smaller) {
      if (isEnclosed(rle)) enclosed++
      if (enclosed === enough) break
    }
    if (enclosed === enough) regions.add(candidate.index)
  }
  return regions
}

function isWithin(inner: PixelBox, outer: PixelBox): boolean {
  const isAcross = inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width
  return isAcross && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height
}

/** Tells of an outline whether it lies in these of the same picture, all but a few of its pixels. */
export function insideOf(outlines: readonly Rle[]): (outline: Rle) => boolean {
  const [first] = outlines
  const pixels = new Uint8Array(first ? first.width * first.height : 0)
  for (const outline of outlines) for (const [from, to] of runs(outline)) pixels.fill(1, from, to)
  return (outline) => {
    let inside = 0
    for (const [from, to] of runs(outline)) for (let i = from; i < to; i++) inside += pixels[i] ?? 0
    return inside >= mostlyInside * rleArea(outline)
  }
}

/** The runs of marked pixels, column by column: from, to. */
function* runs({ counts }: Rle): Generator<readonly [number, number]> {
  let at = 0
  for (const [i, count] of counts.entries()) {
    if (i % 2 === 1 && count > 0) yield [at, at + count]
    at += count
  }
}
