import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export type PixelArray = Uint8Array | Uint16Array | Uint32Array | Float32Array

/** Pixels as a file holds them: interleaved, row by row from the top left. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** Gray, gray and alpha, RGB, RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4
  /** 8, 16 or 32 bits an unsigned sample; 32 also for floats. */
  readonly bits: 8 | 16 | 32
  readonly data: PixelArray
  /**
   * Whether the channels are stains, each on its own scale, and not the parts of one colour. Two stains are shown in
   * green and blue.
   */
  readonly stains?: boolean
}

/** Whether values are brightness, to be shown by palettes and inversion, or numbers. */
export type Values = 'as shown' | 'as stored'

export type PictureFormat = 'png' | 'tiff' | 'jpeg'

/** What a file says of itself before any pixel is decoded. */
export interface PictureHeader {
  readonly format: PictureFormat
  readonly width: number
  readonly height: number
  readonly channels: number
  /** Bits a sample in the file: 1, 2 and 4 are widened to 8 when decoded. */
  readonly bits: number
  /** µm, where the file tells. */
  readonly pixelSize?: PixelSize
}

/** Of one pixel, in µm. */
export interface PixelSize {
  readonly x: number
  readonly y: number
}

/** How many channels are colours; the others are opacity. */
export function coloursOf({ channels }: Picture): number {
  return channels === 2 || channels === 4 ? channels - 1 : channels
}

/** Whether all colours are the same everywhere and opacity alone draws something, as in cut-outs. */
export function isDrawnByOpacity(picture: Picture): boolean {
  const { channels, data } = picture
  const colours = coloursOf(picture)
  if (colours === channels) return false
  let differs = false
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < colours; c++) if (data[i + c] !== data[c]) return false
    differs ||= data[i + colours] !== data[colours]
  }
  return differs
}

/** Zeros of the same type. */
export function emptyLike(data: PixelArray, length: number): PixelArray {
  if (data instanceof Uint8Array) return new Uint8Array(length)
  if (data instanceof Uint16Array) return new Uint16Array(length)
  return data instanceof Uint32Array ? new Uint32Array(length) : new Float32Array(length)
}

/**
 * @param bytesPerPixel of all samples of one pixel, decoded
 * @throws AppError of kind `input` when a declared size is impossible or beyond the limits
 */
export function checkSize(path: string, width: number, height: number, bytesPerPixel = 1): void {
  const { pixels, sampleBytes } = limits.picture
  if (!(width >= 1 && height >= 1)) {
    throw refuse(`${path} says that it is ${width}×${height} pixels in size, which is not possible.`, {
      file: path,
      next: 'Export it again from the program that made it.'
    })
  }
  if (width * height > pixels) {
    throw refuse(
      `${path} says that it is ${width}×${height} pixels in size; at most ${pixels / 2 ** 20} million pixels are read.`,
      { file: path, next: 'Cut it into smaller fields of view and import those.' }
    )
  }
  if (width * height * bytesPerPixel > sampleBytes) {
    throw refuse(
      `${path} says that its ${width}×${height} pixels have ${bytesPerPixel} bytes each; at most ${sampleBytes / 2 ** 20} MB are read.`,
      { file: path, next: 'Cut it into smaller fields of view, or save fewer channels or bits.' }
    )
  }
}

/** A picture that cannot be read: file, reason and next step in one place. */
export function unreadable(path: string, reason: string, cause?: unknown): Error {
  return refuse(`${path} cannot be read: ${reason}.`, {
    file: path,
    next: 'Open it in the program that made it and export it again as PNG or TIFF.',
    cause
  })
}
