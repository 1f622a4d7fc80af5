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

/** By bits, then by the number of TIFF's SampleFormat: unsigned, signed, float. */
const arrays: Readonly<Record<string, new (buffer: ArrayBuffer) => unknown>> = {
  '8/1': Uint8Array,
  '8/2': Int8Array,
  '16/1': Uint16Array,
  '16/2': Int16Array,
  '32/1': Uint32Array,
  '32/2': Int32Array,
  '32/3': Float32Array
}

function samplesOf(path: string, bytes: Uint8Array, image: GeoTIFFImage, bits: number): unknown {
  const array = arrays[`${bits}/${image.getSampleFormat()}`]
  if (!array) throw unreadable(path, `its samples have ${bits} bits, which is not read in such a stack`)
  const view = Buffer.from(bytes) // a copy, whose bytes may change places
  if (!image.littleEndian && bits === 16) view.swap16()
  if (!image.littleEndian && bits === 32) view.swap32()
  return new array(new Uint8Array(view).buffer)
}
