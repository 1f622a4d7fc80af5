import { expect, test } from 'vitest'
import {
  agreement,
  findForeground,
  learnForeground,
  type MaskedPicture,
  maskFit,
  meanOf
} from '../../../../../src/main/engine/metrics/foreground.ts'
import { otsuForeground, otsuThreshold } from '../../../../../src/main/engine/metrics/otsu.ts'
import { blur, featureCount, pixelFeatures } from '../../../../../src/main/engine/metrics/pixel-features.ts'
import { hashedNumber } from '../../../../support/hashed-number.ts'

const side = 32

/** A disk of each picture's own place, where pixels have other values than around it. */
function disks(count: number, value: (isCell: boolean, noise: number) => number, stream = 0): MaskedPicture[] {
  return Array.from({ length: count }, (_, picture) => {
    const [x, y] = [8 + 16 * hashedNumber(picture, stream), 8 + 16 * hashedNumber(picture, stream + 1)]
    const foreground = Uint8Array.from({ length: side * side }, (_, i) =>
      Number(Math.hypot((i % side) - x, Math.floor(i / side) - y) < 6)
    )
    const pixels = Uint8Array.from(foreground, (isCell, i) =>
      value(isCell === 1, hashedNumber(picture * side * side + i, stream + 2))
    )
    return { picture: { pixels, height: side, width: side, channels: 1 }, foreground }
  })
}

const bright = (isCell: boolean, noise: number): number => (isCell ? 90 : 20) + 40 * noise
/** As bright as what lies around it, but rough, as cells are in phase contrast. */
const rough = (isCell: boolean, noise: number): number => 128 + (isCell ? 120 : 20) * (noise - 0.5)

function fitOf(kind: typeof bright, pictures: readonly MaskedPicture[]): number {
  const model = learnForeground(disks(12, kind))
  return model === undefined ? -1 : (meanOf(pictures.map((known) => maskFit(model, known))) ?? -1)
}

test('cells that are brighter than their surroundings are found in pictures that were never seen', () => {
  expect(fitOf(bright, disks(12, bright, 10))).toBeGreaterThan(0.85)
})

test('cells that differ in nothing but their texture are found, where a threshold finds none', () => {
  const unseen = disks(12, rough, 10)
  expect(fitOf(rough, unseen)).toBeGreaterThan(0.7)
  const byThreshold = unseen.map((known) => agreement(known, otsuForeground(known.picture, 'bright')))
  expect(meanOf(byThreshold)).toBeLessThan(0.3)
})

test('masks that belong to other pictures fit much less', () => {
  const unseen = disks(12, bright, 10)
  const shuffled = unseen.map(({ picture }, i) => ({
    picture,
    foreground: unseen[(i + 5) % unseen.length]?.foreground ?? new Uint8Array()
  }))
  expect(fitOf(bright, shuffled)).toBeLessThan(0.4 * fitOf(bright, unseen))
})

test('the same pictures always teach the same', () => {
  expect(learnForeground(disks(6, rough))).toEqual(learnForeground(disks(6, rough)))
})

test('colours are looked at too', () => {
  // All of one brightness: cells are red, the rest blue.
  const pictures = disks(8, bright).map(({ foreground }): MaskedPicture => {
    const pixels = Uint8Array.from({ length: 3 * foreground.length }, (_, i) =>
      i % 3 === 1 ? 60 : (i % 3 === 0) === (foreground[Math.floor(i / 3)] === 1) ? 140 : 60
    )
    return { picture: { pixels, height: side, width: side, channels: 3 }, foreground }
  })
  const model = learnForeground(pictures)
  expect(model?.channels).toBe(3)
  expect(model && meanOf(pictures.map((known) => maskFit(model, known)))).toBeGreaterThan(0.85)
})

test('where no picture shows a cell, or nothing else, there is nothing to learn', () => {
  const none = disks(3, bright).map((known) => ({ ...known, foreground: new Uint8Array(side * side) }))
  expect(learnForeground(none)).toBeUndefined()
  expect(learnForeground(none.map((known) => ({ ...known, foreground: new Uint8Array(side * side).fill(1) })))).toBe(
    undefined
  )
  expect(learnForeground([])).toBeUndefined()
})

test('agreement is intersection over union without the pixels that nobody knows', () => {
  const picture = { pixels: new Uint8Array(6), height: 2, width: 3, channels: 1 as const }
  const foreground = Uint8Array.of(1, 1, 0, 0, 1, 0)
  expect(agreement({ picture, foreground }, Uint8Array.of(1, 0, 1, 0, 1, 0))).toBe(2 / 4)
  const unknown = Uint8Array.of(0, 1, 1, 0, 0, 0)
  expect(agreement({ picture, foreground, unknown }, Uint8Array.of(1, 0, 1, 0, 1, 0))).toBe(1)
  expect(agreement({ picture, foreground }, new Uint8Array(6))).toBe(0)
})

test('a mask without a cell has no fit, and is no part of a mean', () => {
  const [known] = disks(1, bright)
  const model = learnForeground(disks(6, bright))
  if (known === undefined || model === undefined) throw new Error('there is a picture and a model')
  expect(maskFit(model, { ...known, foreground: new Uint8Array(side * side) })).toBeUndefined()
  expect(meanOf([0.5, undefined, 1])).toBe(0.75)
  expect(meanOf([undefined])).toBeUndefined()
})

test('a pixel counts as a cell from the threshold on', () => {
  const picture = { pixels: new Uint8Array(4).fill(7), height: 2, width: 2, channels: 1 as const }
  const weights = new Array<number>(featureCount(1)).fill(0)
  expect([...findForeground({ channels: 1, weights, bias: 0, threshold: 0.5 }, picture)]).toEqual([1, 1, 1, 1])
  expect([...findForeground({ channels: 1, weights, bias: 0, threshold: 0.51 }, picture)]).toEqual([0, 0, 0, 0])
})

test.each([1, 3] as const)('each pixel of %s channels has as many features as are announced', (channels) => {
  const pixels = Uint8Array.from({ length: 5 * 7 * channels }, (_, i) => 255 * hashedNumber(i, 4))
  const features = pixelFeatures({ pixels, height: 5, width: 7, channels })
  expect(features).toHaveLength(featureCount(channels))
  for (const plane of features) {
    expect(plane).toHaveLength(35)
    expect(plane.every(Number.isFinite)).toBe(true)
  }
})

test('a flat picture has finite features', () => {
  const pixels = new Uint8Array(64)
  for (const plane of pixelFeatures({ pixels, height: 8, width: 8, channels: 1 })) {
    expect(plane.every(Number.isFinite)).toBe(true)
  }
})

test('the blur is the mean over the window, twice, with the border going on', () => {
  const [height, width, reach] = [4, 6, 2]
  const values = Float32Array.from({ length: height * width }, (_, i) => hashedNumber(i, 5))
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value))
  const once = (of: Float32Array): Float32Array =>
    Float32Array.from(of, (_, i) => {
      let sum = 0
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          sum += of[clamp(Math.floor(i / width) + dy, height - 1) * width + clamp((i % width) + dx, width - 1)] ?? NaN
        }
      }
      return sum / (2 * reach + 1) ** 2
    })
  const blurred = blur(values, { height, width }, reach)
  const expected = once(once(values))
  for (const [i, value] of blurred.entries()) expect(value).toBeCloseTo(expected[i] ?? NaN, 6)
})

test("Otsu's threshold leaves the least variance on both sides", () => {
  const gray = Uint8Array.from({ length: 400 }, (_, i) => (i % 5 === 0 ? 150 : 40) + 60 * hashedNumber(i, 6))
  const within = (threshold: number): number => {
    const sides = [gray.filter((value) => value <= threshold), gray.filter((value) => value > threshold)]
    return sides.reduce((sum, part) => {
      const mean = part.reduce((total, value) => total + value, 0) / Math.max(1, part.length)
      return sum + part.reduce((total, value) => total + (value - mean) ** 2, 0)
    }, 0)
  }
  const best = within(otsuThreshold(gray))
  for (let threshold = 0; threshold < 255; threshold++) expect(best).toBeLessThanOrEqual(within(threshold) + 1e-6)
})

test("Otsu's foreground is one side of the threshold or the other", () => {
  const picture = { pixels: Uint8Array.of(10, 12, 200, 210), height: 2, width: 2, channels: 1 as const }
  expect([...otsuForeground(picture, 'bright')]).toEqual([0, 0, 1, 1])
  expect([...otsuForeground(picture, 'dark')]).toEqual([1, 1, 0, 0])
})
