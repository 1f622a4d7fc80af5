import { type OverlapGraph } from './overlap-graph.ts'

/** What keeps two cells from having one label: shared pixels only, or touching as well. */
export type Neighbours = 'contact' | 'overlap'

/**
 * How the labels are given: `bfs` is the paper's breadth-first walk to the letter; `dsatur` takes the cell with the most
 * distinctly labelled neighbours next (Brélaz 1979), rescues cells that the cap would drop, and needs fewer labels.
 */
export type Labelling = 'dsatur' | 'bfs'

export interface LabelSettings {
  readonly neighbours: Neighbours
  readonly labelling: Labelling
  /** The largest label, K. */
  readonly labelCap: number
}

export interface LabelledGraph {
  /** Per cell a label in 1 … K; 0 for a cell that is dropped because all are taken, is removed, or has no pixels. */
  readonly labels: Int32Array
  /** The number of labels that the same walk takes when there is no cap. */
  readonly labelsNeeded: number
}

/** Gives every living cell the smallest label that no neighbour has (paper §2.2.1, FloodFill of Algorithm 1). */
export function labelGraph(
  graph: OverlapGraph,
  removed: ReadonlySet<number>,
  { neighbours, labelling, labelCap }: LabelSettings
): LabelledGraph {
  const adjacency = buildAdjacency(graph, removed, neighbours)
  const give = labelling === 'bfs' ? breadthFirst : saturationFirst
  const uncapped = give(adjacency, Infinity)
  const labelsNeeded = uncapped.reduce((largest, label) => Math.max(largest, label), 0)
  if (labelsNeeded <= labelCap) return { labels: uncapped, labelsNeeded }
  const labels = give(adjacency, labelCap)
  if (labelling === 'dsatur') exchangeDropped(adjacency, labels, labelCap)
  return { labels, labelsNeeded }
}

/** The living cells in ascending order of their ids, and per position the neighbours in the same order. */
interface Adjacency {
  readonly living: readonly number[]
  readonly neighbours: readonly (readonly number[])[]
}

function buildAdjacency(graph: OverlapGraph, removed: ReadonlySet<number>, kind: Neighbours): Adjacency {
  const { cells, overlaps, contacts } = graph
  const isLiving = (cell: number) => !removed.has(cell) && (cells[cell]?.area ?? 0) > 0
  const neighbours = cells.map((): number[] => [])
  for (const [i, j] of kind === 'contact' ? [...overlaps, ...contacts] : overlaps) {
    if (!isLiving(i) || !isLiving(j)) continue
    neighbours[i]?.push(j)
    neighbours[j]?.push(i)
  }
  const byId = (i: number, j: number) => (cells[i]?.id ?? 0) - (cells[j]?.id ?? 0)
  for (const list of neighbours) list.sort(byId)
  return { living: [...cells.keys()].filter(isLiving).sort(byId), neighbours }
}

/** Seeds in ascending id; each component is walked breadth first, neighbours in ascending id. */
function breadthFirst({ living, neighbours }: Adjacency, labelCap: number): Int32Array {
  const labels = new Int32Array(neighbours.length)
  const reached = new Set<number>()
  for (const seed of living) {
    if (reached.has(seed)) continue
    reached.add(seed)
    const queue = [seed]
    for (const cell of queue) {
      labels[cell] = smallestFree(neighbours[cell] ?? [], labels, labelCap)
      const discovered = (neighbours[cell] ?? []).filter((next) => !reached.has(next))
      for (const next of discovered) reached.add(next)
      queue.push(...discovered)
    }
  }
  return labels
}

/** Next is the cell whose neighbours have the most distinct labels; ties: more neighbours, then the smaller id. */
function saturationFirst(adjacency: Adjacency, labelCap: number): Int32Array {
  const { living, neighbours } = adjacency
  const labels = new Int32Array(neighbours.length)
  const seen = neighbours.map(() => new Set<number>())
  const waiting = new Set(living)
  while (waiting.size > 0) {
    const cell = mostSaturated(waiting, seen, neighbours)
    waiting.delete(cell)
    const label = smallestFree(neighbours[cell] ?? [], labels, labelCap)
    if (label > 0) {
      labels[cell] = label
      for (const next of neighbours[cell] ?? []) seen[next]?.add(label)
    } else if (swapChain(adjacency, labels, cell, labelCap)) {
      // A swap moves labels anywhere along the chain, so what the waiting cells see is counted again.
      for (const other of waiting) seen[other] = labelsAround(neighbours[other] ?? [], labels)
    }
  }
  return labels
}

function mostSaturated(
  waiting: ReadonlySet<number>,
  seen: readonly ReadonlySet<number>[],
  neighbours: readonly (readonly number[])[]
): number {
  let best = -1
  let saturation = -1
  let degree = -1
  for (const cell of waiting) {
    const distinct = seen[cell]?.size ?? 0
    const count = neighbours[cell]?.length ?? 0
    if (distinct < saturation || (distinct === saturation && count <= degree)) continue
    best = cell
    saturation = distinct
    degree = count
  }
  return best
}

/** 0 if all labels up to the cap are taken. */
function smallestFree(neighbours: readonly number[], labels: Int32Array, labelCap: number): number {
  const taken = labelsAround(neighbours, labels)
  let label = 1
  while (taken.has(label)) label++
  return label <= labelCap ? label : 0
}

function labelsAround(neighbours: readonly number[], labels: Int32Array): Set<number> {
  const around = new Set<number>()
  for (const cell of neighbours) {
    const label = labels[cell] ?? 0
    if (label > 0) around.add(label)
  }
  return around
}

/**
 * Frees a label for a cell that finds all taken: along the chain of cells labelled a or b that starts at its neighbours
 * labelled a, the two labels change places (Kempe 1879). That frees a unless the chain leads to a neighbour labelled b.
 */
function swapChain({ neighbours }: Adjacency, labels: Int32Array, cell: number, labelCap: number): boolean {
  const around = neighbours[cell] ?? []
  for (let a = 1; a <= labelCap; a++) {
    for (let b = 1; b <= labelCap; b++) {
      if (a === b) continue
      const chain = chainFrom(around, neighbours, labels, [a, b])
      if (around.some((other) => labels[other] === b && chain.has(other))) continue
      for (const other of chain) labels[other] = labels[other] === a ? b : a
      labels[cell] = a
      return true
    }
  }
  return false
}

function chainFrom(
  starts: readonly number[],
  neighbours: readonly (readonly number[])[],
  labels: Int32Array,
  [a, b]: readonly [number, number]
): Set<number> {
  const chain = new Set(starts.filter((cell) => labels[cell] === a))
  for (const cell of chain) {
    for (const next of neighbours[cell] ?? []) {
      if (labels[next] === a || labels[next] === b) chain.add(next)
    }
  }
  return chain
}

/**
 * Looks for a labelled cell to drop in place of several dropped ones next to it, until there is none. Each exchange
 * leaves more cells with a label than before, so this ends.
 */
function exchangeDropped(adjacency: Adjacency, labels: Int32Array, labelCap: number): void {
  let improved = true
  while (improved) {
    improved = false
    for (const cell of adjacency.living) improved = exchange(adjacency, labels, cell, labelCap) || improved
  }
}

function exchange(adjacency: Adjacency, labels: Int32Array, cell: number, labelCap: number): boolean {
  const around = adjacency.neighbours[cell] ?? []
  const dropped = around.filter((other) => labels[other] === 0)
  if (labels[cell] === 0 || dropped.length < 2) return false
  const before = labels.slice()
  labels[cell] = 0
  let rescued = 0
  for (const other of dropped) {
    const label = smallestFree(adjacency.neighbours[other] ?? [], labels, labelCap)
    labels[other] = label
    if (label > 0 || swapChain(adjacency, labels, other, labelCap)) rescued++
  }
  if (rescued >= 2) return true
  labels.set(before)
  return false
}
