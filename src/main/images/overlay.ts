import { Canvas } from './canvas.ts'
import { labelColour } from './label-colours.ts'
import { type Raster8 } from './scale.ts'

/**
 * Draws the outline of every object over its picture, in the object's colour: the object's pixels that touch another
 * object, background, or the border of the picture.
 *
 * @param picture gray or RGB, 8 bits
 * @param labels object numbers on the picture's grid; 0 is background
 * @param zoom whole factor by which the picture is enlarged, outlines with it
 * @returns RGB
 */
export function drawOutlines(picture: Raster8, labels: ArrayLike<number>, zoom = 1): Raster8 {
  const { width, height } = picture
  const canvas = new Canvas(width * zoom, height * zoom, [0, 0, 0])
  canvas.place(picture, 0, 0, zoom)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const label = labels[y * width + x] ?? 0
      if (label === 0 || isInner(labels, width, height, x, y)) continue
      canvas.place(
        { pixels: Uint8Array.from(labelColour(label)), width: 1, height: 1, channels: 3 },
        x * zoom,
        y * zoom,
        zoom
      )
    }
  }
  return { pixels: canvas.pixels, width: canvas.width, height: canvas.height, channels: 3 }
}

/** Whether all four neighbours are of the same object. */
function isInner(labels: ArrayLike<number>, width: number, height: number, x: number, y: number): boolean {
  if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return false
  const at = y * width + x
  return [at - 1, at + 1, at - width, at + width].every((neighbour) => labels[neighbour] === labels[at])
}
