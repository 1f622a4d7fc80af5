import sharp from 'sharp'
import { limits } from '../../shared/limits.ts'
import { type Picture, type PictureHeader, unreadable } from './picture.ts'

/** Reads size and channels from a JPEG's markers; nothing is decoded. */
export function jpegHeader(path: string, bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 2
  while (at + 9 < bytes.length) {
    const marker = view.getUint16(at)
    if (isFrame(marker)) {
      const channels = view.getUint8(at + 9) === 1 ? 1 : 3
      return {
        format: 'jpeg',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
        channels,
        bits: view.getUint8(at + 4)
      }
    }
    const isFill = marker === 0xffff
    at += isFill ? 1 : 2 + view.getUint16(at + 2)
  }
  throw unreadable(path, 'the file ends in its header')
}

/** Start-of-frame markers: 0xFFC0 … 0xFFCF but for tables (C4, CC) and the reserved one (C8). */
function isFrame(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc
}

/**
 * Decodes what libvips knows and we do not read ourselves: JPEG, and TIFF in colour spaces that are not plain samples.
 *
 * The result has 8 bits; gray stays one channel, everything else becomes sRGB. Orientation tags are not applied,
 * because annotations refer to the stored grid, and neither are colour profiles, because values are measurements.
 */
export async function decodeWithSharp(path: string, bytes: Uint8Array): Promise<Picture> {
  try {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: limits.picture.pixels, ignoreIcc: true })
    const { space } = await image.metadata()
    const { data, info } = await image
      .toColourspace(space === 'b-w' ? 'b-w' : 'srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, bits: 8, data: pixels }
  } catch (cause) {
    throw unreadable(path, 'its pixels are damaged, or the file ends before the picture does', cause)
  }
}
