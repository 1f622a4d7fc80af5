/** A row of a region: its first and last column. */
export interface RowSpan {
  readonly row: number
  readonly first: number
  readonly last: number
}

type Point = readonly [x: number, y: number]

/**
 * The number of pixels whose centres lie in or on the convex hull of a region, as scikit-image's `area_convex` counts
 * them: the hull is drawn around the middles of the four sides of each pixel.
 * @param spans of the rows that have pixels, from top to bottom
 */
export function convexArea(spans: readonly RowSpan[]): number {
  // In half pixels all corners are integers, and a pixel's centre has even coordinates.
  const corners = spans.flatMap(({ row, first, last }): Point[] => [
    [2 * first - 1, 2 * row],
    [2 * first, 2 * row - 1],
    [2 * first, 2 * row + 1],
    [2 * last + 1, 2 * row],
    [2 * last, 2 * row - 1],
    [2 * last, 2 * row + 1]
  ])
  corners.sort(([x, y], [u, v]) => x - u || y - v)
  const upper = chain(corners)
  const lower = chain(corners.reverse())
  const hull = [...upper.slice(0, -1), ...lower.slice(0, -1)]
  let area = 0
  const end = spans.at(-1)?.row ?? -1 // rows between may lack a span, where an object is in pieces
  for (let row = spans[0]?.row ?? 0; row <= end; row++) area += evenPointsAcross(hull, 2 * row)
  return area
}

/** One half of the hull, by Andrew's monotone chain. */
function chain(points: readonly Point[]): Point[] {
  const hull: Point[] = []
  for (const point of points) {
    let [before, last] = [hull.at(-2), hull.at(-1)]
    while (before !== undefined && last !== undefined && turn(before, last, point) <= 0) {
      hull.pop()
      before = hull.at(-2)
      last = hull.at(-1)
    }
    hull.push(point)
  }
  return hull
}

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
}

/** How many points of a horizontal line have an even x and lie in the hull or on it. */
function evenPointsAcross(hull: readonly Point[], y: number): number {
  let least = Infinity
  let most = -Infinity
  for (const [i, [x, top]] of hull.entries()) {
    const [nextX, bottom] = hull[(i + 1) % hull.length] ?? [x, top]
    if (top === bottom || y < Math.min(top, bottom) || y > Math.max(top, bottom)) continue
    // In halves again: the crossing is at x + (y − top) · Δx / Δy, and an exact quotient is exact in doubles.
    const crossing = x / 2 + ((y - top) * (nextX - x)) / (2 * (bottom - top))
    least = Math.min(least, Math.ceil(crossing))
    most = Math.max(most, Math.floor(crossing))
  }
  return Math.max(0, most - least + 1)
}
