import { fromArrayBuffer, type GeoTIFF, type GeoTIFFImage } from 'geotiff'
import { checkSize, type Picture, type PictureHeader, type PixelArray, unreadable } from './picture.ts'

/** PhotometricInterpretation (TIFF 6.0, §8). */
const whiteIsZero = 0
const blackIsZero = 1
const rgb = 2
const paletteColour = 3

/** What must be known of a TIFF's first page before its pixels are read. */
export interface TiffPage {
  readonly header: PictureHeader
  readonly image: GeoTIFFImage
  readonly photometric: number
}

/**
 * Opens the one page of a TIFF and checks what it declares; no pixel is decoded.
 *
 * @throws AppError of kind `input` for a stack of pages, a size beyond the limit, or a damaged directory
 */
export async function openTiff(path: string, bytes: Uint8Array): Promise<TiffPage> {
  const image = await firstPage(path, bytes)
  const [width, height, channels] = [image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]
  checkSize(path, width, height)
  const photometric = image.fileDirectory.getValue('PhotometricInterpretation') ?? 1
  const isPalette = photometric === paletteColour
  const header = {
    format: 'tiff' as const,
    width,
    height,
    channels: isPalette ? 3 : channels,
    bits: image.getBitsPerSample()
  }
  checkBlocks(path, image)
  return { header, image, photometric }
}

/**
 * Whether libvips gives exactly the stored samples: plain gray or RGB of 8 bits. It does so in a sixth of the time.
 */
export function isPlainEightBit({ header, image, photometric }: TiffPage): boolean {
  const isPlain =
    (photometric === blackIsZero && header.channels === 1) || (photometric === rgb && header.channels === 3)
  return isPlain && header.bits === 8 && image.getSampleFormat() === 1
}

/**
 * Decodes an open TIFF exactly: gray, RGB, alpha and palettes; unsigned integers to 32 bits, signed ones that hold no
 * negative value, floats of 16 and 32 bits. `undefined` for colour spaces (YCbCr, CMYK, CIELab) that are not plain samples.
 */
export async function decodeTiff(path: string, { image, header, photometric }: TiffPage): Promise<Picture | undefined> {
  if (photometric > paletteColour) return undefined
  const data = unsigned(path, await readSamples(path, image))
  if (photometric === paletteColour) return expandColours(path, image, data)
  const channels = image.getSamplesPerPixel()
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw unreadable(path, `it has ${channels} channels, and pictures of one to four are read`)
  }
  if (photometric === whiteIsZero) invert(data, header.bits)
  spreadSmallDepth(data, header.bits)
  return { width: header.width, height: header.height, channels, bits: widthOf(data), data }
}

async function readSamples(path: string, image: GeoTIFFImage): Promise<unknown> {
  try {
    return await image.readRasters({ interleave: true })
  } catch (cause) {
    throw unreadable(path, reasonOf(cause), cause)
  }
}

function widthOf(data: PixelArray): 8 | 16 | 32 {
  if (data instanceof Uint8Array) return 8
  return data instanceof Uint16Array ? 16 : 32
}

async function firstPage(path: string, bytes: Uint8Array): Promise<GeoTIFFImage> {
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  try {
    // A file read into memory is never shared memory.
    const tiff = await fromArrayBuffer(whole as ArrayBuffer)
    const image = await tiff.getImage(0)
    const pages = (await stackSize(image)) ?? ((await hasSecondPage(tiff)) ? 'several' : undefined)
    if (pages !== undefined) throw new StackError(pages)
    return image
  } catch (cause) {
    if (cause instanceof StackError) {
      throw unreadable(path, `it is a stack of ${cause.pages} pictures, and one picture a file is read`)
    }
    throw unreadable(path, reasonOf(cause), cause)
  }
}

class StackError extends Error {
  readonly pages: string

  constructor(pages: string) {
    super('stack')
    this.pages = pages
  }
}

/** ImageJ stores large stacks behind one directory and says so in its description. */
async function stackSize(image: GeoTIFFImage): Promise<string | undefined> {
  const description: unknown = await image.fileDirectory.loadValue('ImageDescription')
  if (typeof description !== 'string' || !description.startsWith('ImageJ=')) return undefined
  const count = /^images=(\d+)$/m.exec(description)?.[1]
  return count === undefined || Number(count) <= 1 ? undefined : count
}

async function hasSecondPage(tiff: GeoTIFF): Promise<boolean> {
  const first = await tiff.requestIFD(0)
  if (first.nextIFDByteOffset === 0) return false
  const second = await tiff.requestIFD(1)
  const isReducedCopy = ((second.getValue('NewSubfileType') ?? 0) & 1) === 1
  return !isReducedCopy
}

/** A strip or tile that is far larger than the picture would be memory taken for nothing. */
function checkBlocks(path: string, image: GeoTIFFImage): void {
  const [width, height] = [image.getTileWidth(), image.getTileHeight()]
  if (!(width >= 1 && height >= 1)) throw unreadable(path, 'its tiles have no size')
  checkSize(path, width, height)
}

/** What geotiff says, as the end of a sentence. */
function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'the file ends before the picture does, or its directory is damaged'
  const message = cause instanceof Error ? cause.message : String(cause)
  return `its directory or pixels are damaged or of a kind that is not read (${message.replace(/\.$/, '')})`
}

function unsigned(path: string, samples: unknown): PixelArray {
  if (samples instanceof Uint8Array || samples instanceof Uint16Array) return samples
  if (samples instanceof Uint32Array || samples instanceof Float32Array) return samples
  if (samples instanceof Int8Array) return new Uint8Array(withoutNegatives(path, samples))
  if (samples instanceof Int16Array) return new Uint16Array(withoutNegatives(path, samples))
  if (samples instanceof Int32Array) return new Uint32Array(withoutNegatives(path, samples))
  throw unreadable(path, 'its samples are floats of 64 bits, and floats of 16 and 32 bits are read')
}

function withoutNegatives<T extends Int8Array | Int16Array | Int32Array>(path: string, samples: T): T {
  if (samples.some((value) => value < 0)) throw unreadable(path, 'it holds negative values')
  return samples
}

function invert(data: PixelArray, bits: number): void {
  if (data instanceof Float32Array) return
  const top = 2 ** bits - 1
  for (let i = 0; i < data.length; i++) data[i] = top - (data[i] ?? 0)
}

/** 1, 2 and 4 bits a sample become 0…255; 12 bits stay as they are, in 16. */
function spreadSmallDepth(data: PixelArray, bits: number): void {
  if (bits >= 8) return
  const factor = 255 / (2 ** bits - 1)
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * factor
}

async function expandColours(path: string, image: GeoTIFFImage, indices: PixelArray): Promise<Picture> {
  const table: unknown = await image.fileDirectory.loadValue('ColorMap')
  if (!(table instanceof Uint16Array)) throw unreadable(path, 'its table of colours is missing')
  const size = table.length / 3
  const data = new Uint8Array(indices.length * 3)
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0
    if (index >= size) throw unreadable(path, `it uses colour ${index}, which its table lacks`)
    for (let c = 0; c < 3; c++) data[3 * i + c] = (table[c * size + index] ?? 0) >> 8
  }
  return { width: image.getWidth(), height: image.getHeight(), channels: 3, bits: 8, data }
}
