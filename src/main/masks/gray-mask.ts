import { defaultMaskSettings, type MaskSettings } from '../../shared/masks.ts'
import { labelGraph } from './label-graph.ts'
import { buildOverlapGraph, type Cell, type Contact, type Overlap, removeCovered } from './overlap-graph.ts'
import { paintCells } from './paint.ts'

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
  settings: MaskSettings = defaultMaskSettings
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
