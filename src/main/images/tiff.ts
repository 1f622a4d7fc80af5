import { fromArrayBuffer, type GeoTIFF, type GeoTIFFImage } from 'geotiff'
import { type PlaneChoice } from '../../shared/datasets.ts'
import { AppError, reasonOf, refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import {
  checkSize,
  emptyLike,
  type Picture,
  type PictureHeader,
  type PixelArray,
  unreadable,
  type Values
} from './picture.ts'
import { readBarePlane } from './tiff-bare.ts'
import { type ChannelPlace, choosePlanes } from './tiff-planes.ts'
import { describeStack, type TiffStack } from './tiff-stack.ts'
import { completeDirectory, readAllSamples, useBoundedDecoders } from './tiff-unpack.ts'
import { isWide, readWide } from './tiff-wide.ts'

useBoundedDecoders()

/** PhotometricInterpretation (TIFF 6.0, §8). */
const whiteIsZero = 0
const blackIsZero = 1
const rgb = 2
const paletteColour = 3

/** What must be known of a TIFF before its pixels are read. */
export interface TiffPage {
  readonly header: PictureHeader
  /** Its first page. */
  readonly image: GeoTIFFImage
  readonly photometric: number
  readonly stack: TiffStack
  /** Where the channels of the picture are; `undefined` where the picture is the whole file. */
  readonly places: readonly ChannelPlace[] | undefined
  readonly tiff: GeoTIFF
  readonly bytes: Uint8Array
}

/**
 * Opens a TIFF (OME-TIFF, BigTIFF), checks what it declares, and finds the planes that are wanted; no pixel is decoded.
 *
 * @throws AppError of kind `input` for a stack that needs a choice, a size beyond the limit, or a damaged directory
 */
export async function openTiff(path: string, bytes: Uint8Array, choice: PlaneChoice = {}): Promise<TiffPage> {
  const { tiff, image, stack } = await openStack(path, bytes, choice.axes)
  const [width, height, samples] = [image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]
  checkSize(path, width, height, Math.max(1, (samples * image.getBitsPerSample()) / 8))
  checkBlocks(path, image)
  const photometric = image.fileDirectory.getValue('PhotometricInterpretation') ?? 1
  const isOnePicture = isOne(image, stack, photometric) && !choice.channels
  const places = isOnePicture ? undefined : choosePlanes(path, stack, choice)
  const channels = places?.length ?? (photometric === paletteColour ? 3 : samples)
  const format = 'tiff' as const
  const header = { format, width, height, channels, bits: image.getBitsPerSample(), ...pixelSizeOf(stack) }
  return { header, image, photometric, stack, places, tiff, bytes }
}

/** Whether the first page is a picture of its own: gray, or colours with or without alpha; not stains. */
function isOne(image: GeoTIFFImage, stack: TiffStack, photometric: number): boolean {
  return stack.pages === 1 && (image.getSamplesPerPixel() === 1 || photometric > blackIsZero || hasAlpha(image))
}

function pixelSizeOf({ pixelSize }: TiffStack): Pick<PictureHeader, 'pixelSize'> {
  return pixelSize ? { pixelSize } : {}
}

/** Uncompressed, LZW, JPEG, deflate by its two numbers: what libvips unpacks; of others it makes noise without a word. */
const knownToVips = new Set([1, 5, 7, 8, 32946])
const iccProfile = 34675

/**
 * Whether libvips gives exactly the stored samples: plain gray or RGB of 8 bits, without a colour profile, which it
 * would apply. It does so in a sixth of the time.
 */
export function isPlainEightBit({ header, image, photometric, places }: TiffPage): boolean {
  if (places || image.fileDirectory.hasTag(iccProfile)) return false
  if (image.planarConfiguration === 2 || !isKnownToVips(image)) return false
  const isPlain =
    (photometric === blackIsZero && header.channels === 1) || (photometric === rgb && header.channels === 3)
  return isPlain && header.bits === 8 && image.getSampleFormat() === 1
}

const [oldJpeg, jpeg] = [6, 7]

export function isPackedAsJpeg({ image }: TiffPage): boolean {
  const packing = image.fileDirectory.getValue('Compression')
  return packing === oldJpeg || packing === jpeg
}

function isKnownToVips({ fileDirectory }: GeoTIFFImage): boolean {
  return knownToVips.has(fileDirectory.getValue('Compression') ?? 1)
}

/**
 * Decodes an open TIFF exactly: gray, RGB, alpha, palettes, and stains; unsigned integers to 32 bits, signed ones that
 * hold no negative value, integers of 64 bits whose values 32 can hold, floats of 16 and 32 bits, and of 64 whose values
 * 32 can hold. Values as they are stored are the indices of palettes, and what is not inverted. `undefined` for colour
 * spaces (YCbCr, CMYK, CIELab) that are not plain samples.
 */
export async function decodeTiff(
  path: string,
  page: TiffPage,
  values: Values = 'as shown'
): Promise<Picture | undefined> {
  const { image, header, photometric, places } = page
  if (places) return decodePlaces(path, page, places, values)
  if (photometric > paletteColour) {
    if (isKnownToVips(image)) return undefined
    throw unreadable(path, 'its colours are neither gray, RGB nor a palette, and are packed in a way that is not read')
  }
  const data = unsigned(path, await readSamples(path, image))
  if (values === 'as stored') return samplesAsPicture(path, page, data)
  if (photometric === paletteColour) return expandColours(path, image, data)
  finishSamples(data, photometric, header.bits)
  return samplesAsPicture(path, page, data)
}

function samplesAsPicture(path: string, { image, header }: TiffPage, data: PixelArray): Picture {
  const channels = image.getSamplesPerPixel()
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw unreadable(path, `it has ${channels} channels; only pictures with one to four are read`)
  }
  return { width: header.width, height: header.height, channels, bits: widthOf(data), data }
}

/** Puts the chosen channels side by side; each keeps its own scale. */
async function decodePlaces(
  path: string,
  page: TiffPage,
  places: readonly ChannelPlace[],
  values: Values
): Promise<Picture> {
  if (page.photometric > rgb) throw unreadable(path, 'it is a stack in a colour space that is not read')
  const { width, height, bits } = page.header
  const pages = await readPages(path, page, places)
  const channels = places.length as 1 | 2 | 3 // at most three are chosen
  const [any] = pages.values()
  const data = emptyLike(any?.data ?? new Uint8Array(0), width * height * channels)
  for (const [c, place] of places.entries()) {
    const source = place && pages.get(place.page)
    if (source) copyChannel({ from: source.data, every: source.samples, at: place.sample }, data, channels, c)
  }
  if (values === 'as shown') finishSamples(data, page.photometric, bits)
  return { width, height, channels, bits: widthOf(data), data, ...(channels > 1 ? { stains: true } : {}) }
}

interface Samples {
  readonly data: PixelArray
  /** How many a pixel has. */
  readonly samples: number
}

async function readPages(path: string, page: TiffPage, places: readonly ChannelPlace[]): Promise<Map<number, Samples>> {
  const pages = new Map<number, Samples>()
  for (const place of places) {
    if (place && !pages.has(place.page)) pages.set(place.page, await readPage(path, page, place.page))
  }
  return pages
}

function copyChannel(
  { from, every, at }: { readonly from: PixelArray; readonly every: number; readonly at: number },
  to: PixelArray,
  channels: number,
  channel: number
): void {
  for (let i = 0; i * channels < to.length; i++) to[i * channels + channel] = from[i * every + at] ?? 0
}

async function readPage(path: string, page: TiffPage, number: number): Promise<Samples> {
  const { image, header, stack, tiff, bytes } = page
  if (stack.isBare) return { data: unsigned(path, await readBarePlane(path, image, bytes, number)), samples: 1 }
  const other = number === 0 ? image : await pageImage(path, tiff, number)
  if (other.getWidth() !== header.width || other.getHeight() !== header.height) {
    throw unreadable(path, `its page ${number + 1} has a different size from its first`)
  }
  checkSize(path, header.width, header.height, Math.max(1, (other.getSamplesPerPixel() * other.getBitsPerSample()) / 8))
  checkBlocks(path, other)
  return { data: unsigned(path, await readSamples(path, other)), samples: other.getSamplesPerPixel() }
}

async function pageImage(path: string, tiff: GeoTIFF, number: number): Promise<GeoTIFFImage> {
  try {
    const image = await tiff.getImage(number)
    completeDirectory(image)
    return image
  } catch (cause) {
    throw unreadable(path, damageOf(cause), cause)
  }
}

async function readSamples(path: string, image: GeoTIFFImage): Promise<unknown> {
  try {
    return isWide(image) ? await readWide(path, image) : await readAllSamples(image)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw unreadable(path, damageOf(cause), cause)
  }
}

function widthOf(data: PixelArray): 8 | 16 | 32 {
  if (data instanceof Uint8Array) return 8
  return data instanceof Uint16Array ? 16 : 32
}

/** The planes of a TIFF; no pixel is decoded. */
export async function readStack(path: string, bytes: Uint8Array): Promise<TiffStack> {
  return (await openStack(path, bytes, undefined)).stack
}

async function openStack(path: string, bytes: Uint8Array, axes: string | undefined) {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength
  const whole = isWhole ? bytes.buffer : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  try {
    // A file read into memory is never shared memory.
    const tiff = await fromArrayBuffer(whole as ArrayBuffer)
    const image = await tiff.getImage(0)
    completeDirectory(image)
    return { tiff, image, stack: await describeStack(path, tiff, image, axes) }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw unreadable(path, damageOf(cause), cause)
  }
}

/** ExtraSamples: 1 and 2 are opacity, 0 is anything else. */
function hasAlpha(image: GeoTIFFImage): boolean {
  const extra: unknown = image.fileDirectory.getValue('ExtraSamples')
  const kinds = extra === undefined ? [] : Array.from(extra as ArrayLike<number>)
  return kinds.length > 0 && kinds.every((kind) => kind === 1 || kind === 2)
}

/** A strip or tile that is far larger than the picture would be memory taken for nothing. */
function checkBlocks(path: string, image: GeoTIFFImage): void {
  const [width, height] = [image.getTileWidth(), image.getTileHeight()]
  if (!(width >= 1 && height >= 1)) throw unreadable(path, 'its tiles have no size')
  const samples = image.getSamplesPerPixel()
  if (!Number.isInteger(samples) || samples < 1) throw unreadable(path, 'its number of channels is damaged')
  checkSize(path, width, height, Math.max(1, (samples * image.getBitsPerSample()) / 8))
  const planes = image.planarConfiguration === 2 ? samples : 1
  const blocks = planes * Math.ceil(image.getWidth() / width) * Math.ceil(image.getHeight() / height)
  if (blocks > limits.picture.blocks) throw unreadable(path, `it is cut into ${blocks} pieces, more than any picture`)
}

/** What geotiff stumbles over, in words of ours. */
function damageOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'the file ends before the picture does, or its directory is damaged'
  return reasonOf(cause, 'its directory or pixels are damaged or of a kind that is not read')
}

function unsigned(path: string, samples: unknown): PixelArray {
  if (samples instanceof Uint8Array || samples instanceof Uint16Array) return samples
  if (samples instanceof Uint32Array || samples instanceof Float32Array) return samples
  if (samples instanceof Int8Array) return new Uint8Array(withoutNegatives(path, samples))
  if (samples instanceof Int16Array) return new Uint16Array(withoutNegatives(path, samples))
  if (samples instanceof Int32Array) return new Uint32Array(withoutNegatives(path, samples))
  if (samples instanceof Float64Array) return singles(path, samples)
  throw unreadable(path, 'its samples are of a kind that is not read')
}

function singles(path: string, samples: Float64Array): Float32Array {
  const result = Float32Array.from(samples)
  if (samples.every((value, i) => Object.is(value, result[i]))) return result
  throw refuse(
    `${path} cannot be read: its samples are floats of 64 bits, more exact than the 32 bits that are read.`,
    {
      file: path,
      next: 'Save it with 32 bits: a label image as uint16 or uint32, a picture as float32.'
    }
  )
}

function withoutNegatives<T extends Int8Array | Int16Array | Int32Array>(path: string, samples: T): T {
  if (!samples.some((value) => value < 0)) return samples
  throw refuse(`${path} cannot be read: it holds negative values.`, {
    file: path,
    next: 'Save it without them: a label image or mask as uint16 with 0 for background, a picture with an offset added or as float32.'
  })
}

function finishSamples(data: PixelArray, photometric: number, bits: number): void {
  if (photometric === whiteIsZero) invert(data, bits)
  spreadSmallDepth(data, bits)
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
