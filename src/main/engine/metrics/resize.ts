import { invariant } from '../../../shared/errors.ts'

/**
 * The four ways in which published scores bring pictures to the size of their network (docs/method.md §7.2). They
 * differ by more than the scores they lead to, so a score has to name its own.
 *
 * - `tf1-bilinear`: TensorFlow 1, whose grid is not centred; no antialiasing
 * - `half-pixel-bilinear`: PyTorch's `interpolate`; no antialiasing
 * - `pil-bicubic`, `pil-bilinear`: Pillow's filters, which widen when shrinking
 */
export type Resizer = 'tf1-bilinear' | 'half-pixel-bilinear' | 'pil-bicubic' | 'pil-bilinear'

/** A result pixel along one axis: source pixels from `first` on, and the weight of each. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

/** A picture, [height, width, channels]. */
export interface Picture {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly values: ArrayLike<number>
}

/**
 * Resizes a picture, first along its rows and then along its columns, in double precision and without clipping: bicubic
 * weights can overshoot.
 */
export function resizePicture(picture: Picture, height: number, width: number, resizer: Resizer): Float64Array {
  const { channels } = picture
  invariant(picture.values.length === picture.height * picture.width * channels, 'the picture has the declared size')
  const across = resizeMiddle(picture.values, [picture.height, picture.width, channels], width, resizer)
  return resizeMiddle(across, [1, picture.height, width * channels], height, resizer)
}

/** Resizes the middle axis of [outer, middle, inner]. */
function resizeMiddle(
  values: ArrayLike<number>,
  [outer, middle, inner]: readonly [number, number, number],
  size: number,
  resizer: Resizer
): Float64Array {
  const result = new Float64Array(outer * size * inner)
  for (const [position, { first, weights }] of taps(middle, size, resizer).entries()) {
    for (let o = 0; o < outer; o++) {
      const target = result.subarray((o * size + position) * inner, (o * size + position + 1) * inner)
      for (const [tap, weight] of weights.entries())
        addMultiple(target, weight, values, (o * middle + first + tap) * inner)
    }
  }
  return result
}

function addMultiple(target: Float64Array, weight: number, values: ArrayLike<number>, start: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? NaN) + weight * (values[start + i] ?? NaN)
}

/**
 * The bilinear positions are rounded to single precision, because the libraries do so: over a thousand pixels that
 * moves a sharp edge by 0.005 gray levels.
 *
 * @returns one entry for each of the `target` pixels
 */
export function taps(source: number, target: number, resizer: Resizer): Taps[] {
  const scale = source / target
  return Array.from({ length: target }, (_, i) => {
    switch (resizer) {
      case 'tf1-bilinear':
        return between(Math.fround(i * Math.fround(scale)), source)
      case 'half-pixel-bilinear':
        return between(Math.max(Math.fround((i + 0.5) * Math.fround(scale)) - 0.5, 0), source)
      case 'pil-bicubic':
        return antialiased((i + 0.5) * scale, source, Math.max(scale, 1), { support: 2, at: cubic })
      case 'pil-bilinear':
        return antialiased((i + 0.5) * scale, source, Math.max(scale, 1), { support: 1, at: triangle })
    }
  })
}

/** The two pixels around a position; beyond the last pixel there is the last. */
function between(position: number, size: number): Taps {
  const first = Math.min(Math.floor(position), size - 1)
  if (first === size - 1) return { first, weights: [1] }
  return { first, weights: [1 - (position - first), position - first] }
}

interface Filter {
  /** Half its width at scale 1. */
  readonly support: number
  readonly at: (distance: number) => number
}

/** The filter, stretched by the scale and cut off at the borders, with weights that sum to 1. */
function antialiased(center: number, size: number, stretch: number, { support, at }: Filter): Taps {
  const reach = support * stretch
  const first = Math.max(Math.trunc(center - reach + 0.5), 0)
  const end = Math.min(Math.trunc(center + reach + 0.5), size)
  const raw = Array.from({ length: end - first }, (_, i) => at((first + i - center + 0.5) / stretch))
  const sum = raw.reduce((total, weight) => total + weight, 0)
  return { first, weights: raw.map((weight) => weight / sum) }
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance))
}

/** Keys's cubic convolution with a = −½. */
function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2
  return 0
}
