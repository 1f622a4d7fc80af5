import { type FlatPicture, otsuThreshold } from './otsu.ts'

/** How far the windows reach through which each pixel's surroundings are seen. */
const reaches = [1, 2, 4] as const

/** How many numbers `pixelFeatures` has for each pixel. */
export function featureCount(channels: 1 | 3): number {
  return (channels === 3 ? 2 : 0) + 5 + 4 * reaches.length
}

/**
 * What the surroundings of each pixel look like: how bright they are, in themselves, for this picture and beside its own
 * threshold, how uneven, and how steep, at three scales; for colours also how red and how blue. One array for each
 * feature, with a value a pixel.
 */
export function pixelFeatures({ pixels, height, width, channels }: FlatPicture): Float32Array[] {
  const gray = grayOf(pixels, channels)
  const size = { height, width }
  const { mean, deviation } = spreadOf(gray)
  const squares = gray.map((value) => value * value)
  const features = [besideThreshold(gray)]
  for (const reach of reaches) {
    const smooth = blur(gray, size, reach)
    const relative = smooth.map((value) => (value - mean) / deviation)
    const unevenness = blur(squares, size, reach).map((square, i) => {
      const value = smooth[i] ?? 0
      return Math.log(least + Math.sqrt(Math.max(0, square - value * value)))
    })
    features.push(relative, squared(relative), unevenness, steepness(smooth, size))
    if (reach === 1)
      features.push(
        smooth,
        squared(smooth),
        smooth.map((value) => Math.log(least + value)),
        besideThreshold(smooth)
      )
  }
  return channels === 3 ? [...features, ...coloursOf(pixels, size)] : features
}

/** One gray level: what is less is not there. */
const least = 1 / 255

function squared(values: Float32Array): Float32Array {
  return values.map((value) => value * value)
}

/** −1 … 1: on which side of the picture's own threshold, and how far beside the distance of both sides' means. */
function besideThreshold(values: Float32Array): Float32Array {
  const threshold = (otsuThreshold(Uint8Array.from(values, (value) => Math.round(255 * value))) + 0.5) / 255
  let [sum, count, darkSum, darkCount] = [0, 0, 0, 0]
  for (const value of values) {
    sum += value
    count++
    if (value > threshold) continue
    darkSum += value
    darkCount++
  }
  const [dark, bright] = [darkSum / Math.max(1, darkCount), (sum - darkSum) / Math.max(1, count - darkCount)]
  const half = Math.max(least, (bright - dark) / 2)
  return values.map((value) => Math.max(-1, Math.min(1, (value - threshold) / half)))
}

/** 0…1; the mean of the colours. */
function grayOf(pixels: Uint8Array, channels: 1 | 3): Float32Array {
  return Float32Array.from({ length: pixels.length / channels }, (_, i) => {
    if (channels === 1) return (pixels[i] ?? 0) / 255
    return ((pixels[3 * i] ?? 0) + (pixels[3 * i + 1] ?? 0) + (pixels[3 * i + 2] ?? 0)) / 765
  })
}

function coloursOf(pixels: Uint8Array, size: Size): Float32Array[] {
  return [0, 2].map((channel) => {
    const share = Float32Array.from({ length: pixels.length / 3 }, (_, i) => {
      const [red = 0, green = 0, blue = 0] = pixels.subarray(3 * i, 3 * i + 3)
      return ((pixels[3 * i + channel] ?? 0) + 1) / (red + green + blue + 3)
    })
    return blur(share, size, 1)
  })
}

/** Mean and standard deviation; a flat picture counts as spread by one gray level in a hundred, not by none. */
function spreadOf(gray: Float32Array): { mean: number; deviation: number } {
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length
  const variance = gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length
  return { mean, deviation: Math.max(0.01, Math.sqrt(variance)) }
}

interface Size {
  readonly height: number
  readonly width: number
}

/** Length of the gradient, by the differences to both sides; beyond the border lies the border again. */
function steepness(values: Float32Array, { height, width }: Size): Float32Array {
  const lengths = new Float32Array(values.length)
  for (let y = 0; y < height; y++) {
    const [above, below] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width]
    for (let x = 0; x < width; x++) {
      const row = y * width
      const down = (values[below + x] ?? 0) - (values[above + x] ?? 0)
      const right = (values[row + Math.min(width - 1, x + 1)] ?? 0) - (values[row + Math.max(0, x - 1)] ?? 0)
      lengths[row + x] = Math.sqrt(down * down + right * right)
    }
  }
  return lengths
}

/**
 * The mean over a square window that reaches so far to each side, taken twice, so that near pixels weigh more. Beyond the
 * border lies the border again. It takes the same time however far the window reaches.
 */
export function blur(values: Float32Array, { height, width }: Size, reach: number): Float32Array {
  const blurred = values.slice()
  for (let pass = 0; pass < 2; pass++) {
    average(blurred, { lines: height, step: width, length: width, stride: 1 }, reach)
    average(blurred, { lines: width, step: 1, length: height, stride: width }, reach)
  }
  return blurred
}

interface Lines {
  readonly lines: number
  /** From the start of one line to that of the next. */
  readonly step: number
  readonly length: number
  /** From a value of a line to the next. */
  readonly stride: number
}

/** Replaces each value by the mean of its neighbours on its line. */
function average(values: Float32Array, { lines, step, length, stride }: Lines, reach: number): void {
  const padded = new Float64Array(length + 2 * reach + 1)
  const count = 2 * reach + 1
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < padded.length; i++) {
      const inside = Math.min(length - 1, Math.max(0, i - reach))
      padded[i] = values[line * step + inside * stride] ?? 0
    }
    let sum = 0
    for (let i = 0; i < count; i++) sum += padded[i] ?? 0
    for (let i = 0; i < length; i++) {
      values[line * step + i * stride] = sum / count
      sum += (padded[i + count] ?? 0) - (padded[i] ?? 0)
    }
  }
}
