/** What is added to a variance, and whether what falls below 0 becomes 0. */
export interface NormSettings {
  readonly epsilon: number
  readonly relu: boolean
}

/** Over all pixels of a batch, for each channel [C]. */
interface ChannelStatistics {
  readonly mean: Float32Array
  /** Of the sample: divided by pixels − 1. */
  readonly variance: Float32Array
  /** 1/√(variance + ε), with the variance of the batch itself, divided by its pixels. */
  readonly inverse: Float32Array
}

// In the loops below `?? 0` only tells the compiler that an index is inside: it costs nothing.

/** Fills in the statistics of x [pixels, C]. */
export function channelStatistics(x: Float32Array, epsilon: number, statistics: ChannelStatistics): void {
  const { mean, variance, inverse } = statistics
  const channels = mean.length
  const pixels = x.length / channels
  const sums = new Float64Array(channels)
  const squares = new Float64Array(channels)
  for (let from = 0; from < x.length; from += channels) {
    for (let c = 0; c < channels; c++) {
      const value = x[from + c] ?? 0
      sums[c] = (sums[c] ?? 0) + value
      squares[c] = (squares[c] ?? 0) + value * value
    }
  }
  for (let c = 0; c < channels; c++) {
    const average = (sums[c] ?? 0) / pixels
    const own = Math.max(0, (squares[c] ?? 0) / pixels - average * average)
    mean[c] = average
    variance[c] = (own * pixels) / Math.max(1, pixels - 1)
    inverse[c] = 1 / Math.sqrt(own + epsilon)
  }
}

interface Affine {
  /** [C] */
  readonly scale: Float32Array
  readonly offset: Float32Array
}

/** y = (x − mean)·inverse·scale + offset for each channel, and no less than 0 where so set. y as x, overwritten. */
export function normalise(
  x: Float32Array,
  { mean, inverse }: Pick<ChannelStatistics, 'mean' | 'inverse'>,
  { scale, offset }: Affine,
  relu: boolean,
  y: Float32Array
): void {
  const channels = mean.length
  const factors = mean.map((_, c) => (inverse[c] ?? 0) * (scale[c] ?? 0))
  const shifts = mean.map((value, c) => (offset[c] ?? 0) - value * (factors[c] ?? 0))
  const least = relu ? 0 : -Infinity
  for (let from = 0; from < x.length; from += channels) {
    for (let c = 0; c < channels; c++) {
      const value = (x[from + c] ?? 0) * (factors[c] ?? 0) + (shifts[c] ?? 0)
      y[from + c] = value > least ? value : least
    }
  }
}

interface NormPass {
  readonly dy: Float32Array
  readonly x: Float32Array
  /** The result of the forward pass, which tells where it was cut off at 0. */
  readonly y: Float32Array
  readonly mean: Float32Array
  readonly inverse: Float32Array
  readonly scale: Float32Array
}

/** The derivatives by x, scale and offset, through the statistics too; all overwritten. */
export function normaliseBackward(
  pass: NormPass,
  relu: boolean,
  { dx, dScale, dOffset }: { dx: Float32Array; dScale: Float32Array; dOffset: Float32Array }
): void {
  const { x, mean, inverse, scale } = pass
  const pixels = x.length / mean.length
  const { sums, products } = gatedSums(pass, relu)
  dOffset.set(sums)
  dScale.set(products.map((product, c) => product * (inverse[c] ?? 0)))

  // dx = factor·(g − mean(g) − x̂·mean(g·x̂)), as one line for each channel
  const factors = scale.map((value, c) => value * (inverse[c] ?? 0))
  const slopes = products.map((product, c) => (product * (inverse[c] ?? 0) ** 2) / pixels)
  const shifts = sums.map((sum, c) => sum / pixels - (slopes[c] ?? 0) * (mean[c] ?? 0))
  for (let from = 0; from < x.length; from += mean.length) {
    for (let c = 0; c < mean.length; c++) {
      const gate = gated(pass, from + c, relu)
      dx[from + c] = (factors[c] ?? 0) * (gate - (shifts[c] ?? 0) - (slopes[c] ?? 0) * (x[from + c] ?? 0))
    }
  }
}

/** Over all pixels, for each channel: of what came back, and of that times the distance from the mean. */
function gatedSums(pass: NormPass, relu: boolean): { sums: Float64Array; products: Float64Array } {
  const { x, mean } = pass
  const sums = new Float64Array(mean.length)
  const products = new Float64Array(mean.length)
  for (let from = 0; from < x.length; from += mean.length) {
    for (let c = 0; c < mean.length; c++) {
      const gate = gated(pass, from + c, relu)
      sums[c] = (sums[c] ?? 0) + gate
      products[c] = (products[c] ?? 0) + gate * ((x[from + c] ?? 0) - (mean[c] ?? 0))
    }
  }
  return { sums, products }
}

/** What comes back through max(0, ·). */
function gated({ dy, y }: NormPass, i: number, relu: boolean): number {
  return relu && !((y[i] ?? 0) > 0) ? 0 : (dy[i] ?? 0)
}
