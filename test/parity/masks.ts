import { decode } from 'fast-png'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labelGraph } from '../../src/main/masks/label-graph.ts'
import { buildOverlapGraph, type OverlapGraph, removeCovered } from '../../src/main/masks/overlap-graph.ts'
import { paintCells } from '../../src/main/masks/paint.ts'
import { type CocoAnnotation, toCell } from './coco-files.ts'
import { missingData, readLivecell } from './data.ts'
import { Deviation } from './deviation.ts'
import { compareRegionProperties } from './region-properties.ts'
import { type ParityResult } from './result.ts'
import { compareRoundTrips } from './round-trip.ts'

/** Compares the gray mask and measurements of objects: the files of a folder `masks` as its README describes them. */
export async function* runMasks(folder: string): AsyncGenerator<ParityResult> {
  const has = (file: string) => existsSync(join(folder, file))
  if (has('edge-cases.json')) yield* compareEdgeCases(folder)
  if (has('regionprops.json')) yield* compareRegionProperties(folder)
  if (!has('graphs.json')) return
  const truth = await readLivecell(folder)
  if (truth === undefined) {
    yield missingData('LIVECell annotations')
    return
  }
  yield* compareImages(folder, truth.annotations)
  yield* compareRoundTrips(folder, truth)
}

const orders = ['greatest-first', 'ascending-id', 'simultaneous'] as const
const orderNames = { 'greatest-first': 'greatest first', 'ascending-id': 'ascending id', simultaneous: 'simultaneous' }
const graphNames = { overlap: 'overlap', contact: 'overlap + contact' } as const

type Removals = Record<string, number[]>

/** Labels count from 0 and are −1 for cells that are removed or empty. */
interface EdgeCaseGraph {
  breadth_first_labels: number[]
  fewest_labels_possible: number
  fewest_dropped_at_K: Record<string, number>
}

interface EdgeCase {
  name: string
  image: { width: number; height: number }
  annotations: CocoAnnotation[]
  areas: number[]
  overlap_pairs: number[][]
  contact_pairs: number[][]
  'removed at 0.7': Removals
  overlap: EdgeCaseGraph
  'overlap + contact': EdgeCaseGraph
  owner_visible_px: number[]
}

function* compareEdgeCases(folder: string): Generator<ParityResult> {
  const { cases } = readJson(join(folder, 'edge-cases.json')) as { cases: EdgeCase[] }
  for (const golden of cases) {
    const { width, height } = golden.image
    const deviation = new Deviation()
    const cells = golden.annotations.map((annotation) => toCell(annotation, height, width))
    const graph = buildOverlapGraph(cells)
    deviation.compareAll(
      cells.map(({ area }) => area),
      golden.areas
    )
    compareEdges(graph, golden, deviation)
    compareRemovals(graph, 0.7, golden['removed at 0.7'], deviation)
    const removed = new Set(removeCovered(graph, 0.7, 'greatest-first'))
    for (const neighbours of ['overlap', 'contact'] as const) {
      const expected = golden[graphNames[neighbours]]
      const label = labeller(graph, removed, neighbours)
      deviation.compareAll(label('bfs').labels, expected.breadth_first_labels)
      for (const [labelCap, fewest] of Object.entries(expected.fewest_dropped_at_K)) {
        deviation.compare(label('dsatur', Number(labelCap)).dropped, fewest)
      }
    }
    const { owners } = paintCells(cells, livingCells(graph, removed), { width, height })
    deviation.compareAll(visiblePixels(owners, cells.length), golden.owner_visible_px)
    yield deviation.exact(`edge-cases.json: ${golden.name}`)
  }
}

interface GoldenImage {
  image_id: number
  file_name: string
  size: [height: number, width: number]
  annotation_ids: number[]
  areas: number[]
  overlap_pairs: number[][]
  contact_pairs: number[][]
  removed: Record<string, Removals>
  'graphs at 0.7': Record<
    'overlap' | 'overlap + contact',
    {
      breadth_first_labels: number[]
      'labels: DSATUR': number
      dropped: Record<string, { 'breadth first': number; DSATUR: number }>
    }
  >
}

function* compareImages(folder: string, annotations: readonly CocoAnnotation[]): Generator<ParityResult> {
  const { images } = readJson(join(folder, 'graphs.json')) as { images: GoldenImage[] }
  const known = new Map(annotations.map((annotation) => [annotation.id, annotation]))
  for (const golden of images) {
    const [height, width] = golden.size
    const here = golden.annotation_ids.flatMap((id) => known.get(id) ?? [])
    const cells = here.map((annotation) => toCell(annotation, height, width))
    const graph = buildOverlapGraph(cells)
    const deviation = new Deviation()
    deviation.compareAll(
      cells.map(({ area }) => area),
      golden.areas
    )
    compareEdges(graph, golden, deviation)
    for (const [maxCover, removals] of Object.entries(golden.removed)) {
      compareRemovals(graph, Number(maxCover), removals, deviation)
    }
    const removed = new Set(removeCovered(graph, 0.7, 'greatest-first'))
    compareLabels(graph, removed, golden, deviation)
    const file = join(folder, 'owner', golden.file_name.replace(/\.\w+$/, '.png'))
    if (existsSync(file)) {
      const { owners } = paintCells(cells, livingCells(graph, removed), { width, height })
      deviation.compareAll(owners, decode(readFileSync(file)).data)
    }
    yield deviation.exact(`graphs.json: ${golden.file_name}`)
  }
}

/** Breadth-first labels agree exactly; DSATUR's may only be better. */
function compareLabels(
  graph: OverlapGraph,
  removed: ReadonlySet<number>,
  golden: GoldenImage,
  deviation: Deviation
): void {
  for (const neighbours of ['overlap', 'contact'] as const) {
    const expected = golden['graphs at 0.7'][graphNames[neighbours]]
    const label = labeller(graph, removed, neighbours)
    deviation.compareAll(label('bfs').labels, expected.breadth_first_labels)
    deviation.compareEqual(label('dsatur').labelsNeeded <= expected['labels: DSATUR'])
    for (const [labelCap, dropped] of Object.entries(expected.dropped)) {
      deviation.compare(label('bfs', Number(labelCap)).dropped, dropped['breadth first'])
      deviation.compareEqual(label('dsatur', Number(labelCap)).dropped <= dropped.DSATUR)
    }
  }
}

function compareEdges(
  graph: OverlapGraph,
  golden: { overlap_pairs: number[][]; contact_pairs: number[][] },
  deviation: Deviation
): void {
  deviation.compareAll(graph.overlaps.flat(), golden.overlap_pairs.flat())
  deviation.compareAll(graph.contacts.flat(), golden.contact_pairs.flat())
}

function compareRemovals(graph: OverlapGraph, maxCover: number, expected: Removals, deviation: Deviation): void {
  for (const order of orders) deviation.compareAll(removeCovered(graph, maxCover, order), expected[orderNames[order]])
}

function labeller(graph: OverlapGraph, removed: ReadonlySet<number>, neighbours: 'contact' | 'overlap') {
  return (labelling: 'bfs' | 'dsatur', labelCap = Infinity) => {
    const { labels, labelsNeeded } = labelGraph(graph, removed, { neighbours, labelling, labelCap })
    const living = livingCells(graph, removed)
    const dropped = living.filter((lives, i) => lives === 1 && labels[i] === 0).length
    return { labels: Array.from(labels, (label) => label - 1), labelsNeeded, dropped }
  }
}

/** 1 for each cell that is neither removed nor empty. */
function livingCells({ cells }: OverlapGraph, removed: ReadonlySet<number>): number[] {
  return cells.map(({ area }, i) => Number(area > 0 && !removed.has(i)))
}

function visiblePixels(owners: Uint32Array, cells: number): number[] {
  const counts = Array.from({ length: cells + 1 }, () => 0)
  for (const owner of owners) counts[owner] = (counts[owner] ?? 0) + 1
  return counts.slice(1)
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
