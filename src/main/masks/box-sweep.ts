import { type PixelBox } from './rle.ts'

/**
 * Visits each pair of boxes, one of `first` and one of `second`, that share a pixel when one of them is widened by
 * `margin` pixels. A sweep from left to right, so that far apart boxes are never compared. Empty boxes meet nothing.
 */
export function forEachMeeting(
  first: readonly PixelBox[],
  second: readonly PixelBox[],
  margin: number,
  visit: (i: number, j: number) => void
): void {
  const starts = byLeftEdge(second)
  let next = 0
  const open: number[] = [] // of `second`: begun, and not known to have ended
  for (const i of byLeftEdge(first)) {
    const box = first[i]
    if (box === undefined) continue
    while (next < starts.length && startOf(second[starts[next] ?? 0]) < box.x + box.width + margin) {
      open.push(starts[next] ?? 0)
      next++
    }
    // `first` comes in order of left edges, so what ends before this one cannot meet a later one.
    let kept = 0
    for (const j of open) {
      if (endOf(second[j]) <= box.x - margin) continue
      open[kept++] = j
      if (meet(box, second[j], margin)) visit(i, j)
    }
    open.length = kept
  }
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
