import { CallList } from './calls.ts'
import { kernelIndex } from './kernels.ts'
import { meetingPixels, type Block, type Geometry, type MeetingPixels, type Range } from './meeting-pixels.ts'
import { outerProductsName } from './outer-products.ts'
import { tileRows, tileVectors, tilings } from './tile.ts'

/** Addresses of the images x and dy and of the sums, in bytes. */
export interface Places {
  readonly x: number
  readonly dy: number
  /** One [kh, kw, in, out] for each share, or [kh, kw, out, in] where x is wide. */
  readonly sums: number
}

/** The image whose numbers are taken four at a time. Those of the other one are the rows of the sums. */
export type Wide = 'x' | 'dy'

/** So many numbers of x and dy stay in the cache while all their products are taken (measured). */
const numbersAtOnce = 32768
/** A share smaller than this, in pixels of dy, is not worth a thread. */
const smallestShare = 1024
const mostShares = 8
/** Products that are worth a thread. */
const smallestWork = 1_000_000
/** All shares together have no more sums than this (32 MB). */
const mostSums = 8_000_000

const bytes = Float32Array.BYTES_PER_ELEMENT

/**
 * How many parts the pixels of a filter gradient are cut into, each with sums of its own. It follows from the sizes alone,
 * so that results do not depend on the number of threads.
 */
export function filterGradientShares({ batchSize, outHeight, outWidth, filterShape }: Geometry): number {
  const pixels = batchSize * outHeight * outWidth
  const size = filterShape.reduce((product, length) => product * length, 1)
  return Math.max(1, Math.min(mostShares, Math.floor(pixels / smallestShare), Math.floor(mostSums / size)))
}

/**
 * dW[a, b, i, o] = Σ x[n, s·h + a − p, s·w + b − p, i]·dy[n, h, w, o], added to the sums: lists of calls for each share, of
 * which each writes the sums of other taps.
 */
export function filterGradientCalls(geometry: Geometry, places: Places, wide: Wide): CallList[] {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry
  const blocks = blocksOf(geometry)
  const shares = filterGradientShares(geometry)
  const taps = filterHeight * filterWidth
  const tapBytes = bytes * inChannels * outChannels
  return Array.from({ length: shares }, (_, share) => {
    const sums = places.sums + tapBytes * taps * share
    const ofShare = blocks.slice((blocks.length * share) / shares, (blocks.length * (share + 1)) / shares)
    return rangesOf(taps, tapsAtOnce(geometry, shares)).map(([tap, endTap]) => {
      const calls = new CallList()
      for (const block of ofShare) {
        for (let i = tap; i < endTap; i++) {
          const pixels = meetingPixels(geometry, block, i)
          if (pixels !== undefined)
            addProducts(calls, sidesOf(geometry, places, pixels, wide), pixels.counts, sums + tapBytes * i)
        }
      }
      return calls
    })
  }).flat()
}

/** Taps that one list of calls serves: few enough for several threads where there is but one share of the pixels. */
function tapsAtOnce({ batchSize, outHeight, outWidth, ...geometry }: Geometry, shares: number): number {
  const taps = geometry.filterHeight * geometry.filterWidth
  if (shares > 1) return taps
  const products = batchSize * outHeight * outWidth * geometry.inChannels * geometry.outChannels
  return Math.min(taps, Math.max(Math.ceil(taps / mostShares), Math.ceil(smallestWork / products)))
}

function blocksOf({ batchSize, outHeight, outWidth, inChannels, outChannels }: Geometry): Block[] {
  const pixels = numbersAtOnce / (inChannels + outChannels)
  const rowsAtOnce = Math.min(outHeight, Math.max(1, Math.floor(pixels / outWidth)))
  const imagesAtOnce = Math.max(1, Math.floor(pixels / (outHeight * outWidth)))
  return rangesOf(batchSize, imagesAtOnce).flatMap((images) =>
    rangesOf(outHeight, rowsAtOnce).map((rows) => ({ images, rows }))
  )
}

function rangesOf(size: number, step: number): Range[] {
  return Array.from({ length: Math.ceil(size / step) }, (_, i) => [i * step, Math.min(size, (i + 1) * step)])
}

/** Pixels of one image, as addresses see them. */
interface Side {
  readonly address: number
  readonly channels: number
  /** Bytes to the next column, row and image. */
  readonly steps: readonly [number, number, number]
}

/** Where the pixels of both images are, the wide one second. */
function sidesOf(geometry: Geometry, places: Places, pixels: MeetingPixels, wide: Wide): [Side, Side] {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, inChannels, outChannels } = geometry
  const [ofX, ofDy] = [bytes * inChannels, bytes * outChannels] // bytes of a pixel
  const x: Side = {
    address: places.x + ofX * pixels.firstOfX,
    channels: inChannels,
    steps: [ofX * strideWidth, ofX * strideHeight * inWidth, ofX * inHeight * inWidth]
  }
  const dy: Side = {
    address: places.dy + ofDy * pixels.firstOfDy,
    channels: outChannels,
    steps: [ofDy, ofDy * outWidth, ofDy * outHeight * outWidth]
  }
  return wide === 'dy' ? [x, dy] : [dy, x]
}

/** c[i, j] += Σ a[·, i]·b[·, j] over pixels, for c [channels of a, channels of b] at an address: whole tiles, then the rest. */
function addProducts(calls: CallList, [a, b]: [Side, Side], counts: MeetingPixels['counts'], c: number): void {
  const rowBytes = bytes * b.channels
  const axes = [0, 1, 2].flatMap((axis) => [counts, a.steps, b.steps].map((three) => three[axis] ?? 0))
  for (const [rows, i, tilesA] of tilings(a.channels, tileRows)) {
    for (const [vectors, j, tilesB] of tilings(b.channels / 4, tileVectors)) {
      const kernel = kernelIndex(outerProductsName(rows, vectors))
      const addresses = [a.address + bytes * i, b.address + 4 * bytes * j, c + rowBytes * i + 4 * bytes * j]
      calls.add(kernel, ...addresses, ...axes, tilesA, tilesB, rowBytes)
    }
  }
}
