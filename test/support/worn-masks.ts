import { grayLevels } from '../../src/main/masks/gray-levels.ts'
import { labelCodes } from '../../src/main/masks/mask-code.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { type MaskCode } from '../../src/shared/training.ts'

/** A true mask: label indices, row-major. */
export interface TrueMask {
  /** Names the random numbers. */
  readonly name: string
  readonly width: number
  readonly height: number
  readonly levels: Uint8Array
}

/** How a mask suffers, as from a generator that is not quite sure. */
export interface Wear {
  /** Standard deviation of the Gaussian blur of each plane, in pixels. */
  readonly blur: number
  /** Standard deviation of the noise in each plane, as a share of its range. */
  readonly noise: number
}

/**
 * The planes of a mask in a code, −1 … 1, blurred and then noised plane by plane. The noise is normal, blurred by one
 * pixel and brought to its deviation. The planes of a pixel stand one after the other.
 */
export function wornPlanes(mask: TrueMask, code: MaskCode, labelCount: number, { blur, noise }: Wear): Float32Array {
  const { planes, values } = labelCodes(code, grayLevels(labelCount))
  const { name, width, height, levels } = mask
  const worn = new Float32Array(levels.length * planes)
  for (let plane = 0; plane < planes; plane++) {
    const random = new RandomStream(plane, `${name}, ${code}`)
    const exact = Float32Array.from(levels, (level) => values[level * planes + plane] ?? 0)
    const smooth = blurred(exact, width, height, blur)
    const added = wornNoise(random, width, height, 2 * noise)
    for (let pixel = 0; pixel < levels.length; pixel++) {
      worn[pixel * planes + plane] = (smooth[pixel] ?? 0) + (added[pixel] ?? 0)
    }
  }
  return worn
}

function wornNoise(random: RandomStream, width: number, height: number, deviation: number): Float32Array {
  const noise = blurred(random.normals(width * height), width, height, 1)
  const own = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length)
  return noise.map((value) => (deviation * value) / own)
}

/** By a Gaussian, along both axes; beyond the border its pixels are repeated. */
export function blurred(image: Float32Array, width: number, height: number, sigma: number): Float32Array {
  if (sigma === 0) return image
  const radius = Math.ceil(4 * sigma)
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)))
  const sum = kernel.reduce((total, weight) => total + weight, 0)
  const weights = kernel.map((weight) => weight / sum)
  return blurAlong(blurAlong(image, weights, 1, width), weights, width, height)
}

/** Convolves along one axis: neighbours are `step` apart in the array, and the axis has `size` of them. */
function blurAlong(image: Float32Array, kernel: readonly number[], step: number, size: number): Float32Array {
  const radius = (kernel.length - 1) / 2
  return image.map((_, pixel) => {
    const place = Math.floor(pixel / step) % size
    let value = 0
    for (let i = -radius; i <= radius; i++) {
      const other = Math.min(size - 1, Math.max(0, place + i))
      value += (kernel[i + radius] ?? 0) * (image[pixel + (other - place) * step] ?? 0)
    }
    return value
  })
}
