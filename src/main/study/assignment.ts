/**
 * The pairs (row, column) with the largest sum of weights, each row and column used once at most (Hungarian method by
 * shortest augmenting paths). Weights are ≥ 0; pairs of weight 0 are left out.
 * @param weights one list per row, all of one length
 */
export function bestAssignment(weights: readonly (readonly number[])[]): [row: number, column: number][] {
  const rows = weights.length
  const columns = weights[0]?.length ?? 0
  if (rows > columns) return bestAssignment(transpose(weights, columns)).map(([column, row]) => [row, column])
  const matching: Matching = {
    rowOf: Array.from({ length: columns }, () => -1),
    rowPrices: Array.from({ length: rows }, () => 0),
    columnPrices: Array.from({ length: columns }, () => 0)
  }
  for (let row = 0; row < rows; row++) augment(weights, matching, row)
  return [...matching.rowOf.entries()]
    .map(([column, row]): [number, number] => [row, column])
    .filter(([row, column]) => (weights[row]?.[column] ?? 0) > 0)
    .sort(([a], [b]) => a - b)
}

interface Matching {
  /** Per column its row, −1 for none. */
  readonly rowOf: number[]
  readonly rowPrices: number[]
  readonly columnPrices: number[]
}

/** Finds a place for one more row along the cheapest path of exchanges, and keeps the prices consistent. */
function augment(weights: readonly (readonly number[])[], matching: Matching, start: number): void {
  const { rowOf, rowPrices, columnPrices } = matching
  const { distance, before, done, last } = cheapestPath(weights, matching, start)
  const reached = at(distance, last)
  rowPrices[start] = at(rowPrices, start) + reached
  for (const column of done) {
    const slack = reached - at(distance, column)
    const owner = at(rowOf, column)
    if (owner >= 0) rowPrices[owner] = at(rowPrices, owner) + slack
    columnPrices[column] = at(columnPrices, column) - slack
  }
  for (let column = last; column >= 0; column = at(before, column)) {
    const previous = at(before, column)
    rowOf[column] = previous >= 0 ? at(rowOf, previous) : start
  }
}

/** From a row to the nearest free column (Dijkstra). `before` holds the column from which each was reached, or −1. */
function cheapestPath(
  weights: readonly (readonly number[])[],
  { rowOf, rowPrices, columnPrices }: Matching,
  start: number
) {
  const distance = rowOf.map(() => Infinity)
  const before = rowOf.map(() => -1)
  const done = new Set<number>()
  let row = start
  let last = -1
  while (row >= 0) {
    const reached = last < 0 ? 0 : at(distance, last)
    const gains = weights[row] ?? []
    for (const column of rowOf.keys()) {
      const through = reached - at(gains, column) - at(rowPrices, row) - at(columnPrices, column)
      if (done.has(column) || through >= at(distance, column)) continue
      distance[column] = through
      before[column] = last
    }
    last = nearest(distance, done)
    done.add(last)
    row = at(rowOf, last)
  }
  return { distance, before, done, last }
}

function nearest(distance: readonly number[], done: ReadonlySet<number>): number {
  let best = -1
  for (const [column, value] of distance.entries()) {
    if (!done.has(column) && (best < 0 || value < at(distance, best))) best = column
  }
  return best
}

function at(values: readonly number[], i: number): number {
  return values[i] ?? 0
}

function transpose(weights: readonly (readonly number[])[], columns: number): number[][] {
  return Array.from({ length: columns }, (_, column) => weights.map((row) => row[column] ?? 0))
}
