import fc from 'fast-check'
import { expect, test } from 'vitest'
import { componentAreas, labelComponents } from '../../../../src/main/masks/components.ts'
import { traceOutlines } from '../../../../src/main/masks/outlines.ts'
import { rasterizeRings } from '../../../../src/main/masks/rasterize.ts'
import { paintRle, rleFromPixels, rleUnion } from '../../../../src/main/masks/rle.ts'

const [width, height] = [9, 7]
const someLabels = fc
  .array(fc.constantFrom(0, 0, 1, 1, 2), { minLength: width * height, maxLength: width * height })
  .map((values) => Uint8Array.from(values))

test('outlines, rasterised with their holes taken out, give the label image back', () => {
  fc.assert(
    fc.property(someLabels, (labels) => {
      const repainted = new Uint8Array(labels.length)
      // An object in the hole of another is painted after it.
      const outlines = traceOutlines(labels, width, height)
      for (const { outer, label, holes } of outlines) {
        const filled = new Uint8Array(labels.length)
        paintRle(rasterizeRings([outer], height, width), filled, 1)
        if (holes.length > 0) paintRle(rleUnion(holes.map((hole) => rasterizeRings([hole], height, width))), filled, 0)
        filled.forEach((inside, pixel) => {
          if (inside === 1) {
            expect(repainted[pixel]).toBe(0)
            repainted[pixel] = label
          }
        })
      }
      expect(repainted).toEqual(labels)
      expect(outlines.length).toBe(labelComponents(labels, width, height, 4).count)
    })
  )
})

test('rings turn at every point and run around their object clockwise, around holes the other way', () => {
  fc.assert(
    fc.property(someLabels, (labels) => {
      for (const { outer, holes } of traceOutlines(labels, width, height)) {
        expect(shoelace(outer)).toBeGreaterThan(0)
        for (const hole of holes) expect(shoelace(hole)).toBeLessThan(0)
        for (const ring of [outer, ...holes]) {
          for (let i = 0; i < ring.length; i += 2) {
            const next = (i + 2) % ring.length
            const isHorizontal = ring[i + 1] === ring[next + 1]
            const turnsNext = ring[next] === ring[(next + 2) % ring.length]
            expect(isHorizontal).toBe(turnsNext)
          }
        }
      }
    })
  )
})

test('a square has four corners', () => {
  const labels = new Uint8Array(width * height)
  paintRle(rasterizeRings([[2, 1, 5, 1, 5, 4, 2, 4]], height, width), labels, 7)
  expect(traceOutlines(labels, width, height)).toEqual([{ label: 7, outer: [5, 1, 5, 4, 2, 4, 2, 1], holes: [] }])
})

test('components of equal value are numbered in the order of a scan and never join different values', () => {
  fc.assert(
    fc.property(someLabels, fc.constantFrom<4 | 8>(4, 8), (labels, connectivity) => {
      const { labels: parts, count } = labelComponents(labels, width, height, connectivity)
      const seen = [...new Set(parts)].filter((part) => part !== 0)
      expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1))
      for (let part = 1; part <= count; part++) {
        const pixels = [...parts.keys()].filter((pixel) => parts[pixel] === part)
        expect(new Set(pixels.map((pixel) => labels[pixel])).size).toBe(1)
        expect(floodFrom(pixels[0] ?? 0, labels, connectivity).sort((a, b) => a - b)).toEqual(pixels)
        expect(componentAreas({ labels: parts, count })[part]).toBe(pixels.length)
      }
    })
  )
})

/** The plain definition: everything of one value that steps reach. */
function floodFrom(start: number, labels: Uint8Array, connectivity: 4 | 8): number[] {
  const reached = new Set([start])
  for (const pixel of reached) {
    for (const other of labels.keys()) {
      const dx = Math.abs((other % width) - (pixel % width))
      const dy = Math.abs(Math.floor(other / width) - Math.floor(pixel / width))
      const isNeighbour = connectivity === 4 ? dx + dy === 1 : Math.max(dx, dy) === 1
      if (isNeighbour && labels[other] === labels[start]) reached.add(other)
    }
  }
  return [...reached]
}

function shoelace(ring: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < ring.length; i += 2) {
    const next = (i + 2) % ring.length
    sum += (ring[i] ?? 0) * (ring[next + 1] ?? 0) - (ring[next] ?? 0) * (ring[i + 1] ?? 0)
  }
  return sum / 2
}

test('an outline of a union covers what the parts cover', () => {
  const union = rleUnion([
    rasterizeRings([[1, 1, 4, 1, 4, 4, 1, 4]], height, width),
    rasterizeRings([[3, 2, 8, 2, 8, 6, 3, 6]], height, width)
  ])
  const labels = new Uint8Array(width * height)
  paintRle(union, labels, 1)
  const [outline] = traceOutlines(labels, width, height)
  expect(rasterizeRings([outline?.outer ?? []], height, width)).toEqual(rleFromPixels(labels, height, width))
})
