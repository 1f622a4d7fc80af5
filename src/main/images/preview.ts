import { autoContrast } from './auto-contrast.ts'
import { Canvas } from './canvas.ts'
import { type Colour, labelColour } from './label-colours.ts'
import { type Raster8 } from './scale.ts'

/** A picture with its label image. */
export interface LabelledPicture {
  /** 8 bits, interleaved. */
  readonly image: Uint8Array
  readonly imageChannels: 1 | 3
  /** Object numbers; 0 is background. */
  readonly labels: Uint16Array | Uint32Array | Uint8Array | Int32Array
  readonly width: number
  readonly height: number
}

/** Smaller pictures are enlarged by a whole factor, so that an outline is finer than a pixel of theirs. */
const leastSide = 128
const gap = 2
const between: Colour = [128, 128, 128]

/** A picture with auto contrast, and beside it the same with an outline around each cell: to look at, not to measure. RGB. */
export function drawPreview(picture: LabelledPicture): Raster8 {
  const { image, imageChannels, width, height } = picture
  const zoom = Math.max(1, Math.ceil(leastSide / Math.max(width, height)))
  const stretched = { pixels: autoContrast(image), width, height, channels: imageChannels }
  const canvas = new Canvas(2 * width * zoom + gap, height * zoom, between)
  canvas.place(stretched, 0, 0, zoom)
  const left = width * zoom + gap
  canvas.place(stretched, left, 0, zoom)
  outlineCells(canvas, picture, { left, top: 0, zoom })
  return { pixels: canvas.pixels, width: canvas.width, height: canvas.height, channels: 3 }
}

/** Draws the edge of every cell in a colour of its own, on the cell's side of it. */
export function outlineCells(
  canvas: Canvas,
  { labels, width, height }: Pick<LabelledPicture, 'labels' | 'width' | 'height'>,
  { left, top, zoom }: { readonly left: number; readonly top: number; readonly zoom: number }
): void {
  const thickness = Math.max(1, Math.floor(zoom / 2))
  const steps = [
    [thickness, 0],
    [-thickness, 0],
    [0, thickness],
    [0, -thickness]
  ] as const
  const labelAt = (x: number, y: number): number | undefined =>
    x < 0 || y < 0 || x >= width * zoom || y >= height * zoom
      ? undefined
      : labels[Math.floor(y / zoom) * width + Math.floor(x / zoom)]
  for (let y = 0; y < height * zoom; y++) {
    for (let x = 0; x < width * zoom; x++) {
      const label = labelAt(x, y) ?? 0
      // The picture's border cuts a cell, and is no edge of it.
      const isEdge = label > 0 && steps.some(([dx, dy]) => (labelAt(x + dx, y + dy) ?? label) !== label)
      if (isEdge) canvas.blend(left + x, top + y, labelColour(label), 1)
    }
  }
}
