import { type LabelPicture } from '../../src/main/segmentation/label-picture.ts'

interface Disc {
  readonly y: number
  readonly x: number
  readonly radius: number
}

export function disc(y: number, x: number, radius: number): Disc {
  return { y, x, radius }
}

/** Discs as cells 1, 2, …; what two share belongs to the later one. */
export function paintDiscs(width: number, height: number, discs: readonly Disc[]): LabelPicture {
  const labels = new Int32Array(width * height)
  for (const [i, { y, x, radius }] of discs.entries()) {
    for (const pixel of labels.keys()) {
      const isIn = (Math.floor(pixel / width) - y) ** 2 + ((pixel % width) - x) ** 2 <= radius ** 2
      if (isIn) labels[pixel] = i + 1
    }
  }
  return { labels, width, height }
}
