/** A picture of 8 bits: [height, width, channels]. */
export interface FlatPicture {
  readonly pixels: Uint8Array
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
}

/** Whether cells are brighter or darker than what lies around them. */
export type Polarity = 'bright' | 'dark'

/**
 * The pixels on the cells' side of a picture's own threshold (Otsu 1979: the one that leaves the least variance on either
 * side), as 1. Nothing is learned: each picture speaks for itself.
 */
export function otsuForeground({ pixels, channels }: FlatPicture, polarity: Polarity): Uint8Array {
  const gray = Uint8Array.from({ length: pixels.length / channels }, (_, i) => grayAt(pixels, i, channels))
  const threshold = otsuThreshold(gray)
  return gray.map((value) => Number(polarity === 'bright' ? value > threshold : value <= threshold))
}

function grayAt(pixels: Uint8Array, i: number, channels: 1 | 3): number {
  if (channels === 1) return pixels[i] ?? 0
  return Math.round(((pixels[3 * i] ?? 0) + (pixels[3 * i + 1] ?? 0) + (pixels[3 * i + 2] ?? 0)) / 3)
}

/** The largest value of the darker side. */
export function otsuThreshold(gray: Uint8Array): number {
  const histogram = new Float64Array(256)
  for (const value of gray) histogram[value] = (histogram[value] ?? 0) + 1
  const total = gray.reduce((sum, value) => sum + value, 0)
  let [count, sum, best, threshold] = [0, 0, -1, 0]
  for (const [value, pixels] of histogram.entries()) {
    count += pixels
    sum += value * pixels
    if (count === 0 || count === gray.length) continue
    const between = (sum * gray.length - total * count) ** 2 / (count * (gray.length - count))
    if (between > best) [best, threshold] = [between, value]
  }
  return threshold
}
