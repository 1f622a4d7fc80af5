import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { type PixelBox } from './rle.ts'

/**
 * Visits each pair of boxes, one of `first` and one of `second`, that share a pixel when one of them is widened by
 * `margin` pixels. A sweep from left to right, so that far apart boxes are never compared. Empty boxes meet nothing.
 *
 * @throws AppError of kind `input`, before the first visit, where more pairs meet than real cells have neighbours
 */
export function forEachMeeting(
  first: readonly PixelBox[],
  second: readonly PixelBox[],
  margin: number,
  visit: (i: number, j: number) => void
): void {
  if (countLooks(first, second, margin) > limits.meetings.looks) throw tooClose()
  const pairs = meetings(first, second, margin)
  for (let pair = 0; pair < pairs.length; pair += 2) visit(pairs[pair] ?? 0, pairs[pair + 1] ?? 0)
}

/** i, j, i, j, … */
function meetings(first: readonly PixelBox[], second: readonly PixelBox[], margin: number): number[] {
  const pairs: number[] = []
  const starts = byLeftEdge(second)
  const left = (place: number) => startOf(second[starts[place] ?? 0])
  let next = 0
  const open: number[] = [] // of `second`: begun, and not known to have ended
  for (const i of byLeftEdge(first)) {
    const box = first[i]
    if (box === undefined) continue
    while (next < starts.length && left(next) < box.x + box.width + margin) {
      open.push(starts[next] ?? 0)
      next++
    }
    // `first` comes in order of left edges, so what ends before this one cannot meet a later one.
    let kept = 0
    for (const j of open) {
      if (endOf(second[j]) <= box.x - margin) continue
      open[kept++] = j
      if (meet(box, second[j], margin)) pairs.push(i, j)
    }
    open.length = kept
    if (pairs.length > 2 * limits.meetings.pairs) throw tooClose()
  }
  return pairs
}

/** About how often the sweep looks at a box that is open, found without looking at each. */
function countLooks(first: readonly PixelBox[], second: readonly PixelBox[], margin: number): number {
  const lefts = Float64Array.from(first, ({ x }) => x).sort()
  const rights = Float64Array.from(first, ({ x, width }) => x + width).sort()
  const starts = Float64Array.from(second, ({ x }) => x).sort()
  const ends = Float64Array.from(second, ({ x, width }) => x + width).sort()
  let [begun, ended, looks] = [0, 0, 0]
  for (const [i, left] of lefts.entries()) {
    while (begun < starts.length && (starts[begun] ?? 0) < (rights[i] ?? 0) + margin) begun++
    while (ended < ends.length && (ends[ended] ?? 0) <= left - margin) ended++
    looks += begun - ended
  }
  return looks
}

function tooClose(): Error {
  const most = limits.meetings.pairs.toLocaleString('en')
  return refuse(`So many cells lie in one place that more than ${most} pairs of them would have to be compared.`, {
    next: 'Look for cells that were annotated many times over, and leave them out.'
  })
}

function byLeftEdge(boxes: readonly PixelBox[]): number[] {
  return [...boxes.keys()]
    .filter((i) => (boxes[i]?.width ?? 0) > 0)
    .sort((i, j) => startOf(boxes[i]) - startOf(boxes[j]))
}

function startOf(box: PixelBox | undefined): number {
  return box?.x ?? 0
}

function endOf(box: PixelBox | undefined): number {
  return box === undefined ? 0 : box.x + box.width
}

function meet(a: PixelBox, b: PixelBox | undefined, margin: number): boolean {
  return (
    b !== undefined &&
    a.x < b.x + b.width + margin &&
    b.x < a.x + a.width + margin &&
    a.y < b.y + b.height + margin &&
    b.y < a.y + a.height + margin
  )
}
