import sharp from 'sharp'
import { autoContrast } from './auto-contrast.ts'
import { isGray, toEightBit } from './eight-bit.ts'
import { type Colour, labelColour } from './label-colours.ts'
import { type Picture } from './picture.ts'

/** What covers a picture: nothing, but for the pixels of cells. */
export interface Overlay {
  /** Object numbers; 0 is background. */
  readonly labels: Uint32Array
  readonly width: number
  readonly height: number
}

/** The longer side of pictures in grids. */
const smallSide = 256
/** Overlays of small pictures are finer than their pixels. */
const overlaySide = 1024

/** The picture for a screen, as a PNG: its values in 8 bits, and stretched unless they are to be seen as they are. */
export async function drawPicture(picture: Picture, size: 'small' | 'whole', contrast: boolean): Promise<Buffer> {
  const { width, height } = picture
  const channels = isGray(picture) ? 1 : 3
  const bytes = toEightBit(picture, contrast ? 'percentiles' : 'full', channels === 1 ? 'gray' : 'rgb')
  const pixels = contrast ? autoContrast(bytes) : bytes
  const image = sharp(pixels, { raw: { width, height, channels } })
  const shown =
    size === 'small' ? image.resize(smallSide, smallSide, { fit: 'inside', withoutEnlargement: true }) : image
  return shown.png().toBuffer()
}

/** The edges of cells, or their areas, each in a colour of its own and on nothing. */
export function drawOverlay(overlay: Overlay, size: 'small' | 'whole', kind: 'edges' | 'areas'): Promise<Buffer> {
  const scaled = onGrid(overlay, size)
  const thickness = lineWidth(overlay, scaled)
  const alphaAt = (at: number) => (isEdge(scaled, at, thickness) ? 255 : kind === 'areas' ? 115 : 0)
  return paint(scaled, (label, at) => ({ colour: labelColour(label), alpha: alphaAt(at) }))
}

/** A fraction of a pixel where the picture has few, and enough to be seen where it has many. */
function lineWidth(picture: Overlay, scaled: Overlay): number {
  const zoom = scaled.width / picture.width
  if (zoom >= 3) return Math.max(2, Math.round(zoom / 3))
  return Math.max(1, Math.round(Math.max(scaled.width, scaled.height) / 640))
}

/** One cell of all, to be seen among the others. */
export function drawCell(overlay: Overlay, cell: number): Promise<Buffer> {
  const only = { ...overlay, labels: overlay.labels.map((label) => (label === cell ? 1 : 0)) }
  const scaled = onGrid(only, 'whole')
  const thickness = Math.max(2, Math.round(Math.max(scaled.width, scaled.height) / 320))
  return paint(scaled, (_, at) => ({ colour: white, alpha: isEdge(scaled, at, thickness) ? 255 : 90 }))
}

const white: Colour = [255, 255, 255]

/** Labels at the nearest pixels of another grid: they have no means. */
function onGrid({ labels, width, height }: Overlay, size: 'small' | 'whole'): Overlay {
  const longest = Math.max(width, height)
  const enlarged = Math.max(1, Math.floor((size === 'small' ? smallSide : overlaySide) / longest))
  const factor = size === 'small' && longest > smallSide ? smallSide / longest : enlarged
  if (factor === 1) return { labels, width, height }
  const [newWidth, newHeight] = [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))]
  const result = new Uint32Array(newWidth * newHeight)
  for (let y = 0; y < newHeight; y++) {
    const row = Math.min(height - 1, Math.floor((y + 0.5) / factor)) * width
    for (let x = 0; x < newWidth; x++) {
      result[y * newWidth + x] = labels[row + Math.min(width - 1, Math.floor((x + 0.5) / factor))] ?? 0
    }
  }
  return { labels: result, width: newWidth, height: newHeight }
}

/** The picture's border cuts a cell, and is no edge of it. */
function isEdge({ labels, width, height }: Overlay, at: number, thickness: number): boolean {
  const label = labels[at]
  const [x, y] = [at % width, Math.floor(at / width)]
  return (
    (x >= thickness && labels[at - thickness] !== label) ||
    (x + thickness < width && labels[at + thickness] !== label) ||
    (y >= thickness && labels[at - thickness * width] !== label) ||
    (y + thickness < height && labels[at + thickness * width] !== label)
  )
}

function paint(
  { labels, width, height }: Overlay,
  inkAt: (label: number, at: number) => { readonly colour: Colour; readonly alpha: number }
): Promise<Buffer> {
  const pixels = new Uint8Array(width * height * 4)
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at] ?? 0
    if (label === 0) continue
    const { colour, alpha } = inkAt(label, at)
    if (alpha > 0) pixels.set([...colour, alpha], 4 * at)
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}
