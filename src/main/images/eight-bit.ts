import { type Picture, type PixelArray } from './picture.ts'

/** How values beyond 8 bits come to 0…255: the 1st to 99.8th percentile of each picture, or the type's whole range. */
export type Brightness = 'percentiles' | 'full'

/**
 * The picture in 8 bits, as gray (one value a pixel) or RGB (three, interleaved).
 *
 * 8-bit samples stay as they are. Others are stretched linearly with one scale for all channels, so colours keep their
 * ratios; floats and 32-bit integers have no range of their own and use their lowest and highest value for 'full'.
 * Gray of a colour picture is the rounded mean of R, G and B, which is exact where the three agree. Alpha is dropped.
 */
export function toEightBit(picture: Picture, brightness: Brightness, channels: 'gray' | 'rgb'): Uint8Array {
  const plain = dropAlpha(picture)
  const samples = plain.data instanceof Uint8Array ? plain.data : stretch(plain.data, brightness)
  if (channels === 'gray') return plain.channels === 3 ? meanOfColours(samples) : samples
  return plain.channels === 3 ? samples : repeatGray(samples)
}

/** The picture without an alpha channel. */
function dropAlpha(picture: Picture): Picture & { readonly channels: 1 | 3 } {
  if (picture.channels === 1 || picture.channels === 3) return { ...picture, channels: picture.channels }
  const kept = picture.channels === 2 ? 1 : 3
  return { ...picture, channels: kept, data: firstChannels(picture, kept) }
}

/** Whether an alpha channel says that some pixel is not opaque. */
export function isTransparent({ channels, bits, data }: Picture): boolean {
  if (channels === 1 || channels === 3) return false
  const opaque = data instanceof Float32Array ? 1 : 2 ** bits - 1
  for (let i = channels - 1; i < data.length; i += channels) if (data[i] !== opaque) return true
  return false
}

/** Whether the picture has no colour: one channel, or R = G = B in every pixel. */
export function isGray({ channels, data }: Picture): boolean {
  if (channels <= 2) return true
  for (let i = 0; i < data.length; i += channels) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  }
  return true
}

function firstChannels({ width, height, channels, data }: Picture, kept: number): PixelArray {
  const result = data.slice(0, width * height * kept)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < kept; c++) result[i * kept + c] = data[i * channels + c] ?? 0
  }
  return result
}

function meanOfColours(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3)
  for (let i = 0; i < gray.length; i++) {
    gray[i] = Math.round(((rgb[3 * i] ?? 0) + (rgb[3 * i + 1] ?? 0) + (rgb[3 * i + 2] ?? 0)) / 3)
  }
  return gray
}

function repeatGray(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3)
  for (let i = 0; i < gray.length; i++) rgb.fill(gray[i] ?? 0, 3 * i, 3 * i + 3)
  return rgb
}

function stretch(data: PixelArray, brightness: Brightness): Uint8Array {
  const [low, high] = brightness === 'full' ? fullRange(data) : percentileRange(data)
  const factor = high > low ? 255 / (high - low) : 0
  const result = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const value = Math.round(((data[i] ?? 0) - low) * factor)
    result[i] = value >= 255 ? 255 : value > 0 ? value : 0 // not-a-number becomes 0
  }
  return result
}

function fullRange(data: PixelArray): [number, number] {
  if (data instanceof Uint16Array) return [0, 0xffff]
  let [low, high] = [Infinity, -Infinity]
  for (const value of data) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

function percentileRange(data: PixelArray): [number, number] {
  const sorted = (data instanceof Float32Array ? data.filter((value) => Number.isFinite(value)) : data.slice()).sort()
  return [percentile(sorted, 0.01), percentile(sorted, 0.998)]
}

/** Linear between the two nearest values in order, as NumPy's default. */
function percentile(sorted: PixelArray, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? 0
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (position - below)
}
