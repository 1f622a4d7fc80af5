import { autoContrast } from '../images/auto-contrast.ts'
import { Canvas } from '../images/canvas.ts'
import { type Brightness, isGray, toEightBit } from '../images/eight-bit.ts'
import { encodeGrayPng8, encodeRgbPng } from '../images/png-encode.ts'
import { outlineCells } from '../images/preview.ts'
import { readPicture } from '../images/read.ts'
import { type Raster8, scaleDown } from '../images/scale.ts'
import { type Cell } from '../masks/overlap-graph.ts'
import { paintCells } from '../masks/paint.ts'

/** The longer side of a picture on a page, in pixels; what is smaller stays as it is. */
const mostSide = 480

/** New size over old. */
export function shownFactor({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(1, mostSide / Math.max(width, height))
}

/**
 * A picture as it is looked at: small, in its own colours or others, with auto contrast or as a rule of brightness would have
 * it. The file stays as it is.
 */
export async function showPicture(file: string, brightness?: Brightness, channels?: 'gray' | 'rgb'): Promise<Raster8> {
  const picture = await readPicture(file)
  const isColour = channels === undefined ? !isGray(picture) : channels === 'rgb'
  const pixels = toEightBit(picture, brightness ?? 'percentiles', isColour ? 'rgb' : 'gray')
  const { width, height } = picture
  const small = scaleDown({ pixels, width, height, channels: isColour ? 3 : 1 }, shownFactor(picture))
  return brightness === undefined ? { ...small, pixels: autoContrast(small.pixels) } : small
}

export function pngText({ pixels, width, height, channels }: Raster8): string {
  const encode = channels === 3 ? encodeRgbPng : encodeGrayPng8
  return Buffer.from(encode(pixels, width, height)).toString('base64')
}

/** @param cells on the grid of the small picture */
export function outlinedPngText(picture: Raster8, cells: readonly Cell[]): string {
  const { width, height } = picture
  const canvas = new Canvas(width, height, [0, 0, 0])
  canvas.place(picture, 0, 0)
  const { owners } = paintCells(cells, new Uint8Array(cells.length).fill(1), picture)
  outlineCells(canvas, { labels: owners, width, height }, { left: 0, top: 0, zoom: 1 })
  return pngText({ pixels: canvas.pixels, width, height, channels: 3 })
}
