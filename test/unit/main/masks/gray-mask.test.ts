import { decode } from 'fast-png'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../src/shared/random.ts'
import { applyGrayLevels, grayLevels, shuffledGrayLevels } from '../../../../src/main/masks/gray-levels.ts'
import { defaultMaskSettings, paperMaskSettings } from '../../../../src/shared/masks.ts'
import { makeGrayMask } from '../../../../src/main/masks/gray-mask.ts'
import { labelGraph, type Labelling, type Neighbours } from '../../../../src/main/masks/label-graph.ts'
import {
  buildOverlapGraph,
  type Cell,
  removeCovered,
  type RemovalOrder,
  rleTouches
} from '../../../../src/main/masks/overlap-graph.ts'
import { paintCells } from '../../../../src/main/masks/paint.ts'
import { rleFromPixels } from '../../../../src/main/masks/rle.ts'
import { type Segmentation, toCell } from '../../../../scripts/parity/coco-files.ts'
import { dataPath, goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'

const size = { width: 24, height: 20 }

function rectangle(id: number, x: number, y: number, width: number, height: number): Cell {
  return toCell({ id, segmentation: [[x, y, x + width, y, x + width, y + height, x, y + height]] }, 20, 24)
}

const someCells = fc
  .uniqueArray(
    fc.tuple(fc.nat(99), fc.nat(20), fc.nat(16), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    {
      selector: ([id]) => id,
      maxLength: 14
    }
  )
  .map((rows) => rows.map((row) => rectangle(...row)))

const someSettings = fc.record({
  maxCover: fc.constantFrom(0.3, 0.7, 1),
  grayLevels: fc.integer({ min: 1, max: 5 }),
  neighbours: fc.constantFrom<Neighbours>('contact', 'overlap'),
  labelling: fc.constantFrom<Labelling>('dsatur', 'bfs'),
  removalOrder: fc.constantFrom<RemovalOrder>('greatest-first', 'ascending-id', 'simultaneous')
})

describe('the gray mask', () => {
  test('never gives neighbours one label, nor a label beyond the cap', () => {
    fc.assert(
      fc.property(someCells, someSettings, (cells, settings) => {
        const { labels, overlaps, contacts } = makeGrayMask(cells, size, settings)
        for (const label of labels.values()) expect(label >= 1 && label <= settings.grayLevels).toBe(true)
        const labelAt = (position: number) => labels.get(cells[position]?.id ?? -1)
        const edges = settings.neighbours === 'contact' ? [...overlaps, ...contacts] : overlaps
        const painted = edges.filter(([i, j]) => labelAt(i) !== undefined && labelAt(j) !== undefined)
        for (const [i, j] of painted) expect(labelAt(i)).not.toBe(labelAt(j))
      })
    )
  })

  test('accounts for every cell once, whatever the settings', () => {
    fc.assert(
      fc.property(someCells, someSettings, (cells, settings) => {
        const { labels, removed, dropped, empty, painted } = makeGrayMask(cells, size, settings)
        expect([...labels.keys(), ...removed, ...dropped, ...empty].sort((a, b) => a - b)).toEqual(
          cells.map(({ id }) => id).sort((a, b) => a - b)
        )
        expect(painted).toBe(labels.size)
      })
    )
  })

  test('keeps no cell that another kept cell covers beyond the limit', () => {
    fc.assert(
      fc.property(someCells, someSettings, (cells, settings) => {
        const { removed, overlaps } = makeGrayMask(cells, size, settings)
        for (const [i, j, pixels] of overlaps) {
          const pair = [cells[i], cells[j]]
          if (pair.some((cell) => removed.includes(cell?.id ?? -1))) continue
          for (const cell of pair) expect(pixels / (cell?.area ?? 0)).toBeLessThanOrEqual(settings.maxCover)
        }
      })
    )
  })

  test('does not depend on the order of the file', () => {
    fc.assert(
      fc.property(someCells, someSettings, fc.nat(), (cells, settings, seed) => {
        const mask = makeGrayMask(cells, size, settings)
        const shuffled = makeGrayMask(new RandomStream(seed).shuffled(cells), size, settings)
        expect(shuffled.levels).toEqual(mask.levels)
        expect(new Map([...shuffled.labels].sort())).toEqual(new Map([...mask.labels].sort()))
        expect(shuffled.labelsNeeded).toBe(mask.labelsNeeded)
      })
    )
  })

  test('drops nothing when it has as many levels as it needs, and something when it has fewer', () => {
    fc.assert(
      fc.property(someCells, someSettings, (cells, settings) => {
        const { labelsNeeded } = makeGrayMask(cells, size, settings)
        const enough = makeGrayMask(cells, size, { ...settings, grayLevels: Math.max(1, labelsNeeded) })
        expect(enough.dropped).toEqual([])
        if (settings.labelling === 'bfs' && labelsNeeded > 1) {
          const tooFew = makeGrayMask(cells, size, { ...settings, grayLevels: labelsNeeded - 1 })
          expect(tooFew.dropped.length).toBeGreaterThan(0)
        }
      })
    )
  })

  test('paints a lone cell as its own pixels, in the first level', () => {
    const cell = rectangle(7, 3, 4, 5, 6)
    const { levels, owners } = makeGrayMask([cell], size, defaultMaskSettings)
    expect(rleFromPixels(levels, 20, 24)).toEqual(cell.raster)
    expect([...new Set(owners)]).toEqual([0, 1])
  })

  test('gives a shared pixel to the smaller cell', () => {
    const { owners } = makeGrayMask([rectangle(1, 2, 2, 4, 4), rectangle(2, 4, 4, 9, 9)], size, defaultMaskSettings)
    expect(owners[5 * size.width + 5]).toBe(1)
  })

  test('separates touching cells by default, and fuses them as the paper reads', () => {
    const cells = [rectangle(1, 2, 2, 4, 4), rectangle(2, 6, 2, 4, 4)]
    expect([...makeGrayMask(cells, size).labels.values()]).toEqual([1, 2])
    expect([...makeGrayMask(cells, size, paperMaskSettings).labels.values()]).toEqual([1, 1])
  })

  test('gives the first level to a cell that a drop leaves without labelled neighbours', () => {
    const star = [
      rectangle(1, 8, 8, 8, 8),
      rectangle(2, 2, 10, 6, 3),
      rectangle(3, 16, 10, 6, 3),
      rectangle(4, 10, 2, 3, 6)
    ]
    const { dropped } = makeGrayMask(star, size, { ...defaultMaskSettings, grayLevels: 1 })
    expect(dropped).toEqual([1])
  })
})

describe('touching', () => {
  test('counts corners, not gaps, and does not wrap around a column end', () => {
    const at = (x: number, y: number) => rectangle(1, x, y, 2, 2).raster
    expect(rleTouches(at(4, 4), at(6, 6))).toBe(true)
    expect(rleTouches(at(4, 4), at(6, 4))).toBe(true)
    expect(rleTouches(at(4, 4), at(7, 4))).toBe(false)
    expect(rleTouches(at(4, 18), at(6, 0))).toBe(false)
    expect(rleTouches(at(4, 18), at(5, 0))).toBe(false)
  })
})

describe('gray levels', () => {
  test('divide the 8-bit range by the number of labels', () => {
    expect([...grayLevels(4)]).toEqual([0, 64, 128, 191, 255])
    expect([...grayLevels(3)]).toEqual([0, 85, 170, 255])
    expect([...grayLevels(7)]).toEqual([0, 36, 73, 109, 146, 182, 219, 255])
  })

  test('are shuffled by the stream alone, and the background stays black', () => {
    const shuffled = shuffledGrayLevels(4, new RandomStream(5, 'grays', 9))
    expect(shuffledGrayLevels(4, new RandomStream(5, 'grays', 9))).toEqual(shuffled)
    expect(shuffled[0]).toBe(0)
    expect([...shuffled].sort((a, b) => a - b)).toEqual([...grayLevels(4)])
    expect([...applyGrayLevels(Uint8Array.of(0, 2, 4), shuffled)]).toEqual([0, shuffled[2], shuffled[4]])
  })
})

interface GoldenGraph {
  breadth_first_labels: number[]
  fewest_dropped_at_K?: Record<string, number>
  dropped?: Record<string, { 'breadth first': number; DSATUR: number }>
  'labels: DSATUR'?: number
}

const orders = {
  'greatest first': 'greatest-first',
  'ascending id': 'ascending-id',
  simultaneous: 'simultaneous'
} as const
const graphKinds = { overlap: 'overlap', 'overlap + contact': 'contact' } as const

function expectSameRemoval(expected: Record<keyof typeof orders, number[]>, cells: Cell[], maxCover: number): void {
  const graph = buildOverlapGraph(cells)
  for (const name of ['greatest first', 'ascending id', 'simultaneous'] as const) {
    const removed = removeCovered(graph, maxCover, orders[name])
    expect(removed).toEqual(expected[name])
  }
}

describe.skipIf(!hasSharedData)(`the gray mask against reference results${withoutSharedData}`, () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

  test('agrees on every hand-made case and drops as few cells as possible', () => {
    const { cases } = read(goldenPath('masks', 'edge-cases.json')) as {
      cases: {
        annotations: { id: number; segmentation: Segmentation }[]
        areas: number[]
        overlap_pairs: number[][]
        contact_pairs: number[][]
        'removed at 0.7': Record<keyof typeof orders, number[]>
        overlap: GoldenGraph
        'overlap + contact': GoldenGraph
        owner_visible_px: number[]
      }[]
    }
    for (const golden of cases) {
      const cells = golden.annotations.map((annotation) => toCell(annotation, 48, 48))
      const graph = buildOverlapGraph(cells)
      expect(cells.map(({ area }) => area)).toEqual(golden.areas)
      expect(graph.overlaps).toEqual(golden.overlap_pairs)
      expect(graph.contacts).toEqual(golden.contact_pairs)
      expectSameRemoval(golden['removed at 0.7'], cells, 0.7)
      const removed = new Set(removeCovered(graph, 0.7, 'greatest-first'))
      for (const kind of ['overlap', 'overlap + contact'] as const) {
        const settings = { neighbours: graphKinds[kind], labelling: 'bfs', labelCap: 99 } as const
        const { labels } = labelGraph(graph, removed, settings)
        expect([...labels].map((label) => label - 1)).toEqual(golden[kind].breadth_first_labels)
        for (const [labelCap, fewest] of Object.entries(golden[kind].fewest_dropped_at_K ?? {})) {
          const mask = labelGraph(graph, removed, { ...settings, labelling: 'dsatur', labelCap: Number(labelCap) })
          const dropped = cells.filter(({ area }, i) => area > 0 && !removed.has(i) && mask.labels[i] === 0)
          expect(dropped.length).toBe(fewest)
        }
      }
      const living = cells.map(({ area }, i) => Number(area > 0 && !removed.has(i)))
      const { owners } = paintCells(cells, living, { width: 48, height: 48 })
      expect(cells.map((_, i) => owners.filter((owner) => owner === i + 1).length)).toEqual(golden.owner_visible_px)
    }
  })

  test('agrees on all real images: graph, removal, breadth-first labels, owners; never more labels than DSATUR', () => {
    const annotations = ['test', 'val'].flatMap((split) => {
      const path = dataPath('livecell-mini/annotations/LIVECell', `livecell_coco_${split}.json`)
      return (read(path) as { annotations: { id: number; image_id: number; segmentation: number[][] }[] }).annotations
    })
    const { images } = read(goldenPath('masks', 'graphs.json')) as {
      images: {
        image_id: number
        file_name: string
        overlap_pairs: number[][]
        contact_pairs: number[][]
        removed: Record<string, Record<keyof typeof orders, number[]>>
        'graphs at 0.7': Record<keyof typeof graphKinds, GoldenGraph>
      }[]
    }
    for (const golden of images) {
      const cells = annotations
        .filter(({ image_id }) => image_id === golden.image_id)
        .map((annotation) => toCell(annotation, 520, 704))
      const graph = buildOverlapGraph(cells)
      expect(graph.overlaps).toEqual(golden.overlap_pairs)
      expect(graph.contacts).toEqual(golden.contact_pairs)
      for (const maxCover of [0.3, 0.5, 0.7, 0.9])
        expectSameRemoval(
          golden.removed[maxCover] ?? { 'greatest first': [], 'ascending id': [], simultaneous: [] },
          cells,
          maxCover
        )
      const removed = new Set(removeCovered(graph, 0.7, 'greatest-first'))
      for (const kind of ['overlap', 'overlap + contact'] as const)
        expectLabels(golden['graphs at 0.7'][kind], kind, cells, removed)
      const living = cells.map((_, i) => Number(!removed.has(i)))
      const owner = decode(readFileSync(goldenPath('masks', 'owner', golden.file_name.replace('.tif', '.png'))))
      const { owners } = paintCells(cells, living, { width: 704, height: 520 })
      expect(
        Buffer.compare(Buffer.from(Uint16Array.from(owners).buffer), Buffer.from(Uint16Array.from(owner.data).buffer))
      ).toBe(0)
    }
  })

  function expectLabels(
    golden: GoldenGraph,
    kind: keyof typeof graphKinds,
    cells: Cell[],
    removed: ReadonlySet<number>
  ) {
    const graph = buildOverlapGraph(cells)
    const settings = { neighbours: graphKinds[kind], labelCap: 99 }
    const breadthFirst = labelGraph(graph, removed, { ...settings, labelling: 'bfs' })
    expect([...breadthFirst.labels].map((label) => label - 1)).toEqual(golden.breadth_first_labels)
    expect(labelGraph(graph, removed, { ...settings, labelling: 'dsatur' }).labelsNeeded).toBeLessThanOrEqual(
      golden['labels: DSATUR'] ?? 0
    )
    for (const [labelCap, dropped] of Object.entries(golden.dropped ?? {})) {
      const count = (labelling: Labelling) => {
        const { labels } = labelGraph(graph, removed, { ...settings, labelling, labelCap: Number(labelCap) })
        return [...labels].filter((label, i) => label === 0 && !removed.has(i)).length
      }
      expect(count('bfs')).toBe(dropped['breadth first'])
      expect(count('dsatur')).toBeLessThanOrEqual(dropped.DSATUR)
    }
  }
})
