import { type GeoTIFFImage } from 'geotiff'
import { unreadable } from './picture.ts'

/**
 * Reads a plane of a stack that has one directory for all: ImageJ and tifffile write the samples of plane after plane
 * behind one another and give only the first a place.
 */
export async function readBarePlane(
  path: string,
  image: GeoTIFFImage,
  bytes: Uint8Array,
  plane: number
): Promise<unknown> {
  const [width, height] = [image.getWidth(), image.getHeight()]
  const bits = image.getBitsPerSample()
  const isPacked = (image.fileDirectory.getValue('Compression') ?? 1) !== 1
  if (isPacked || bits % 8 !== 0) throw unreadable(path, 'it is a stack whose pages have no directories')
  const length = (width * height * bits) / 8
  const offsets: unknown = await image.fileDirectory.loadValue('StripOffsets')
  const first = Number(typeof offsets === 'number' ? offsets : (offsets as ArrayLike<number> | undefined)?.[0])
  const start = first + plane * length
  if (!(start >= 0 && start + length <= bytes.byteLength)) throw unreadable(path, 'the file ends before its stack does')
  return samplesOf(path, bytes.slice(start, start + length), image, bits)
}

function samplesOf(path: string, bytes: Uint8Array, image: GeoTIFFImage, bits: number): unknown {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!image.littleEndian && bits === 16) view.swap16()
  if (!image.littleEndian && bits === 32) view.swap32()
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const [unsigned, signed, float] = [1, 2, 3]
  const format = image.getSampleFormat()
  if (bits === 8) return format === signed ? new Int8Array(buffer) : new Uint8Array(buffer)
  if (bits === 16 && format !== float) return format === signed ? new Int16Array(buffer) : new Uint16Array(buffer)
  if (bits === 32 && format === float) return new Float32Array(buffer)
  if (bits === 32) return format === unsigned ? new Uint32Array(buffer) : new Int32Array(buffer)
  throw unreadable(path, `its samples have ${bits} bits, which is not read in such a stack`)
}
