import { type ValueRange } from '../../shared/datasets.ts'
import { type Picture, type PixelArray } from './picture.ts'

/**
 * How values beyond 8 bits come to 0…255: the 1st to 99.8th percentile of each picture, the type's whole range, or
 * ranges that were settled before (one for all channels, or one for each stain).
 */
export type Brightness = 'percentiles' | 'full' | readonly ValueRange[]

/**
 * The picture in 8 bits, as gray (one value a pixel) or RGB (three, interleaved).
 *
 * 8-bit samples stay as they are. Others are stretched linearly: with one scale for all channels of a colour picture, so
 * that colours keep their ratios, and each stain by itself. Floats and 32-bit integers have no range of their own and
 * use their lowest and highest value for 'full'. Gray is the rounded mean of the channels, which is exact where they
 * agree. Two stains become green and blue, as DeepCell draws nuclei and membranes. Alpha is dropped.
 */
export function toEightBit(picture: Picture, brightness: Brightness, channels: 'gray' | 'rgb'): Uint8Array {
  const plain = dropAlpha(picture)
  const samples = plain.data instanceof Uint8Array ? plain.data : stretch(plain, brightness)
  if (channels === 'gray') return plain.channels === 1 ? samples : meanOfChannels(samples, plain.channels)
  if (plain.channels === 1) return repeatGray(samples)
  return plain.channels === 3 ? samples : greenAndBlue(samples)
}

/** What `toEightBit` maps to 0…255: one range for all channels, or one for each stain. */
export function valueRanges(picture: Picture, brightness: 'percentiles' | 'full'): ValueRange[] {
  if (picture.data instanceof Uint8Array) return [{ low: 0, high: 255 }]
  return separateScales(picture).map((values) => (brightness === 'full' ? fullRange(values) : percentileRange(values)))
}

/** The values that share a scale: all of a gray or colour picture together, each stain by itself. */
export function separateScales(picture: Picture): PixelArray[] {
  const { data, channels, stains } = dropAlpha(picture)
  return stains === true ? Array.from({ length: channels }, (_, c) => oneChannel(data, channels, c)) : [data]
}

/** The picture without an alpha channel. */
function dropAlpha(picture: Picture): Picture & { readonly channels: 1 | 2 | 3 } {
  const { channels, stains } = picture
  if (channels === 1 || channels === 3 || (channels === 2 && stains === true)) return { ...picture, channels }
  const kept = picture.channels === 2 ? 1 : 3
  return { ...picture, channels: kept, data: firstChannels(picture, kept) }
}

/** Whether an alpha channel says that some pixel is not opaque. */
export function isTransparent({ channels, bits, data, stains }: Picture): boolean {
  if (channels === 1 || channels === 3 || stains === true) return false
  const opaque = data instanceof Float32Array ? 1 : 2 ** bits - 1
  for (let i = channels - 1; i < data.length; i += channels) if (data[i] !== opaque) return true
  return false
}

/** Whether the picture has no colour: one channel, or R = G = B in every pixel. Stains are colours. */
export function isGray({ channels, data, stains }: Picture): boolean {
  if (stains === true) return false
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

function meanOfChannels(samples: Uint8Array, channels: number): Uint8Array {
  const gray = new Uint8Array(samples.length / channels)
  for (let i = 0; i < gray.length; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += samples[channels * i + c] ?? 0
    gray[i] = Math.round(sum / channels)
  }
  return gray
}

function greenAndBlue(pairs: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((pairs.length / 2) * 3)
  for (let i = 0; i < pairs.length / 2; i++) {
    rgb[3 * i + 1] = pairs[2 * i] ?? 0
    rgb[3 * i + 2] = pairs[2 * i + 1] ?? 0
  }
  return rgb
}

function oneChannel(data: PixelArray, channels: number, channel: number): PixelArray {
  const result = data.slice(0, data.length / channels)
  for (let i = 0; i < result.length; i++) result[i] = data[i * channels + channel] ?? 0
  return result
}

function repeatGray(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3)
  for (let i = 0; i < gray.length; i++) rgb.fill(gray[i] ?? 0, 3 * i, 3 * i + 3)
  return rgb
}

function stretch(picture: Picture, brightness: Brightness): Uint8Array {
  const { data, channels } = picture
  const ranges = typeof brightness === 'string' ? valueRanges(picture, brightness) : brightness
  const scales = ranges.map(({ low, high }) => ({ low, factor: high > low ? 255 / (high - low) : 0 }))
  const result = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const { low, factor } = scales[scales.length === 1 ? 0 : i % channels] ?? { low: 0, factor: 0 }
    const value = Math.round(((data[i] ?? 0) - low) * factor)
    result[i] = value >= 255 ? 255 : value > 0 ? value : 0 // not-a-number becomes 0
  }
  return result
}

function fullRange(data: PixelArray): ValueRange {
  if (data instanceof Uint16Array) return { low: 0, high: 0xffff }
  let [low, high] = [Infinity, -Infinity]
  for (const value of data) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? { low, high } : { low: 0, high: 0 }
}

/** The 1st to 99.8th percentile; what is no number does not count. */
export function percentileRange(data: PixelArray | Float64Array): ValueRange {
  const hasFractions = data instanceof Float32Array || data instanceof Float64Array
  const sorted = (hasFractions ? data.filter((value) => Number.isFinite(value)) : data.slice()).sort()
  return { low: percentile(sorted, 0.01), high: percentile(sorted, 0.998) }
}

/** Linear between the two nearest values in order, as NumPy's default. */
function percentile(sorted: PixelArray | Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] ?? 0
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (position - below)
}
