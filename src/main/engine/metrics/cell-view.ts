/** A picture with its cells. */
export interface CellPicture {
  readonly side: number
  readonly channels: 1 | 3
  /** [side, side, channels], 0…255. */
  readonly pixels: ArrayLike<number>
  /** [side, side]: the number of each pixel's cell, 0 for background. */
  readonly labels: Uint32Array | Uint8Array
}

/** A picture as scores see it: stretched, so that what is dark in all real pictures can be seen. */
export interface CellView {
  readonly side: number
  /**
   * [side, side] each, 0…255: of a gray picture twice the same, of a colour picture the mean of red and green, and that of
   * green and blue.
   */
  readonly planes: readonly [Uint8Array, Uint8Array]
  readonly labels: Uint32Array | Uint8Array
}

/** What real pictures of a class are like in brightness: all pictures are stretched as these need it. */
export interface Tones {
  /** Of each plane the values that become 0 and 255. */
  readonly ranges: readonly [Range, Range]
  /** Of each channel the median beside the cells. */
  readonly background: readonly number[]
  /** Which grays the cells have, as far as brightness alone can tell. */
  readonly cells: CellTones
}

interface Range {
  readonly low: number
  readonly high: number
}

interface CellTones {
  readonly limit: number
  readonly areBrighter: boolean
}

/** Tones that leave pictures as they are. */
export const plainTones: Tones = {
  ranges: [
    { low: 0, high: 255 },
    { low: 0, high: 255 }
  ],
  background: [0],
  cells: { limit: 128, areBrighter: true }
}

/** Of the real values, this share is let go at either end. */
const stretchedOff = 0.005

/** Counts the values of real pictures, one after the other. */
export class ToneCount {
  readonly #planes = [emptyCounts(), emptyCounts()] as const
  readonly #gray = emptyCounts()
  readonly #channels: Counts[]

  constructor(channels: 1 | 3) {
    this.#channels = Array.from({ length: channels }, emptyCounts)
  }

  add(picture: CellPicture): void {
    const { labels, pixels, channels } = picture
    const [first, second] = planesOf(picture)
    for (let pixel = 0; pixel < first.length; pixel++) {
      const where = (labels[pixel] ?? 0) > 0 ? 'inside' : 'outside'
      const [a, b] = [first[pixel] ?? 0, second[pixel] ?? 0]
      count(this.#planes[0][where], a)
      count(this.#planes[1][where], b)
      count(this.#gray[where], (a + b) >> 1)
      for (const [c, counts] of this.#channels.entries()) count(counts[where], pixels[pixel * channels + c] ?? 0)
    }
  }

  get tones(): Tones {
    const [first, second] = this.#planes
    return {
      ranges: [rangeOf(first), rangeOf(second)],
      background: this.#channels.map(backgroundOf),
      cells: cellTones(this.#gray)
    }
  }
}

/** How many pixels inside and outside of cells have each value. */
interface Counts {
  readonly inside: Float64Array
  readonly outside: Float64Array
}

function emptyCounts(): Counts {
  return { inside: new Float64Array(256), outside: new Float64Array(256) }
}

function count(counts: Float64Array, value: number): void {
  const whole = Math.round(value)
  counts[whole] = (counts[whole] ?? 0) + 1
}

function rangeOf(counts: Counts): Range {
  const all = together(counts)
  const [low, high] = [quantile(all, stretchedOff), quantile(all, 1 - stretchedOff)]
  return { low, high: Math.max(high, low + 1) }
}

function backgroundOf(counts: Counts): number {
  const isCovered = counts.outside.every((pixels) => pixels === 0)
  return quantile(isCovered ? counts.inside : counts.outside, 0.5)
}

function together({ inside, outside }: Counts): Float64Array {
  return inside.map((pixels, value) => pixels + (outside[value] ?? 0))
}

/** The limit beyond which pixels agree best with the masks, by intersection over union. */
function cellTones({ inside, outside }: Counts): CellTones {
  const total = inside.reduce((sum, pixels) => sum + pixels, 0)
  let best = { agreement: -1, limit: 0, areBrighter: true }
  for (const areBrighter of [true, false]) {
    let [hit, missed] = [0, 0]
    for (let step = 0; step < 256; step++) {
      const limit = areBrighter ? 255 - step : step
      hit += inside[limit] ?? 0
      missed += outside[limit] ?? 0
      const agreement = hit / Math.max(1, total + missed)
      if (agreement > best.agreement) best = { agreement, limit, areBrighter }
    }
  }
  return { limit: best.limit, areBrighter: best.areBrighter }
}

function quantile(counts: Float64Array, share: number): number {
  const wanted = share * counts.reduce((sum, pixels) => sum + pixels, 0)
  let passed = 0
  return counts.findIndex((pixels) => (passed += pixels) >= wanted && passed > 0)
}

export function viewOf(picture: CellPicture, { ranges }: Tones): CellView {
  const [first, second] = planesOf(picture)
  return {
    side: picture.side,
    planes: [first.map(stretchOf(ranges[0])), second.map(stretchOf(ranges[1]))],
    labels: picture.labels
  }
}

/** A picture without any cell: everywhere what real pictures are beside their cells. */
export function blankPicture(side: number, { background }: Tones): CellPicture {
  const channels = background.length === 3 ? 3 : 1
  const pixels = Uint8Array.from({ length: side * side * channels }, (_, i) => background[i % channels] ?? 0)
  return { side, channels, pixels, labels: new Uint8Array(side * side) }
}

/** Pixels that are as bright, or as dark, as cells: 1, all others 0. What stands for a mask where there is none. */
export function asBrightAsCells(picture: CellPicture, { cells: { limit, areBrighter } }: Tones): Uint8Array {
  const [first, second] = planesOf(picture)
  return first.map((a, pixel) => {
    const gray = (a + (second[pixel] ?? 0)) >> 1
    return (areBrighter ? gray >= limit : gray <= limit) ? 1 : 0
  })
}

/** Picture and mask as one picture of three channels, [side, side, 3]: both planes, and where there are cells. */
export function pictureWithMask({ planes: [first, second], labels }: CellView): Uint8Array {
  const pixels = new Uint8Array(3 * first.length)
  for (let pixel = 0; pixel < first.length; pixel++) {
    pixels[3 * pixel] = first[pixel] ?? 0
    pixels[3 * pixel + 1] = second[pixel] ?? 0
    pixels[3 * pixel + 2] = (labels[pixel] ?? 0) > 0 ? 255 : 0
  }
  return pixels
}

function stretchOf({ low, high }: Range): (value: number) => number {
  return (value) => Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low))))
}

function planesOf({ side, channels, pixels }: CellPicture): [Uint8Array, Uint8Array] {
  const plane = (c: number) =>
    Uint8Array.from({ length: side * side }, (_, pixel) => {
      const from = pixel * channels + c
      return channels === 1 ? (pixels[from] ?? 0) : ((pixels[from] ?? 0) + (pixels[from + 1] ?? 0)) >> 1
    })
  return channels === 1 ? [plane(0), plane(0)] : [plane(0), plane(1)]
}
