import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { type Rle } from '../../src/main/masks/rle.ts'
import { RandomStream } from '../../src/shared/random.ts'

export const pictureSize = { width: 704, height: 520 } // as in LIVECell

/** Cells of one picture, and what a segmentation might have found of them. */
export interface ScoredCells {
  /** Outlines: x, y, x, y, … */
  readonly outlines: readonly (readonly number[])[]
  readonly found: readonly Rle[]
  readonly scores: readonly number[]
}

/** Ellipses at random places, found again a little elsewhere and of another size. */
export function makeScoredCells(image: number, count: number): ScoredCells {
  const random = new RandomStream(image, 'cells')
  const cells = Array.from({ length: count }, () => ({
    x: pictureSize.width * random.uniform(),
    y: pictureSize.height * random.uniform(),
    a: 6 + 12 * random.uniform(),
    b: 6 + 8 * random.uniform()
  }))
  const found = cells.map(({ x, y, a, b }) => {
    const scale = 0.8 + 0.4 * random.uniform()
    return maskOf(ellipse({ x: x + 3 * random.normal(), y: y + 3 * random.normal(), a: scale * a, b: scale * b }))
  })
  const scores = found.map(() => Math.round(1000 * random.uniform()) / 1000)
  return { outlines: cells.map(ellipse), found, scores }
}

export function maskOf(outline: readonly number[]): Rle {
  return rasterizeRings([outline], pictureSize.height, pictureSize.width)
}

function ellipse({ x, y, a, b }: { x: number; y: number; a: number; b: number }): number[] {
  return Array.from({ length: 24 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 24
    return [x + a * Math.cos(angle), y + b * Math.sin(angle)]
  }).flat()
}
