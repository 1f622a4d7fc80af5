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
      for (const next of discovered) {
        reached.add(next)
        queue.push(next)
      }
    }
  }
  return labels
}

/** Next is the cell whose neighbours have the most distinct labels; ties: more neighbours, then the smaller id. */
function saturationFirst(adjacency: Adjacency, labelCap: number): Int32Array {
  const { neighbours } = adjacency
  const labels = new Int32Array(neighbours.length)
  const frontier = new Frontier(adjacency, labels)
  for (let cell = frontier.take(); cell !== undefined; cell = frontier.take()) {
    labels[cell] = smallestFree(neighbours[cell] ?? [], labels, labelCap)
    // A swap moves labels anywhere along its chain.
    if (labels[cell] === 0 && swapChain(adjacency, labels, cell, labelCap)) frontier.countAgain()
    if (labels[cell] !== 0) frontier.reach(neighbours[cell] ?? [])
  }
  return labels
}

/** The cells that wait for a label and have a labelled neighbour, with the number of labels around each. */
class Frontier {
  readonly #neighbours: Adjacency['neighbours']
  readonly #labels: Int32Array
  /** Where equally saturated cells stand: more neighbours first, then the smaller id. */
  readonly #ranks: Int32Array
  readonly #seeds: Iterator<number>
  readonly #waiting: Set<number>
  readonly #saturation = new Map<number, number>()

  constructor({ living, neighbours }: Adjacency, labels: Int32Array) {
    this.#neighbours = neighbours
    this.#labels = labels
    const degree = (cell: number) => neighbours[cell]?.length ?? 0
    const seeds = [...living].sort((i, j) => degree(j) - degree(i)) // stable, and `living` ascends by id
    this.#ranks = new Int32Array(neighbours.length)
    for (const [rank, cell] of seeds.entries()) this.#ranks[cell] = rank
    this.#seeds = seeds.values()
    this.#waiting = new Set(living)
  }

  /** Removes the next cell; where no waiting cell has a labelled neighbour, the first of those that wait. */
  take(): number | undefined {
    let best = -1
    let most = -1
    for (const [cell, saturation] of this.#saturation) {
      if (saturation < most || (saturation === most && this.#rank(cell) > this.#rank(best))) continue
      best = cell
      most = saturation
    }
    const cell = best >= 0 ? best : this.#nextSeed()
    if (cell === undefined) return undefined
    this.#saturation.delete(cell)
    this.#waiting.delete(cell)
    return cell
  }

  /** Counts the labels around cells next to a new one. */
  reach(cells: readonly number[]): void {
    for (const cell of cells) {
      if (this.#waiting.has(cell))
        this.#saturation.set(cell, labelsAround(this.#neighbours[cell] ?? [], this.#labels).size)
    }
  }

  countAgain(): void {
    this.reach([...this.#saturation.keys()])
  }

  #rank(cell: number): number {
    return this.#ranks[cell] ?? 0
  }

  #nextSeed(): number | undefined {
    let next = this.#seeds.next()
    while (next.done !== true && !this.#waiting.has(next.value)) next = this.#seeds.next()
    return next.done === true ? undefined : next.value
  }
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
      const forbidden = new Set(around.filter((other) => labels[other] === b))
      const starts = around.filter((other) => labels[other] === a)
      const chain = chainFrom(starts, forbidden, neighbours, (other) => labels[other] === a || labels[other] === b)
      if (chain === undefined) continue
      for (const other of chain) labels[other] = labels[other] === a ? b : a
      labels[cell] = a
      return true
    }
  }
  return false
}

/** All cells of the chain; undefined as soon as it leads to a forbidden one. */
function chainFrom(
  starts: readonly number[],
  forbidden: ReadonlySet<number>,
  neighbours: readonly (readonly number[])[],
  isLink: (cell: number) => boolean
): Set<number> | undefined {
  const chain = new Set(starts)
  for (const cell of chain) {
    for (const next of neighbours[cell] ?? []) {
      if (forbidden.has(next)) return undefined
      if (isLink(next)) chain.add(next)
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
