import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { FeatureCache } from '../../../src/main/engine-process/feature-cache.ts'
import { loadPictureNetwork } from '../../../src/main/engine-process/picture-networks.ts'
import { type PictureStream } from '../../../src/main/engine-process/picture-stream.ts'
import { Scorer } from '../../../src/main/engine-process/scorer.ts'
import { toEightBit } from '../../../src/main/images/eight-bit.ts'
import { readPicture } from '../../../src/main/images/read.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { tinyTraining } from '../../support/tiny-training.ts'

const resources = resolve(import.meta.dirname, '../../../resources')
let folder: string

beforeAll(async () => {
  await chooseBackend('wasm')
})
beforeEach(async () => {
  folder = await temporaryFolder()
})

const run = () => ({ resources, preparedFolder: folder, settings: tinyTraining(), classes: ['all'] })

/** @param values [count, side, side] */
function gray(values: Uint8Array, side: number): PictureStream {
  return {
    pixels: (from, to) => Promise.resolve(values.slice(from * side ** 2, to * side ** 2)),
    height: side,
    width: side,
    channels: 1,
    classes: new Int32Array(values.length / side ** 2)
  }
}

function noise(count: number, side: number): PictureStream {
  const random = new RandomStream(11, 'noise')
  return gray(
    Uint8Array.from({ length: count * side ** 2 }, () => random.integer(256)),
    side
  )
}

describe.skipIf(!hasSharedData)(`real nuclei${withoutSharedData}`, () => {
  const side = 128
  let tiles: Uint8Array[]

  beforeAll(async () => {
    const images = dataPath('dsb2018-mini', 'images', 'fluorescence')
    tiles = []
    for (const name of (await readdir(images)).sort()) {
      const picture = await readPicture(join(images, name))
      if (picture.width < 2 * side || picture.height < 2 * side) continue
      const pixels = toEightBit(picture, 'full', 'gray')
      for (const [x, y] of [
        [0, 0],
        [side, side]
      ] as const) {
        tiles.push(
          Uint8Array.from({ length: side ** 2 }, (_, i) => {
            return pixels[(y + Math.floor(i / side)) * picture.width + x + (i % side)] ?? 0
          })
        )
      }
      if (tiles.length >= 80) break
    }
  })

  test('one half is near the other, and far from noise', async () => {
    const half = tiles.length / 2
    const shuffled = new RandomStream(1, 'halves').shuffled(tiles)
    const set = (part: Uint8Array[]) => gray(new Uint8Array(Buffer.concat(part)), side)
    const scorer = await Scorer.open(run())
    const real = await scorer.featuresOfReal(set(shuffled.slice(0, half)))
    const same = await scorer.compare(real, await scorer.featuresOf(set(shuffled.slice(0, half))))
    const other = await scorer.compare(real, await scorer.featuresOf(set(shuffled.slice(half))))
    const noisy = await scorer.compare(real, await scorer.featuresOf(noise(half, side)))
    scorer.dispose()
    expect(same.mean.frechet).toBeLessThan(1e-6)
    // Two halves differ by what few pictures always differ by; the kernel distance takes that off.
    expect(other.mean.frechet).toBeLessThan(1.5 * (other.classes[0]?.realHalves ?? 0))
    expect(Math.abs(other.mean.kernel)).toBeLessThan(0.02 * noisy.mean.kernel)
    expect(noisy.mean.frechet).toBeGreaterThan(5 * other.mean.frechet)
    expect(other.mean.precision).toBeGreaterThan(0.6)
    expect(noisy.mean.precision).toBe(0)
    expect(noisy.mean.coverage).toBeLessThan(0.05)
  })
})

test('calls repeated pictures less varied than real ones, also where each repeat is a little different', async () => {
  const [side, count] = [64, 32]
  const folder = join(resources, 'sample/images/fluorescence')
  const tiles: Uint8Array[] = []
  for (const name of (await readdir(folder)).sort()) {
    const { width, height, ...picture } = await readPicture(join(folder, name))
    const pixels = toEightBit({ ...picture, width, height }, 'percentiles', 'gray')
    for (let y = 0; y + side <= height; y += side) {
      for (let x = 0; x + side <= width; x += side) {
        const at = (i: number) => (y + Math.floor(i / side)) * width + x + (i % side)
        tiles.push(Uint8Array.from({ length: side ** 2 }, (_, i) => pixels[at(i)] ?? 0))
      }
    }
  }
  const shuffled = new RandomStream(1, 'halves').shuffled(tiles)
  const random = new RandomStream(2, 'small changes')
  const set = (part: (i: number) => Uint8Array) =>
    gray(new Uint8Array(Buffer.concat(Array.from({ length: count }, (_, i) => part(i)))), side)
  const tile = (i: number) => shuffled[i] ?? new Uint8Array(side ** 2)
  const changed = (i: number) => tile(i).map((value) => Math.min(255, value + random.integer(6)))
  const scorer = await Scorer.open(run())
  const real = await scorer.featuresOfReal(set(tile))
  const varietyOf = async (part: (i: number) => Uint8Array) =>
    scorer.score(real, await scorer.featuresOf(set(part))).classes[0]?.variety
  expect(await varietyOf((i) => tile(count + i))).toBeGreaterThan(0.8)
  expect(await varietyOf(() => tile(0))).toBe(0)
  expect(await varietyOf((i) => tile(i % 8))).toBe(0)
  expect(await varietyOf((i) => changed(i % 8))).toBeLessThan(0.7)
  scorer.dispose()
})

test('works out real features once, keeps them, and makes them again when they are damaged', async () => {
  const scorer = await Scorer.open(run())
  expect(await scorer.findFeaturesOfReal(noise(6, 16))).toBeUndefined()
  const first = await scorer.featuresOfReal(noise(6, 16))
  const [name, ...more] = await readdir(join(folder, 'features'))
  expect(more).toEqual([])
  const path = join(folder, 'features', name ?? '')
  const kept = await readFile(path)

  const changed = Buffer.from(kept)
  changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1
  for (const damage of [changed, kept.subarray(0, 100), Buffer.alloc(0)]) {
    await writeFile(path, damage)
    const again = await scorer.featuresOfReal(noise(6, 16))
    expect(again.vectors('all')).toEqual(first.vectors('all'))
    expect(await readFile(path)).toEqual(kept)
  }
  expect((await scorer.findFeaturesOfReal(noise(6, 16)))?.vectors('all')).toEqual(first.vectors('all'))
})

test('takes kept features as they are, and only those of the same pictures', async () => {
  const cache = new FeatureCache(join(folder, 'features'))
  const compute = () => Promise.resolve(Float32Array.of(1, 2, 3, 4))
  const never = () => Promise.reject(new Error('computed again'))
  expect(await cache.provide({ pictures: 'a' }, [2, 2], compute)).toEqual(Float32Array.of(1, 2, 3, 4))
  expect(await cache.provide({ pictures: 'a' }, [2, 2], never)).toEqual(Float32Array.of(1, 2, 3, 4))
  await expect(cache.provide({ pictures: 'b' }, [2, 2], never)).rejects.toThrow('computed again')
})

test('goes on where there is no place to keep features', async () => {
  const file = join(folder, 'a-file')
  await writeFile(file, '')
  const cache = new FeatureCache(join(file, 'features')) // a file is no folder
  expect(await cache.provide({}, [1, 1], () => Promise.resolve(Float32Array.of(5)))).toEqual(Float32Array.of(5))
})

test('calls only the published weights FID', async () => {
  const choice = { network: 'inception', resize: 'tf1', anyWeights: false } as const
  const file = resolve(import.meta.dirname, '../../fixtures/torch/weights-legacy.pth')
  await expect(loadPictureNetwork(resources, { ...choice, file })).rejects.toThrow(
    /is not the file that FID is defined with: its SHA-256 begins with [\da-f]{8}, and should with 6726825d/
  )
  await expect(loadPictureNetwork(resources, { ...choice, file, anyWeights: true })).rejects.toThrow(
    'The weights are not those of the Inception network'
  )
  const code = resolve(import.meta.dirname, '../../fixtures/torch/code-zip.pth')
  await expect(loadPictureNetwork(resources, { ...choice, file: code })).rejects.toThrow('asks for posix.system')
})
