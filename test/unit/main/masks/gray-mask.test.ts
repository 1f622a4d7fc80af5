import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../src/shared/random.ts'
import { applyGrayLevels, grayLevels, shuffledGrayLevels } from '../../../../src/main/masks/gray-levels.ts'
import { defaultMaskSettings, paperMaskSettings } from '../../../../src/shared/masks.ts'
import { makeGrayMask } from '../../../../src/main/masks/gray-mask.ts'
import { type Labelling, type Neighbours } from '../../../../src/main/masks/label-graph.ts'
import { buildOverlapGraph, type Cell, type RemovalOrder } from '../../../../src/main/masks/overlap-graph.ts'
import { rleFromPixels } from '../../../../src/main/masks/rle.ts'
import { toCell } from '../../../parity/coco-files.ts'
import { runMasks } from '../../../parity/masks.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'

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
    const contacts = (x1: number, y1: number, x2: number, y2: number) =>
      buildOverlapGraph([rectangle(1, x1, y1, 2, 2), rectangle(2, x2, y2, 2, 2)]).contacts.length
    expect(contacts(4, 4, 6, 6)).toBe(1)
    expect(contacts(4, 4, 6, 4)).toBe(1)
    expect(contacts(4, 4, 7, 4)).toBe(0)
    expect(contacts(4, 18, 6, 0)).toBe(0)
    expect(contacts(4, 18, 5, 0)).toBe(0)
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

describe.skipIf(!hasSharedData)(`the gray mask and measurements against reference results${withoutSharedData}`, () => {
  test('agree: graphs, removals, labels, owners, round trips, shapes', async () => {
    const results = []
    for await (const result of runMasks(goldenPath('masks'))) results.push(result)
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(results.length).toBeGreaterThan(140)
  })
})
