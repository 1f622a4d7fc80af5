import { type RandomStream } from '../../shared/random.ts'
import { flowSteps, type TrainingPicture } from './training-picture.ts'

/** How a crop lies in its picture: turned, enlarged and perhaps mirrored about a point. */
export interface Warp {
  /** Radians, from x towards y. */
  readonly angle: number
  /** Pixels of the crop for one of the picture. */
  readonly scale: number
  readonly mirrored: boolean
  /** What the middle of the crop shows, in pixels of the picture. */
  readonly centreY: number
  readonly centreX: number
}

/**
 * Draws one as Cellpose does (`random_rotate_and_resize`): any angle, a scale within 1 ± half of `scaleRange`, mirrored
 * one time in two, and a place that leaves the picture no more than it has to.
 *
 * @param side of the crop, pixels
 */
export function drawWarp(
  random: RandomStream,
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
  scaleRange: number
): Warp {
  const mirrored = random.uniform() > 0.5
  const angle = 2 * Math.PI * random.uniform()
  const scale = 1 - scaleRange / 2 + scaleRange * random.uniform()
  const centre = (size: number): number => {
    const slack = Math.max(0, size * scale - side) / scale
    return (size - 1) / 2 + (random.uniform() - 0.5) * slack
  }
  const centreX = centre(width)
  return { angle, scale, mirrored, centreY: centre(height), centreX }
}

/** A part of a picture as the network gets it, row-major [side, side]. */
export interface Crop {
  readonly side: number
  readonly image: Float32Array
  /** Numbers of the picture's cells. */
  readonly labels: Int32Array
  /** Flows of length one at most, turned with the picture. */
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  /** 0 where the loss is not counted. */
  readonly counted: Uint8Array
}

/**
 * Cuts a crop out of a picture. Image and flows are bilinear, cells and what is ignored are those of the nearest pixel;
 * beyond the picture all is 0. The flow vectors turn with the image, so that they still point to their centres.
 */
export function warpPicture(picture: TrainingPicture, warp: Warp, side: number): Crop {
  const { width, height, ignored } = picture
  const { angle, scale, mirrored, centreY, centreX } = warp
  const [cos, sin, sign] = [Math.cos(angle), Math.sin(angle), mirrored ? -1 : 1]
  const crop = emptyCrop(side)
  const middle = (side - 1) / 2
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++, i++) {
      const [u, v] = [(sign * (column - middle)) / scale, (row - middle) / scale]
      const x = centreX + cos * u + sin * v
      const y = centreY - sin * u + cos * v
      if (!isNear(x, width) || !isNear(y, height)) continue
      const nearest = nearestPixel(x, y, width, height)
      crop.labels[i] = picture.labels[nearest] ?? 0
      if (ignored?.[nearest] === 1) crop.counted[i] = 0
      crop.image[i] = bilinear(picture.image, width, height, x, y)
      const flowY = bilinear(picture.flowY, width, height, x, y) / flowSteps
      const flowX = bilinear(picture.flowX, width, height, x, y) / flowSteps
      crop.flowX[i] = sign * (cos * flowX - sin * flowY)
      crop.flowY[i] = sin * flowX + cos * flowY
    }
  }
  return crop
}

/** Less than a pixel beyond the picture, where its border pixels are seen still. */
function isNear(place: number, size: number): boolean {
  return place > -1 && place < size
}

function emptyCrop(side: number): Crop {
  const size = side * side
  return {
    side,
    image: new Float32Array(size),
    labels: new Int32Array(size),
    flowY: new Float32Array(size),
    flowX: new Float32Array(size),
    counted: new Uint8Array(size).fill(1)
  }
}

function nearestPixel(x: number, y: number, width: number, height: number): number {
  const column = Math.min(width - 1, Math.max(0, Math.round(x)))
  return Math.min(height - 1, Math.max(0, Math.round(y))) * width + column
}

/** Between the four pixels about a point; those beyond the picture are 0. */
function bilinear(values: Float32Array | Int8Array, width: number, height: number, x: number, y: number): number {
  const column = Math.floor(x)
  const row = Math.floor(y)
  const [right, down] = [x - column, y - row]
  const left = column >= 0
  const isRight = column + 1 < width
  const place = row * width + column
  const upper = row < 0 ? 0 : mix(left ? values[place] : 0, isRight ? values[place + 1] : 0, right)
  const lower =
    row + 1 >= height ? 0 : mix(left ? values[place + width] : 0, isRight ? values[place + width + 1] : 0, right)
  return mix(upper, lower, down)
}

function mix(a = 0, b = 0, share: number): number {
  return a + (b - a) * share
}
