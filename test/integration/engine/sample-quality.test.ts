import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/engine/backend.ts'
import {
  evaluateSamples,
  evenSelection,
  PictureFeatures,
  type PictureSet
} from '../../../src/main/engine/metrics/sample-quality.ts'
import { type FeatureNetwork } from '../../../src/main/engine/networks/feature-network.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { loadFeatureNetwork } from '../../support/feature-network.ts'

let network: FeatureNetwork

beforeAll(async () => {
  await chooseBackend('wasm')
  network = await loadFeatureNetwork()
})
afterAll(() => {
  network.dispose()
})

/** Gray noise around a level for each class. */
function pictures(seed: number, levels: readonly number[], classes: readonly number[]): PictureSet {
  const random = new RandomStream(seed, 'pictures')
  const [height, width] = [16, 16]
  const pixels = new Uint8Array(classes.length * height * width)
  for (const [n, group] of classes.entries()) {
    for (let i = 0; i < height * width; i++) pixels[n * height * width + i] = (levels[group] ?? 0) + random.integer(40)
  }
  return { pixels, height, width, channels: 1, classes }
}

const classes = [0, 0, 0, 1, 1, 1, 2]

test('finds pictures that look like the real ones closer than others, class by class', async () => {
  const real = await PictureFeatures.of(network, pictures(1, [20, 120, 200], classes))
  const alike = await evaluateSamples(network, real, pictures(2, [20, 120, 200], classes), ['a', 'b', 'c'])
  const swapped = await evaluateSamples(network, real, pictures(2, [120, 20, 200], classes), ['a', 'b', 'c'])

  expect(alike.classes.map(({ name, real, fake }) => [name, real, fake])).toEqual([
    ['a', 3, 3],
    ['b', 3, 3]
  ])
  expect(alike.leftOut).toEqual([{ name: 'c', real: 1, fake: 1 }])
  expect(alike.mean.frechet).toBeCloseTo(
    ((alike.classes[0]?.frechet ?? NaN) + (alike.classes[1]?.frechet ?? NaN)) / 2,
    9
  )
  for (const [i, quality] of alike.classes.entries()) {
    expect(quality.frechet).toBeLessThan((swapped.classes[i]?.frechet ?? 0) / 2)
    expect(quality.kernel).toBeLessThan(swapped.classes[i]?.kernel ?? 0)
  }
  // All together, what matters is not which class has which level.
  expect(Math.abs(swapped.all.frechet / alike.all.frechet - 1)).toBeLessThan(0.5)
})

test('says zero for the real pictures themselves', async () => {
  const set = pictures(5, [20, 120], [0, 0, 1, 1])
  const quality = await evaluateSamples(network, await PictureFeatures.of(network, set), set, ['a', 'b'])
  expect(quality.mean.frechet).toBeLessThan(1e-8)
  expect(quality.all.frechet).toBeLessThan(1e-8)
})

test('falls back on all pictures together where every class is too small, and refuses a single picture', async () => {
  const real = await PictureFeatures.of(network, pictures(3, [20, 90], [0, 1]))
  const quality = await evaluateSamples(network, real, pictures(4, [20, 90], [0, 1]), ['a', 'b'])
  expect(quality.classes).toEqual([])
  expect(quality.mean).toEqual({ frechet: quality.all.frechet, kernel: quality.all.kernel })
  const one = pictures(4, [20], [0])
  await expect(evaluateSamples(network, real, one, ['a', 'b'])).rejects.toThrow('fewer than two')
})

test('takes an even selection where there are more pictures than can be compared in pairs', () => {
  const vectors = Float32Array.from({ length: 14 }, (_, i) => Math.floor(i / 2)) // seven vectors of two
  expect([...evenSelection(vectors, 2, 3)]).toEqual([0, 0, 2, 2, 4, 4])
  expect(evenSelection(vectors, 2, 7)).toBe(vectors)
})
