import { CallList } from './calls.ts'
import { kernelIndex } from './kernels.ts'
import { meetingPixels, type Geometry } from './meeting-pixels.ts'
import { outerProductsName } from './outer-products.ts'
import { tileRows, tileVectors, tilings } from './tile.ts'

const bytes = Float32Array.BYTES_PER_ELEMENT
/** Products that are worth a thread. */
const smallestWork = 1_000_000

/** Addresses of dy as [out, N·H'·W'], of the kernel turned by 180° [kh, kw, out, in], and of dx, which holds zeros. */
export type Places = Record<'dy' | 'turned' | 'dx', number>

/**
 * dx[n, s·h + a − p, s·w + b − p, i] += Σ dy[n, h, w, o]·W[a, b, i, o]: for each row of dy each tap of the kernel adds the
 * outer products of pixels and weights over o. Lists of calls for some images each; channels of dx are multiples of four.
 */
export function inputGradientCalls(geometry: Geometry, places: Places): CallList[] {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } = geometry
  const taps = filterHeight * filterWidth
  const products = taps * batchSize * outHeight * outWidth * inChannels * outChannels
  const lists = Math.max(1, Math.min(batchSize, Math.floor(products / smallestWork)))
  const tapWork = Array.from({ length: taps }, (_, tap) => workOfTap(geometry, places, tap))
  return Array.from({ length: lists }, (_, list) => {
    const calls = new CallList()
    const end = Math.floor((batchSize * (list + 1)) / lists)
    for (let image = Math.floor((batchSize * list) / lists); image < end; image++) {
      for (const work of tapWork) addImage(calls, geometry, work, image)
    }
    return calls
  })
}

/** What one tap does to the first image: where it begins, its rows, and the calls for one row. */
interface TapWork {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly rows: number
  readonly tiles: readonly Tiles[]
}

/** Tiles of one size: how far from a, b and c they begin, and what the kernel is told besides. */
interface Tiles {
  readonly kernel: number
  readonly offsets: readonly [number, number, number]
  readonly others: readonly number[]
}

function workOfTap(geometry: Geometry, places: Places, tap: number): TapWork {
  const { outHeight, inChannels, outChannels } = geometry
  const pixels = meetingPixels(geometry, { images: [0, 1], rows: [0, outHeight] }, tap)
  if (pixels === undefined) return { a: 0, b: 0, c: 0, rows: 0, tiles: [] }
  const { counts, firstOfX, firstOfDy } = pixels
  const [columns, rows] = counts
  const turnedTap = geometry.filterHeight * geometry.filterWidth - 1 - tap
  return {
    a: places.dy + bytes * firstOfDy,
    b: places.turned + bytes * inChannels * outChannels * turnedTap,
    c: places.dx + bytes * inChannels * firstOfX,
    rows,
    tiles: tilesOf(geometry, columns)
  }
}

/** c[i, j] += Σ a[o, i]·b[o, j] over o, for some columns i: whole tiles, then the rest. */
function tilesOf(geometry: Geometry, columns: number): Tiles[] {
  const { batchSize, outHeight, outWidth, strideWidth, inChannels, outChannels } = geometry
  const [stepA, stepB] = [bytes * batchSize * outHeight * outWidth, bytes * inChannels]
  const stepC = stepB * strideWidth
  return tilings(columns, tileRows).flatMap(([rows, i, tilesA]) =>
    tilings(inChannels / 4, tileVectors).map(([vectors, j, tilesB]) => ({
      kernel: kernelIndex(outerProductsName(rows, vectors)),
      offsets: [bytes * i, 4 * bytes * j, stepC * i + 4 * bytes * j] as const,
      others: [outChannels, stepA, stepB, 1, 0, 0, 1, 0, 0, tilesA, tilesB, stepC]
    }))
  )
}

/** Adds what a tap does to an image. */
function addImage(calls: CallList, geometry: Geometry, { a, b, c, rows, tiles }: TapWork, image: number): void {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, inChannels } = geometry
  const [rowA, rowC] = [bytes * outWidth, bytes * inChannels * strideHeight * inWidth]
  let atA = a + bytes * image * outHeight * outWidth
  let atC = c + bytes * inChannels * image * inHeight * inWidth
  for (let row = 0; row < rows; row++) {
    for (const { kernel, offsets, others } of tiles) {
      calls.add(kernel, atA + offsets[0], b + offsets[1], atC + offsets[2], ...others)
    }
    atA += rowA
    atC += rowC
  }
}
