import { describe, expect, test } from 'vitest'
import { componentAreas, keepComponents, labelComponents } from '../../../../src/main/masks/components.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

/** The definition: from each pixel that has no number yet, everything of its value that it reaches. */
function floodAll(values: Uint8Array, width: number, height: number, connectivity: 4 | 8): number[] {
  const labels = Array.from(values, () => 0)
  let count = 0
  values.forEach((value, start) => {
    if (value === 0 || labels[start] !== 0) return
    count++
    const open = [start]
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      labels[pixel] = count
      for (const next of neighboursOf(pixel, width, height, connectivity)) {
        if (values[next] === value && labels[next] === 0) open.push(next)
      }
    }
  })
  return labels
}

function neighboursOf(pixel: number, width: number, height: number, connectivity: 4 | 8): number[] {
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dx, dy, far: Math.abs(dx) + Math.abs(dy) })))
  return around
    .filter(({ far }) => far === 1 || (far === 2 && connectivity === 8))
    .filter(({ dx, dy }) => x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height)
    .map(({ dx, dy }) => pixel + dy * width + dx)
}

describe('connected components', () => {
  test.each([4, 8] as const)('by %s neighbours are those of the definition, on any image', (connectivity) => {
    const random = new RandomStream(connectivity, 'components')
    for (let trial = 0; trial < 400; trial++) {
      const [width, height] = [1 + random.integer(12), 1 + random.integer(12)]
      const grays = 1 + random.integer(3)
      const values = Uint8Array.from({ length: width * height }, () => random.integer(grays + 1))
      const { labels, count } = labelComponents(values, width, height, connectivity)
      expect([...labels]).toEqual(floodAll(values, width, height, connectivity))
      expect(count).toBe(Math.max(...labels))
    }
  })

  test('do not reach around the ends of rows', () => {
    expect([...labelComponents(Uint8Array.of(0, 0, 1, 1, 0, 0), 3, 2, 8).labels]).toEqual([0, 0, 1, 2, 0, 0])
  })

  test('are counted, and those that are kept numbered anew in their order', () => {
    const components = labelComponents(Uint8Array.of(1, 0, 1, 1, 0, 2), 6, 1, 4)
    expect([...componentAreas(components)]).toEqual([2, 1, 2, 1])
    const kept = keepComponents(components, (label) => label !== 1)
    expect(kept).toEqual({ labels: Uint32Array.of(0, 0, 1, 1, 0, 2), count: 2 })
  })
})
