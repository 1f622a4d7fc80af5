import { filteredSize, type FilterSettings, type ImageShape } from '../loops/fir.ts'
import { CallList, factor, mostShares, shareOut } from './calls.ts'
import { kernelIndex } from './kernels.ts'

/** Addresses. */
export interface FirPlaces {
  readonly x: number
  readonly y: number
  /** `firScratch` zeros. */
  readonly scratch: number
}

const bytes = Float32Array.BYTES_PER_ELEMENT
const mixRows = kernelIndex('mixRows')
const [one, three] = [factor(1), factor(3)]

/** How many numbers are used on the way: a row that stays zero, then one for each share. */
export function firScratch(shape: ImageShape): number {
  return (1 + mostShares) * rowLength(shape)
}

/** A row of x with zeros on either side, as many as any filter here needs. */
function rowLength({ width, channels }: ImageShape): number {
  return (width + 2 * 3) * channels
}

function rowOf({ scratch }: FirPlaces, shape: ImageShape, share: number): number {
  return scratch + bytes * rowLength(shape) * (1 + share)
}

/**
 * As `filterImages`, for a multiple of four channels: rows of x are mixed into one, and that one is filtered along its
 * pixels.
 */
export function filterCalls(places: FirPlaces, shape: ImageShape, settings: FilterSettings): CallList[] {
  const { batch, height, width, channels } = shape
  const { stride, padding, gain } = settings
  const lines = filteredSize(height, settings)
  const pixels = filteredSize(width, settings)
  const [pixelBytes, rowVectors] = [channels * bytes, (width * channels) / 4]
  const [outer, inner] = [factor(gain / 64), factor((3 * gain) / 64)]
  // With stride 1 the pixels of a row lie in both images as those of one long pixel.
  const along =
    stride === 1 ? [(pixels * channels) / 4, 1, 0, 0] : [channels / 4, pixels, stride * pixelBytes, pixelBytes]

  return shareOut(batch * lines, rowVectors, (first, count, share) => {
    const calls = new CallList()
    const mixed = rowOf(places, shape, share)
    const fourTaps = [0, 1, 2, 3].map((tap) => mixed + pixelBytes * tap)
    for (let line = first; line < first + count; line++) {
      const rows = [0, 1, 2, 3].map((tap) => (line % lines) * stride - padding + tap)
      const image = places.x + pixelBytes * width * height * Math.floor(line / lines)
      const sources = rows.map((row) => (row < 0 || row >= height ? places.scratch : image + pixelBytes * width * row))
      calls.add(mixRows, ...sources, mixed + pixelBytes * padding, rowVectors, 1, 0, 0, outer, inner)
      calls.add(mixRows, ...fourTaps, places.y + pixelBytes * pixels * line, ...along, one, three)
    }
    return calls
  })
}

/** As `upsampleImages`, for a multiple of four channels: every number is one of the nearer pixel and one of the farther. */
export function upsampleCalls(places: FirPlaces, shape: ImageShape, gain: number): CallList[] {
  const { batch, height, width, channels } = shape
  const [pixelBytes, rowVectors] = [channels * bytes, (width * channels) / 4]
  const [outer, inner] = [factor(gain / 16), factor((3 * gain) / 16)]
  const nothing = places.scratch
  return shareOut(2 * batch * height, rowVectors, (first, count, share) => {
    const calls = new CallList()
    const before = rowOf(places, shape, share) // a zero pixel, the row, a zero pixel
    const [mixed, after] = [before + pixelBytes, before + 2 * pixelBytes]
    const along = [channels / 4, width, pixelBytes, 2 * pixelBytes, one, three]
    for (let line = first; line < first + count; line++) {
      const row = Math.floor(line / 2) // among those of all images
      const far = (row % height) + (line % 2 === 0 ? -1 : 1)
      const [near, rowBytes] = [places.x + pixelBytes * width * row, pixelBytes * width]
      const other = far < 0 || far >= height ? nothing : near + (line % 2 === 0 ? -rowBytes : rowBytes)
      const y = places.y + 2 * rowBytes * line
      calls.add(mixRows, other, near, nothing, nothing, mixed, rowVectors, 1, 0, 0, outer, inner)
      calls.add(mixRows, before, mixed, nothing, nothing, y, ...along)
      calls.add(mixRows, after, mixed, nothing, nothing, y + pixelBytes, ...along)
    }
    return calls
  })
}
