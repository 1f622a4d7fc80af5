import { sheetLayout, sheetScale } from '../../shared/sheet-layout.ts'
import { autoContrast } from './auto-contrast.ts'
import { Canvas } from './canvas.ts'
import { type Colour } from './label-colours.ts'
import { drawText, textWidth } from './lettering.ts'
import { outlineCells } from './preview.ts'
import { type Raster8, scaleDown } from './scale.ts'

/** A square sample: the picture, and its mask beside it. */
export interface SheetSample {
  /** 8 bits, interleaved. */
  readonly image: Uint8Array
  readonly imageChannels: 1 | 3
  /** Grays to show as they are, or object numbers whose edges are shown in colours (0 is background). */
  readonly mask?:
    { readonly gray: Uint8Array } | { readonly labels: Uint16Array | Uint32Array | Uint8Array } | undefined
}

/** The samples of one class. */
export interface SheetRow {
  readonly title: string
  readonly samples: readonly SheetSample[]
}

/**
 * Draws samples in rows, a class each, under its name; every picture, with auto contrast, has its mask to the right.
 *
 * Small tiles are enlarged by whole factors, so that single pixels stay visible; large ones are scaled down.
 *
 * @param side of the samples, in pixels
 * @returns RGB
 */
export function drawContactSheet(rows: readonly SheetRow[], side: number): Raster8 {
  const { zoom, factor, shown } = sheetScale(side)
  const widths = rows.map(({ title, samples }) =>
    Math.max(
      textWidth(title, capHeight),
      samples.reduce((sum, sample) => sum + widthOf(sample, shown) + pairGap, -pairGap)
    )
  )
  const rowHeight = titleHeight + shown + rowGap
  const width = 2 * margin + Math.max(shown, ...widths)
  const canvas = new Canvas(width, 2 * margin - rowGap + Math.max(1, rows.length) * rowHeight, paper)
  for (const [i, { title, samples }] of rows.entries()) {
    const top = margin + i * rowHeight
    drawText(canvas, title, margin, top, { capHeight, colour: ink })
    let left = margin
    for (const sample of samples) {
      placeSample(canvas, sample, side, { left, top: top + titleHeight, zoom, factor, shown })
      left += widthOf(sample, shown) + pairGap
    }
  }
  return { pixels: canvas.pixels, width: canvas.width, height: canvas.height, channels: 3 }
}

const { margin, titleHeight, rowGap, pairGap, maskGap } = sheetLayout
const capHeight = 13
const paper: Colour = [255, 255, 255]
const ink: Colour = [38, 43, 51]

interface Place {
  readonly left: number
  readonly top: number
  readonly zoom: number
  readonly factor: number
  readonly shown: number
}

function widthOf({ mask }: SheetSample, shown: number): number {
  return mask ? 2 * shown + maskGap : shown
}

function placeSample(canvas: Canvas, sample: SheetSample, side: number, place: Place): void {
  const { left, top, zoom, factor, shown } = place
  const { image, imageChannels, mask } = sample
  const original = { pixels: autoContrast(image), width: side, height: side, channels: imageChannels }
  const picture = scaleDown(original, factor)
  canvas.place(picture, left, top, zoom)
  if (!mask) return
  const [right, newSide] = [left + shown + maskGap, shown / zoom]
  const square = { width: newSide, height: newSide }
  if ('gray' in mask) {
    canvas.place({ ...square, pixels: thinOut(mask.gray, side, newSide), channels: 1 }, right, top, zoom)
  } else {
    canvas.place(picture, right, top, zoom)
    outlineCells(canvas, { ...square, labels: thinOut(mask.labels, side, newSide) }, { left: right, top, zoom })
  }
}

/** The nearest pixels on a coarser grid: labels have no means. */
function thinOut<Pixels extends Uint8Array | Uint16Array | Uint32Array>(
  pixels: Pixels,
  width: number,
  side: number
): Pixels {
  if (side === width) return pixels
  const old = (position: number) => Math.floor(((position + 0.5) * width) / side)
  const result = pixels.slice(0, side * side)
  result.forEach((_, i) => (result[i] = pixels[old(Math.floor(i / side)) * width + old(i % side)] ?? 0))
  return result as Pixels // a slice is of the same kind
}
