import { type PictureFormat } from './picture.ts'

/** How a picture is to be turned when it is shown (TIFF's and EXIF's tag 274): 1 as it is stored … 8. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export function isOrientation(value: number): value is Orientation {
  return Number.isInteger(value) && value >= 1 && value <= 8
}

/** What a file says of it: a TIFF in its first directory, a JPEG and a PNG in their EXIF. Damage says nothing. */
export function orientationOf(format: PictureFormat, bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (format === 'tiff') return ofDirectory(view, 0)
    return format === 'jpeg' ? ofJpeg(view) : ofPng(view)
  } catch (thrown) {
    if (thrown instanceof RangeError) return 1
    throw thrown
  }
}

const [appOne, startOfScan] = [0xffe1, 0xffda]

function ofJpeg(view: DataView): Orientation {
  for (let at = 2; ;) {
    const marker = view.getUint16(at)
    if (marker === 0xffff) {
      at++
      continue
    }
    if (marker === startOfScan || marker < 0xff01) return 1
    if (marker === appOne && textAt(view, at + 4, 4) === 'Exif') return ofDirectory(view, at + 10)
    at += 2 + view.getUint16(at + 2)
  }
}

function ofPng(view: DataView): Orientation {
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const kind = textAt(view, at + 4, 4)
    if (kind === 'eXIf') return ofDirectory(view, at + 8)
    if (kind === 'IEND') return 1
  }
}

const orientationTag = 274

/** The first directory of a TIFF or BigTIFF that begins at `start`. */
function ofDirectory(view: DataView, start: number): Orientation {
  const isLittle = textAt(view, start, 2) === 'II'
  const isBig = view.getUint16(start + 2, isLittle) === 43
  const long = (at: number) =>
    isBig ? Number(view.getBigUint64(start + at, isLittle)) : view.getUint32(start + at, isLittle)
  const directory = isBig ? long(8) : long(4)
  const count = isBig ? long(directory) : view.getUint16(start + directory, isLittle)
  const [first, length, value] = isBig ? [directory + 8, 20, 12] : [directory + 2, 12, 8]
  for (let i = 0, at = start + first; i < count; i++, at += length) {
    if (view.getUint16(at, isLittle) !== orientationTag) continue
    const found = view.getUint16(at + value, isLittle)
    return isOrientation(found) ? found : 1
  }
  return 1
}

function textAt(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(view.getUint8(at + i))).join('')
}

/** Where a stored pixel is when the picture is shown, given the stored size. */
export function shownAt(
  orientation: Orientation,
  { width, height }: { readonly width: number; readonly height: number },
  x: number,
  y: number
): readonly [number, number] {
  const [right, bottom] = [width - 1 - x, height - 1 - y]
  const places = { 1: [x, y], 2: [right, y], 3: [right, bottom], 4: [x, bottom] } as const
  if (orientation <= 4) return places[orientation as 1 | 2 | 3 | 4]
  const turned = { 5: [y, x], 6: [bottom, x], 7: [bottom, right], 8: [y, right] } as const
  return turned[orientation as 5 | 6 | 7 | 8]
}
