import { join } from 'node:path'
import type { Output } from '../../shared/api.ts'
import type { DatasetImage } from '../../shared/datasets.ts'
import type { MaskSettings } from '../../shared/masks.ts'
import { coverSteps, toneSteps } from '../../shared/previews.ts'
import { drawnCells } from '../datasets/drawn-cells.ts'
import { spread } from '../datasets/spread.ts'
import { labelGraph } from '../masks/label-graph.ts'
import { buildOverlapGraph, type OverlapGraph, removeCovered } from '../masks/overlap-graph.ts'

export interface ToneTableInput {
  readonly cellsFolder: string
  readonly images: readonly DatasetImage[]
  readonly mask: MaskSettings
}

/** A person waits for it. */
const mostImages = 200
const mostSeconds = 15
/** The worst pictures to name. */
const mostNamed = 5

type Row = Output<'masks.table'>['rows'][number]

/** How many cells of a data set each choice of cover and tones keeps: as many images as can be counted while one waits. */
export async function toneTable(
  { cellsFolder, images, mask }: ToneTableInput,
  signal: AbortSignal
): Promise<Output<'masks.table'>> {
  const end = performance.now() + 1000 * mostSeconds
  const rows: Row[] = coverSteps.map((cover) => ({ cover, tonesNeeded: 0, kept: toneSteps.map(() => 0) }))
  const looked: Output<'masks.table'>['worst'] = []
  for (const image of fromEverywhere(spread(images, mostImages))) {
    if (looked.length > 0 && performance.now() > end) break
    signal.throwIfAborted()
    const graph = buildOverlapGraph(await drawnCells(join(cellsFolder, `${image.id}.json`), image))
    for (const row of rows) addTo(row, graph, mask)
    const { kept } = keptWith(graph, mask, mask.maxCover, mask.grayLevels)
    looked.push({ id: image.id, file: image.file, cells: graph.cells.length, kept })
  }
  const share = ({ kept, cells }: (typeof looked)[number]): number => (cells === 0 ? 1 : kept / cells)
  return {
    images: looked.length,
    allImages: images.length,
    cells: looked.reduce((sum, { cells }) => sum + cells, 0),
    allCells: images.reduce((sum, { cells }) => sum + cells, 0),
    rows,
    worst: looked.toSorted((a, b) => share(a) - share(b) || b.cells - a.cells).slice(0, mostNamed)
  }
}

function addTo(row: Row, graph: OverlapGraph, mask: MaskSettings): void {
  for (const [i, tones] of toneSteps.entries()) {
    const { kept, needed } = keptWith(graph, mask, row.cover, tones)
    row.kept[i] = (row.kept[i] ?? 0) + kept
    row.tonesNeeded = Math.max(row.tonesNeeded, needed)
  }
}

function keptWith(
  graph: OverlapGraph,
  { neighbours, labelling, removalOrder }: MaskSettings,
  maxCover: number,
  labelCap: number
): { kept: number; needed: number } {
  const removed = new Set(removeCovered(graph, maxCover, removalOrder))
  const { labels, labelsNeeded } = labelGraph(graph, removed, { neighbours, labelling, labelCap })
  return { kept: labels.reduce((count, label) => count + Number(label > 0), 0), needed: labelsNeeded }
}

/** In an order that begins with images from everywhere: sets are often sorted by class, and classes differ. */
function fromEverywhere<Item>(items: readonly Item[]): Item[] {
  const stride = Math.max(1, Math.floor(Math.sqrt(items.length)))
  return Array.from({ length: stride }, (_, start) => items.filter((_, i) => i % stride === start)).flat()
}
