import { refuse } from '../../shared/errors.ts'
import { unreadable } from './picture.ts'

const saveAs = 'Save it as PNG or TIFF under the same name (in Fiji: Image > Save As), and import again.'
const downloadAgain = 'Download the pictures again: something else came in their place.'

/** What lies under names of pictures now and then, by how it begins; and what to do. */
const contents: readonly (readonly [beginning: RegExp, is: string, next: string])[] = [
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS to the picture', 'Fetch the pictures themselves: git lfs pull.'],
  [/^\s*<(?:!doctype html|html|\?xml|error)/i, 'a web page or an answer of a web server', downloadAgain],
  [/^<svg/i, 'an SVG drawing', saveAs],
  [/^BM/, 'a BMP', saveAs],
  [/^GIF8/, 'a GIF', saveAs],
  [/^RIFF[^]{4}WEBP/, 'a WebP', saveAs],
  [/^[^]{4}ftyp(?:hei|hev|mif|msf)/, 'a HEIC', saveAs],
  [/^[^]{4}ftypavi/, 'an AVIF', saveAs],
  [/^(?:[^]{4}jP {2}|\xff\x4f\xff\x51)/, 'a JPEG 2000', saveAs],
  [/^[^]{4}JXL /, 'a JPEG XL', saveAs],
  [/^8BPS/, 'a Photoshop file', saveAs],
  [/^%PDF/, 'a PDF', saveAs],
  [/^ZISRAWFILE/, "a microscope's own file (CZI)", 'Open it in Fiji, and choose Image > Save As > TIFF.'],
  [/^\xda\xce\xbe\n/, "a microscope's own file (ND2)", 'Open it in Fiji, and choose Image > Save As > TIFF.'],
  [/^[^]{128}DICM/, 'a DICOM file', 'Open it in Fiji, and choose Image > Save As > TIFF.'],
  [/^\x93NUMPY/, 'a NumPy array', 'Save it as PNG or TIFF of 16 bits.'],
  [/^PK/, 'a zip', 'Unpack it.'],
  [/^[^]\x8b/, 'packed by gzip', 'Unpack it (gunzip).']
]

/** The error for a file that is called a picture and is none that is read. */
export function describeContent(path: string, bytes: Uint8Array): Error {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.length)).toString('latin1')
  const known = contents.find(([beginning]) => beginning.test(start))
  if (!known) return unreadable(path, 'its content is not a PNG, TIFF or JPEG')
  return refuse(`${path} cannot be read: its content is ${known[1]}, not a PNG, TIFF or JPEG.`, {
    file: path,
    next: known[2]
  })
}
