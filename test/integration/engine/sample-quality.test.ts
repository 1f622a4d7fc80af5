import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import {
  compareFeatures,
  evenSelection,
  frechetDistances,
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

async function compared(real: PictureFeatures, set: PictureSet, names: readonly string[]) {
  return compareFeatures(real, await PictureFeatures.of(network, set), names)
}

const classes = [0, 0, 0, 1, 1, 1, 2]

test('finds pictures that look like the real ones closer than others, class by class', async () => {
  const real = await PictureFeatures.of(network, pictures(1, [20, 120, 200], classes))
  const alike = await compared(real, pictures(2, [20, 120, 200], classes), ['a', 'b', 'c'])
  const swapped = await compared(real, pictures(2, [120, 20, 200], classes), ['a', 'b', 'c'])

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
  const quality = await compared(await PictureFeatures.of(network, set), set, ['a', 'b'])
  expect(quality.mean.frechet).toBeLessThan(1e-8)
  expect(quality.all.frechet).toBeLessThan(1e-8)
})

test('falls back on all pictures together where every class is too small, and refuses a single picture', async () => {
  const real = await PictureFeatures.of(network, pictures(3, [20, 90], [0, 1]))
  const quality = await compared(real, pictures(4, [20, 90], [0, 1]), ['a', 'b'])
  expect(quality.classes).toEqual([])
  const { frechet, kernel, precision, recall, density, coverage } = quality.all
  expect(quality.mean).toEqual({ frechet, kernel, precision, recall, density, coverage })
  const one = pictures(4, [20], [0])
  await expect(compared(real, one, ['a', 'b'])).rejects.toThrow('fewer than two')
})

test('says beside each class how far two halves of its real pictures are apart', async () => {
  const sixteen = Array.from({ length: 16 }, (_, i) => Number(i >= 12))
  const real = await PictureFeatures.of(network, pictures(6, [20, 120], sixteen))
  const { classes: both, mean } = await compared(real, pictures(7, [20, 120], sixteen), ['a', 'b'])
  expect(both[0]?.note).toContain('6 pictures each')
  expect(both[0]?.realHalves).toBe(real.distanceOfHalves(0))
  // Alike as they are, the halves are further apart than the wholes: that is the bias of few pictures.
  expect(both[0]?.realHalves).toBeGreaterThan(both[0]?.frechet ?? Infinity)
  expect(mean.density).toBeCloseTo(((both[0]?.density ?? NaN) + (both[1]?.density ?? NaN)) / 2, 12)
})

test('warns of a class with too few real pictures to be halved', async () => {
  const real = await PictureFeatures.of(network, pictures(6, [20, 120], [0, 0, 1, 1, 1]))
  const { classes: both } = await compared(real, pictures(7, [20, 120], [0, 0, 1, 1, 1]), ['a', 'b'])
  expect(both.map(({ note }) => note)).toEqual([
    expect.stringContaining('With 2 real pictures'),
    expect.stringContaining('With 3 real pictures')
  ])
})

test('gives a training run the same Fréchet distances as an evaluation', async () => {
  const real = await PictureFeatures.of(network, pictures(1, [20, 120, 200], classes))
  const fake = await PictureFeatures.of(network, pictures(2, [40, 120, 200], classes))
  const quick = frechetDistances(real, fake, ['a', 'b', 'c'])
  const whole = await compareFeatures(real, fake, ['a', 'b', 'c'])
  expect(quick.mean).toBe(whole.mean.frechet)
  expect(quick.classes).toEqual(
    whole.classes.map(({ name, frechet, real: reals, fake: fakes }) => ({ name, frechet, real: reals, fake: fakes }))
  )
})

test('takes an even selection where there are more pictures than can be compared in pairs', () => {
  const vectors = Float32Array.from({ length: 14 }, (_, i) => Math.floor(i / 2)) // seven vectors of two
  expect([...evenSelection(vectors, 2, 3)]).toEqual([0, 0, 2, 2, 4, 4])
  expect(evenSelection(vectors, 2, 7)).toBe(vectors)
})
