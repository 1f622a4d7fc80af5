import { describe, expect, test } from 'vitest'
import { ByteCache } from '../../../../src/main/datasets/byte-cache.ts'
import { readTile } from '../../../../src/main/datasets/tile.ts'
import { type TileImage, type TileSettings, TileSource } from '../../../../src/main/datasets/tile-source.ts'

const settings: TileSettings = { tile: 4, imageChannels: 1, maskCode: 'gray', grayLevels: 2, flips: 'all', seed: 5 }

/** An image whose pixel value says where it is, and whose label is the column's parity plus one. */
function tileImage(name: string, classIndex: number, loads: string[] = [], width = 9, height = 6): TileImage {
  return {
    name,
    width,
    height,
    classIndex,
    load: () => {
      loads.push(name)
      const pixels = Uint8Array.from({ length: width * height }, (_, i) => classIndex * 100 + i)
      return Promise.resolve({ pixels, levels: pixels.map((value) => (((value - classIndex * 100) % width) % 2) + 1) })
    }
  }
}

/** The same image with a pixel of background, and one whose label lies beyond the cap. */
function emptyCorner(image: TileImage): TileImage {
  const load = async () => {
    const { pixels, levels } = await image.load()
    levels.set([0, 9], 14)
    return { pixels, levels }
  }
  return { ...image, load }
}

const twoClasses = () => [tileImage('a', 0), tileImage('b', 1), tileImage('c', 1)]

describe('training tiles', () => {
  test('depend on seed and iteration alone, not on what was drawn before', async () => {
    const one = new TileSource(twoClasses(), settings)
    const other = new TileSource(twoClasses(), settings)
    await one.batch(0, 6)
    await one.batch(1, 6)
    const resumed = await other.batch(2, 6)
    expect(await one.batch(2, 6)).toEqual(resumed)
    expect(await other.batch(3, 6)).not.toEqual(resumed)
    expect(await new TileSource(twoClasses(), { ...settings, seed: 6 }).batch(2, 6)).not.toEqual(resumed)
  })

  test('hold image planes and then the mask, from −1 to 1', async () => {
    const { samples, labels } = await new TileSource(twoClasses(), settings).batch(0, 8)
    expect(samples).toHaveLength(8 * 4 * 4 * 2)
    expect(labels).toHaveLength(8)
    expect(samples.every((value) => value >= -1 && value <= 1)).toBe(true)
    const masks = new Set(samples.filter((_, i) => i % 2 === 1))
    expect([...masks].sort()).toEqual([Math.fround(128 / 127.5 - 1), 1]) // grays 128 and 255 of two labels
  })

  test('turn image and mask alike', async () => {
    const { samples, labels } = await new TileSource(twoClasses(), settings).batch(1, 32)
    for (let n = 0; n < 32; n++) {
      const graysOfParity = new Map<number, number>()
      for (let i = 0; i < 16; i++) {
        const at = (n * 16 + i) * 2
        const place = Math.round(((samples[at] ?? 0) + 1) * 127.5) - 100 * (labels[n] ?? 0)
        const parity = (place % 9) % 2
        const gray = samples[at + 1] ?? 0
        expect(graysOfParity.get(parity) ?? gray).toBe(gray)
        graysOfParity.set(parity, gray)
      }
      expect(new Set(graysOfParity.values()).size).toBe(2)
    }
  })

  test('shuffle which label gets which gray', async () => {
    const source = new TileSource([tileImage('a', 0)], { ...settings, flips: 'none' })
    const { samples } = await source.batch(0, 32)
    const graysOfEven = new Set<number>()
    for (let n = 0; n < 32; n++) {
      const place = Math.round(((samples[n * 32] ?? 0) + 1) * 127.5)
      if ((place % 9) % 2 === 0) graysOfEven.add(samples[n * 32 + 1] ?? 0)
    }
    expect(graysOfEven.size).toBe(2)
  })

  test('come as often from each class as the data has images of it', async () => {
    const { labels } = await new TileSource(twoClasses(), settings).batch(0, 3000)
    expect(labels.filter((label) => label === 1).length / 3000).toBeCloseTo(2 / 3, 1)
  })

  test('come evenly from all classes, one to a group of the minibatch deviation, where classes are grouped', async () => {
    const source = new TileSource(twoClasses(), { ...settings, classGroup: 4 })
    for (let iteration = 0; iteration < 20; iteration++) {
      const { labels } = await source.batch(iteration, 8)
      const [first, second] = [0, 1].map((group) => new Set(labels.filter((_, i) => i % 2 === group)))
      expect([first?.size, second?.size]).toEqual([1, 1])
      expect(new Set(labels).size).toBe(2)
    }
    const { samples, labels } = await source.batch(0, 3000)
    expect(labels.filter((label) => label === 1).length).toBe(1500)
    expect(samples).toHaveLength(3000 * 32)
  })

  test('hold a plane for background and one for each tone instead, in the same draw as the grays', async () => {
    const images = () => [emptyCorner(tileImage('a', 0))]
    const gray = await new TileSource(images(), settings).batch(0, 32)
    const tones = await new TileSource(images(), { ...settings, maskCode: 'tones' }).batch(0, 32)
    expect(tones.samples).toHaveLength(32 * 4 * 4 * 4)
    const seen = new Set<string>()
    for (let pixel = 0; pixel < 32 * 16; pixel++) {
      expect(tones.samples[pixel * 4]).toBe(gray.samples[pixel * 2])
      const value = (gray.samples[pixel * 2 + 1] ?? 0) * 127.5 + 127.5
      const planes = [...tones.samples.slice(pixel * 4 + 1, pixel * 4 + 4)]
      expect(planes).toEqual([0, 128, 255].map((level) => (Math.round(value) === level ? 1 : -1)))
      seen.add(planes.join())
    }
    expect(seen.size).toBe(3)
  })

  test('leave the mask out where the network has none', async () => {
    const { samples } = await new TileSource(twoClasses(), { ...settings, maskCode: undefined }).batch(0, 2)
    expect(samples).toHaveLength(2 * 16)
  })

  test('are never larger than an image', () => {
    expect(() => new TileSource([tileImage('small', 0, [], 9, 3)], settings)).toThrow(/small is 9×3 pixels.*4×4/)
    expect(() => new TileSource([], settings)).toThrow(/no images to train from/)
  })

  test('of images that are not as they were prepared are refused', async () => {
    const broken = {
      ...tileImage('x', 0),
      load: () => Promise.resolve({ pixels: new Uint8Array(3), levels: new Uint8Array(3) })
    }
    await expect(new TileSource([broken], settings).batch(0, 1)).rejects.toThrow(/x is not as it was prepared/)
  })
})

describe('evaluation tiles', () => {
  test('are the same each time, of the one class, and spread over its images', async () => {
    const source = new TileSource([...twoClasses(), tileImage('d', 0)], settings)
    const tiles = source.evaluationTiles(1, 6)
    expect(tiles.places).toEqual(source.evaluationTiles(1, 6).places)
    const pixels = await Promise.all([0, 1, 2, 3, 4, 5].map((position) => tiles.read(position)))
    expect(pixels.every((tile) => tile.every((value) => value >= 100))).toBe(true)
    const corners = pixels.map((tile) => tile[0])
    expect(new Set(tiles.places.map(({ image, x, y }) => `${image} ${String(x)} ${String(y)}`)).size).toBe(6)
    expect(new Set(corners).size).toBe(3) // three places, each from two images with equal pixels
  })

  test('come once each where the class has fewer, and are none where it has no images', async () => {
    const source = new TileSource([tileImage('exact', 0, [], 4, 4)], settings)
    const { read, places } = source.evaluationTiles(0, 3)
    expect(places).toEqual([{ image: 'exact', x: 0, y: 0 }])
    expect(await read(0)).toHaveLength(16)
    expect(source.evaluationTiles(1, 3).places).toEqual([])
  })
})

describe('turning tiles', () => {
  const pixels = Uint8Array.of(9, 9, 9, 9, 1, 2, 9, 3, 4)
  function turned(isMirrored: boolean, quarterTurns: number): number[] {
    const into = new Uint8Array(4)
    readTile(pixels, { x: 1, y: 1, size: 2, imageWidth: 3, isMirrored, quarterTurns }, 1, into, 0)
    return [...into]
  }

  test('clockwise by quarters, after mirroring', () => {
    expect([0, 1, 2, 3].map((turns) => turned(false, turns))).toEqual([
      [1, 2, 3, 4],
      [3, 1, 4, 2],
      [4, 3, 2, 1],
      [2, 4, 1, 3]
    ])
    expect(turned(true, 0)).toEqual([2, 1, 4, 3])
    expect(turned(true, 1)).toEqual([4, 2, 3, 1])
  })
})

describe('the cache of decoded images', () => {
  test('stays below its limit and forgets what was used longest ago', async () => {
    const loads: string[] = []
    const cache = new ByteCache<Uint8Array>(25, (value) => value.byteLength)
    const get = (key: string) => cache.get(key, () => (loads.push(key), Promise.resolve(new Uint8Array(10))))
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key)
    expect(loads.join('')).toBe('abcb')
    expect(cache.bytes).toBeLessThanOrEqual(25)
  })

  test('loads once for two who ask together, and again after a failure', async () => {
    let loads = 0
    const cache = new ByteCache<Uint8Array>(100, (value) => value.byteLength)
    const fail = () => (loads++, Promise.reject(new Error('disk')))
    await expect(Promise.all([cache.get('a', fail), cache.get('a', fail)])).rejects.toThrow('disk')
    expect(loads).toBe(1)
    expect(await cache.get('a', () => Promise.resolve(new Uint8Array(1)))).toHaveLength(1)
  })
})

describe('tiles of images with and without annotation', () => {
  const unannotated = { ...tileImage('d', 2), isUnannotated: true }
  const both = () => new TileSource([...twoClasses(), unannotated], settings)

  test('are drawn from all for the image, and for the mask as if there were the annotated ones alone', async () => {
    const batch = await both().batch(3, 24)
    expect(batch.annotated).toEqual((await new TileSource(twoClasses(), settings).batch(3, 24)).samples)
    expect(new Set(batch.labels)).toEqual(new Set([0, 1, 2]))
  })

  test('depend on seed and iteration alone', async () => {
    const source = both()
    await source.batch(0, 6)
    expect(await source.batch(1, 6)).toEqual(await both().batch(1, 6))
    expect(await source.batch(2, 6)).not.toEqual(await both().batch(1, 6))
  })

  test('are not two batches where every image is annotated', async () => {
    expect('annotated' in (await new TileSource(twoClasses(), settings).batch(0, 6))).toBe(false)
  })
})
