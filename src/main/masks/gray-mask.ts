import { type Labelling, labelGraph, type Neighbours } from './label-graph.ts'
import {
  buildOverlapGraph,
  type Cell,
  type Contact,
  type Overlap,
  removeCovered,
  type RemovalOrder
} from './overlap-graph.ts'
import { paintCells } from './paint.ts'

export interface GrayMaskSettings {
  /** A cell goes if one other cell covers more than this share of it (paper §3.1: 0.7). */
  readonly maxCover: number
  /** The number of labels beside background, K (paper §3.1: 4 for LIVECell, 3 for TissueNet); at most 255. */
  readonly grayLevels: number
  readonly neighbours: Neighbours
  readonly labelling: Labelling
  readonly removalOrder: RemovalOrder
}

/**
 * Touching cells get different labels too: on real images a mask that only separates overlapping ones cannot be read
 * back, because touching cells of one gray fuse.
 */
export const defaultGrayMaskSettings: GrayMaskSettings = {
  maxCover: 0.7,
  grayLevels: 4,
  neighbours: 'contact',
  labelling: 'dsatur',
  removalOrder: 'greatest-first'
}

/** The choices of the paper's text and pseudo-code, to the letter. */
export const paperGrayMaskSettings: GrayMaskSettings = {
  ...defaultGrayMaskSettings,
  neighbours: 'overlap',
  labelling: 'bfs',
  removalOrder: 'ascending-id'
}

export interface GrayMask {
  /** Label per pixel, row-major: 1 … K, 0 for background. Not gray yet: see gray-levels.ts. */
  readonly levels: Uint8Array
  /** Per pixel the position + 1 of its cell in the given list; 0 for background. */
  readonly owners: Uint32Array
  /** Label of each painted cell, by id. */
  readonly labels: ReadonlyMap<number, number>
  /** Ids of cells that others cover, in order of removal. */
  readonly removed: readonly number[]
  /** Ids of cells that would need a label beyond K. */
  readonly dropped: readonly number[]
  /** Ids of cells without a pixel inside the image. */
  readonly empty: readonly number[]
  readonly painted: number
  /** How many labels the image takes when there is no cap. */
  readonly labelsNeeded: number
  /** Between all given cells, as positions in the list. */
  readonly overlaps: readonly Overlap[]
  readonly contacts: readonly Contact[]
}

/** Draws all cells of one image into one gray-scale mask from which they can be told apart (paper §2.2.1, Algorithm 1). */
export function makeGrayMask(
  cells: readonly Cell[],
  size: { readonly width: number; readonly height: number },
  settings: GrayMaskSettings = defaultGrayMaskSettings
): GrayMask {
  const { maxCover, grayLevels: labelCap, neighbours, labelling, removalOrder } = settings

  // For each cell u and each cell v other than u: add an edge if they share pixels.
  const graph = buildOverlapGraph(cells)

  // For each node: delete it if another covers it beyond the threshold.
  const removed = removeCovered(graph, maxCover, removalOrder)

  // Flood fill: the smallest label that no neighbour has, up to the cap.
  const { labels, labelsNeeded } = labelGraph(graph, new Set(removed), { neighbours, labelling, labelCap })

  const isRemoved = new Set(removed)
  const unlabelled = [...cells.entries()].filter(([i]) => labels[i] === 0 && !isRemoved.has(i))
  const painted = [...cells.entries()].filter(([i]) => labels[i] !== 0)
  return {
    ...paintCells(cells, labels, size),
    labels: new Map(painted.map(([i, { id }]) => [id, labels[i] ?? 0])),
    removed: removed.map((i) => cells[i]?.id ?? 0),
    dropped: unlabelled.filter(([, { area }]) => area > 0).map(([, { id }]) => id),
    empty: unlabelled.filter(([, { area }]) => area === 0).map(([, { id }]) => id),
    painted: painted.length,
    labelsNeeded,
    overlaps: graph.overlaps,
    contacts: graph.contacts
  }
}
