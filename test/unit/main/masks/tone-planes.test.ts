import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLabelImage } from '../../../../src/main/images/label-image.ts'
import { decodeGrayMask, decodeToneMask } from '../../../../src/main/masks/decode.ts'
import { makeGrayMask } from '../../../../src/main/masks/gray-mask.ts'
import { intersections } from '../../../../src/main/masks/instance-iou.ts'
import { rleArea, rleFromLabel } from '../../../../src/main/masks/rle.ts'
import { microscopyScores } from '../../../../src/main/study/microscopy-scores.ts'
import { blurred, type TrueMask, type Wear, wornPlanes } from '../../../support/worn-masks.ts'

const side = 24

/** Planes of two tones and background, from a drawing with a digit for each pixel. */
function planesOf(tones: Uint8Array): Float32Array {
  return Float32Array.from({ length: 3 * tones.length }, (_, i) => (tones[Math.floor(i / 3)] === i % 3 ? 1 : -1))
}

function squares(...cells: [number, number, number, number][]): Uint8Array {
  const tones = new Uint8Array(side * side)
  for (const [x, y, width, tone] of cells) {
    for (let row = y; row < y + 8; row++) tones.fill(tone, row * side + x, row * side + x + width)
  }
  return tones
}

function blurredPlanes(tones: Uint8Array, sigma: number): Float32Array {
  const exact = planesOf(tones)
  const smooth = [0, 1, 2].map((plane) =>
    blurred(
      exact.filter((_, i) => i % 3 === plane),
      side,
      side,
      sigma
    )
  )
  return exact.map((_, i) => smooth[i % 3]?.[Math.floor(i / 3)] ?? 0)
}

const decode = (planes: Float32Array) => decodeToneMask({ planes, planeCount: 3, width: side, height: side })

describe('a mask in tones', () => {
  const touching = squares([2, 2, 8, 1], [10, 2, 8, 2], [2, 12, 18, 1])

  test('gives exactly its cells back, with the cells of one tone apart', () => {
    const { labels, cells, sharpness, method } = decode(planesOf(touching))
    expect([cells, sharpness, method]).toEqual([3, 1, 'tones'])
    expect([...rleFromLabel(labels, side, side).values()].map(rleArea).sort()).toEqual([144, 64, 64])
    expect(labels.every((label, pixel) => label > 0 === (touching[pixel] ?? 0) > 0)).toBe(true)
  })

  test('has no cells in blurred edges, whatever tones lie side by side', () => {
    for (const sigma of [0.7, 1, 1.5]) expect(decode(blurredPlanes(touching, sigma)).cells).toBe(3)
  })

  test('keeps cells of one tone apart whose gap of one pixel is blurred away', () => {
    const near = blurredPlanes(squares([2, 2, 8, 1], [11, 2, 8, 1]), 1)
    const { labels, cells } = decode(near)
    expect(cells).toBe(2)
    const areas = [...rleFromLabel(labels, side, side).values()].map(rleArea)
    expect(Math.abs((areas[0] ?? 0) - (areas[1] ?? 0))).toBeLessThan(12)
  })

  test('of nothing but background is empty', () => {
    expect(decode(planesOf(new Uint8Array(side * side)))).toMatchObject({ cells: 0, sharpness: 1 })
  })
})

describe('true masks of the built-in sample, blurred and noised plane by plane', async () => {
  const folder = join(import.meta.dirname, '../../../../resources/sample/labels/fluorescence')
  const masks = await Promise.all(readdirSync(folder).sort().slice(0, 6).map(readMask))

  async function readMask(name: string): Promise<TrueMask> {
    const { labels, width, height } = await readLabelImage(join(folder, name))
    const cells = [...rleFromLabel(labels, width, height)].map(([id, raster]) => ({
      id,
      raster,
      area: rleArea(raster)
    }))
    return { name, width, height, levels: makeGrayMask(cells, { width, height }).levels }
  }

  /** TP / (TP + FP + FN) at IoU 0.5, in the mean over images; true is what the exact mask gives back. */
  function score(code: 'gray' | 'tones', wear: Wear): number {
    const comparisons = masks.map((mask) => {
      const [truth = [], found = []] = [{ blur: 0, noise: 0 }, wear].map((each) => {
        const labels = read(wornPlanes(mask, code, 4, each), mask, code)
        return [...rleFromLabel(labels, mask.width, mask.height).values()]
      })
      const [truthAreas, predictionAreas] = [truth.map(rleArea), found.map(rleArea)]
      return { truthAreas, predictionAreas, overlaps: intersections(truth, found) }
    })
    return microscopyScores(comparisons).meanOverImages.AP50
  }

  function read(planes: Float32Array, { width, height }: TrueMask, code: 'gray' | 'tones'): Uint32Array {
    if (code === 'tones') return decodeToneMask({ planes, planeCount: 5, width, height }).labels
    const gray = planes.map((value) => Math.max(0, Math.min(255, 127.5 * (value + 1))))
    return decodeGrayMask(gray, width, height, 4).labels
  }

  test('come back nearly whole in tones, where they are lost in gray', () => {
    const wear = { blur: 1, noise: 0.1 }
    expect(score('tones', wear)).toBeGreaterThan(0.97)
    expect(score('gray', wear)).toBeLessThan(0.6)
  }, 120_000)
})
