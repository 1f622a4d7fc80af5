/** The slope below zero, and a factor on both sides. */
export interface LeakySettings {
  readonly slope: number
  readonly scale: number
}

// In the loops below `?? 0` only tells the compiler that an index is inside: it costs nothing.

/**
 * y = scale·z where z ≥ 0, else slope·scale·z, with z = x + bias.
 *
 * @param x […, C]
 * @param bias [C]; none is zero
 * @param y as x, overwritten
 */
export function activate(x: Float32Array, bias: Float32Array, { slope, scale }: LeakySettings, y: Float32Array): void {
  const channels = bias.length
  for (let pixel = 0; pixel < x.length; pixel += channels) {
    for (let c = 0; c < channels; c++) {
      const value = scale * ((x[pixel + c] ?? 0) + (bias[c] ?? 0))
      y[pixel + c] = value >= 0 ? value : slope * value
    }
  }
}

/** dx = scale·dy where y > 0, else slope·scale·dy: the derivative at an activation whose result was y. */
export function passGate(dy: Float32Array, y: Float32Array, { slope, scale }: LeakySettings, dx: Float32Array): void {
  const below = slope * scale
  for (let i = 0; i < dy.length; i++) dx[i] = (dy[i] ?? 0) * ((y[i] ?? 0) > 0 ? scale : below)
}

/**
 * sums[o, i] = Σ x[o, ·, i] over the middle one of three axes.
 *
 * @param x [outer, length, inner]
 * @param sums [outer, inner], overwritten
 */
export function sumMiddle(x: Float32Array, [outer, length, inner]: [number, number, number], sums: Float32Array): void {
  const totals = new Float64Array(inner) // a long sum in single precision loses digits
  for (let o = 0; o < outer; o++) {
    totals.fill(0)
    for (let from = o * length * inner; from < (o + 1) * length * inner; from += inner) {
      for (let i = 0; i < inner; i++) totals[i] = (totals[i] ?? 0) + (x[from + i] ?? 0)
    }
    sums.set(totals, o * inner)
  }
}
