import { type FileHandle, open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { type PlaneChoice } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { explainAccess, requirePlainFile } from '../../shared/file-access.ts'
import { limits } from '../../shared/limits.ts'
import { decodeWithSharp, jpegHeader } from './jpeg.ts'
import { checkSize, emptyLike, type Picture, type PictureFormat, type PixelSize, unreadable } from './picture.ts'
import { describeContent } from './other-contents.ts'
import { type Orientation, orientationOf } from './orientation.ts'
import { decodePng } from './png-decode.ts'
import { planesLike, type PictureStack } from './tiff-partner.ts'
import { decodeTiff, isPackedAsJpeg, isPlainEightBit, openTiff, readStack } from './tiff.ts'
import { type StackSizes } from './tiff-stack.ts'

/**
 * Decodes a PNG, TIFF or JPEG, told apart by content: the extension does not matter.
 *
 * Samples are exact for PNG and TIFF. Declared sizes are checked before memory is taken for them.
 *
 * @throws AppError of kind `input` with file, reason and next step: missing, empty, truncated, damaged, too large, or of
 * another format
 */
export async function readPicture(path: string): Promise<Picture> {
  return (await decodePicture(path, await readPictureFile(path))).picture
}

/**
 * The same for a picture whose values are numbers and not brightness, such as the numbers of cells: as they are stored,
 * the indices of palettes and the values of inverted TIFFs among them.
 */
export async function readStoredValues(path: string, of: PictureStack = {}): Promise<StoredValues> {
  const bytes = await readPictureFile(path)
  const format = formatOf(path, bytes)
  if (format === 'png') return { format, picture: decodePng(path, bytes, 'as stored'), isLossy: false }
  if (format === 'jpeg') return { format, picture: await decodeJpeg(path, bytes), isLossy: true }
  const page = await openTiff(path, bytes, planesLike(path, await readStack(path, bytes), of))
  const samples = isPlainEightBit(page) ? undefined : await decodeTiff(path, page, 'as stored')
  return { format, picture: samples ?? (await decodeWithSharp(path, bytes)), isLossy: isPackedAsJpeg(page) }
}

/** A picture as numbers; packing that loses something changes them. */
export interface StoredValues extends Pick<DecodedPicture, 'picture' | 'format'> {
  readonly isLossy: boolean
}

/** The same for bytes that were read before; `path` is for the sentence of an error. */
export async function decodePicture(
  path: string,
  bytes: Uint8Array,
  choice: PlaneChoice = {}
): Promise<DecodedPicture> {
  const format = formatOf(path, bytes)
  const orientation = orientationOf(format, bytes)
  if (format === 'tiff') return { format, orientation, ...(await decodeTiffFile(path, bytes, choice)) }
  const picture = format === 'png' ? decodePng(path, bytes) : await decodeJpeg(path, bytes)
  return { format, orientation, picture: chosen(path, picture, choice), isWhole: !choice.channels }
}

async function decodeJpeg(path: string, bytes: Uint8Array): Promise<Picture> {
  const { width, height, channels } = jpegHeader(path, bytes)
  checkSize(path, width, height, channels)
  return decodeWithSharp(path, bytes)
}

/** A picture as it was decoded, and what its file says beside the pixels. */
export interface DecodedPicture {
  readonly picture: Picture
  readonly format: PictureFormat
  /** Whether `readPicture` gives the same; else it is a choice among the planes of the file. */
  readonly isWhole: boolean
  readonly pixelSize?: PixelSize | undefined
  /** How many planes the file has on each axis, where it is a stack. */
  readonly stack?: StackSizes | undefined
  /** How it is to be turned when it is shown; the pixels are as they are stored. */
  readonly orientation: Orientation
}

async function decodeTiffFile(path: string, bytes: Uint8Array, choice: PlaneChoice) {
  const page = await openTiff(path, bytes, choice)
  const samples = isPlainEightBit(page) ? undefined : await decodeTiff(path, page)
  const picture = samples ?? (await decodeWithSharp(path, bytes))
  const { stack, header } = page
  const isWhole = stack.pages === 1 && !choice.channels
  const { sizeC, sizeZ, sizeT, pages } = stack
  return { picture, isWhole, pixelSize: header.pixelSize, ...(pages > 1 ? { stack: { sizeC, sizeZ, sizeT } } : {}) }
}

/** Channels of a picture that is no TIFF: the one that was chosen, or three as stains. */
function chosen(path: string, picture: Picture, { channels }: PlaneChoice): Picture {
  if (!channels) return picture
  const missing = channels.find((channel) => channel > picture.channels)
  if (missing !== undefined) {
    throw refuse(`${path} has ${picture.channels} channels, and channel ${missing} is not among them.`, {
      file: path,
      next: `Choose channels from 1 to ${picture.channels}.`,
      remedies: [{ action: 'set-option', option: 'channels' }]
    })
  }
  const area = picture.width * picture.height
  const kept = channels.length as 1 | 2 | 3 // the request's schema allows no more
  const result = emptyLike(picture.data, area * kept)
  for (const [c, channel] of channels.entries()) {
    if (channel === 0) continue
    for (let i = 0; i < area; i++) result[i * kept + c] = picture.data[i * picture.channels + channel - 1] ?? 0
  }
  return { ...picture, channels: kept, data: result, ...(kept > 1 ? { stains: true } : {}) }
}

/** What to tell the user when a file's extension says something else than its content; `undefined` when they agree. */
export function describeMislabelling(path: string, format: PictureFormat): string | undefined {
  const extension = extname(path).toLowerCase()
  const said = formatByExtension.get(extension)
  if (said === undefined || said === format) return undefined
  return `The name ends in ${extension}, but the content is ${format.toUpperCase()}; it was read as ${format.toUpperCase()}.`
}

/** Whether a file name is one of the pictures that can be read. */
export function isPictureName(name: string): boolean {
  return formatByExtension.has(extname(name).toLowerCase())
}

const formatByExtension = new Map<string, PictureFormat>([
  ['.png', 'png'],
  ['.tif', 'tiff'],
  ['.tiff', 'tiff'],
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg']
])

/** The bytes of a picture file; what can be wrong with getting at them becomes a sentence. */
export async function readPictureFile(path: string): Promise<Uint8Array> {
  try {
    requirePlainFile(path, 'picture', await stat(path))
    const file = await open(path, 'r')
    try {
      return await readChecked(path, file)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    throw explainAccess(path, 'picture', thrown)
  }
}

/** Enough to tell what a file is. */
const startBytes = 200

/** The first bytes tell whether the others are worth the memory. */
async function readChecked(path: string, file: FileHandle): Promise<Uint8Array> {
  const { size } = await file.stat()
  const start = Buffer.alloc(Math.min(startBytes, size))
  await file.read(start, 0, start.length, 0)
  formatOf(path, start)
  const { fileBytes } = limits.picture
  if (size > fileBytes) throw unreadable(path, `it is larger than ${fileBytes / 2 ** 20} MB`)
  return await file.readFile()
}

/** The format by the first bytes. */
function formatOf(path: string, bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw unreadable(path, 'the file is empty')
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(4, bytes.length)).toString('hex')
  if (start === '89504e47') return 'png'
  if (['49492a00', '4d4d002a', '49492b00', '4d4d002b'].includes(start)) return 'tiff'
  if (start.startsWith('ffd8ff')) return 'jpeg'
  throw describeContent(path, bytes)
}
