/** The sizes of images [N, H, W, C]. A pixel is a run of C numbers, a row a run of W·C. */
export interface ImageShape {
  readonly batch: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

export interface FilterSettings {
  readonly stride: 1 | 2
  /** Zeros on each side, in pixels. */
  readonly padding: number
  readonly gain: number
}

/**
 * The filter [1, 3, 3, 1]/8 along both axes, times gain.
 *
 * Each row of the result is made in two passes: the rows of x around it are mixed into one, and that one is filtered
 * along its pixels.
 *
 * @param x images of `shape`
 * @param y [N, H', W', C] with the sizes of `filteredSize`, overwritten
 */
export function filterImages(x: Float32Array, shape: ImageShape, settings: FilterSettings, y: Float32Array): void {
  const { batch, height, width, channels } = shape
  const { stride, padding, gain } = settings
  const lines = filteredSize(height, settings)
  const pixels = filteredSize(width, settings)
  const row = width * channels
  const margin = padding * channels
  const mixed = new Float32Array(row + 2 * margin) // zeros on either side
  const inner = mixed.subarray(margin, margin + row)
  for (let line = 0; line < batch * lines; line++) {
    const image = Math.floor(line / lines) * height
    const first = (line % lines) * stride - padding
    if (first >= 0 && first + 3 < height) mixFourRows(x, (image + first) * row, gain / 64, inner)
    else {
      inner.fill(0)
      for (let tap = Math.max(0, -first); tap < 4 && first + tap < height; tap++) {
        addRow(x, (image + first + tap) * row, (tap === 1 || tap === 2 ? 3 * gain : gain) / 64, inner)
      }
    }
    filterRow(mixed, stride, channels, y.subarray(line * pixels * channels, (line + 1) * pixels * channels))
  }
}

/** How many numbers the filter of four leaves of `size` in a row. */
export function filteredSize(size: number, { stride, padding }: Pick<FilterSettings, 'stride' | 'padding'>): number {
  return Math.floor((size + 2 * padding - 4) / stride) + 1
}

/**
 * y[2i] = (x[i−1] + 3x[i])/4 and y[2i+1] = (3x[i] + x[i+1])/4 along both axes, times gain, zeros outside.
 *
 * @param x images of `shape`
 * @param y [N, 2H, 2W, C], overwritten
 */
export function upsampleImages(x: Float32Array, shape: ImageShape, gain: number, y: Float32Array): void {
  const { batch, height, width, channels } = shape
  const row = width * channels
  const mixed = new Float32Array(row + 2 * channels) // a zero pixel on either side
  const inner = mixed.subarray(channels, channels + row)
  for (let line = 0; line < 2 * batch * height; line++) {
    const near = line >> 1
    const far = line % 2 === 0 ? near - 1 : near + 1
    const inside = far >= 0 && Math.floor(far / height) === Math.floor(near / height)
    inner.fill(0)
    addRow(x, near * row, (3 * gain) / 16, inner)
    if (inside) addRow(x, far * row, gain / 16, inner)
    doubleRow(mixed, channels, y.subarray(line * 2 * row, (line + 1) * 2 * row))
  }
}

// In the loops below `?? 0` only tells the compiler that an index is inside: it costs nothing.

/** Overwrites `row` with four rows of x, the first at `offset`, in the shares 1, 3, 3, 1. */
function mixFourRows(x: Float32Array, offset: number, weight: number, row: Float32Array): void {
  const size = row.length
  for (let i = 0, at = offset; i < size; i++, at++) {
    const outer = (x[at] ?? 0) + (x[at + 3 * size] ?? 0)
    const inner = (x[at + size] ?? 0) + (x[at + 2 * size] ?? 0)
    row[i] = weight * (outer + 3 * inner)
  }
}

function addRow(x: Float32Array, offset: number, weight: number, row: Float32Array): void {
  for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) + weight * (x[offset + i] ?? 0)
}

/** y[i] = x[s·i] + 3x[s·i+1] + 3x[s·i+2] + x[s·i+3] for pixels. */
function filterRow(x: Float32Array, stride: number, channels: number, y: Float32Array): void {
  for (let pixel = 0, from = 0; pixel < y.length; pixel += channels, from += stride * channels) {
    for (let c = 0; c < channels; c++) {
      const at = from + c
      const outer = (x[at] ?? 0) + (x[at + 3 * channels] ?? 0)
      const inner = (x[at + channels] ?? 0) + (x[at + 2 * channels] ?? 0)
      y[pixel + c] = outer + 3 * inner
    }
  }
}

/** y[2i] = x[i−1] + 3x[i] and y[2i+1] = 3x[i] + x[i+1] for pixels, x starting at pixel −1. */
function doubleRow(x: Float32Array, channels: number, y: Float32Array): void {
  for (let to = 0, from = channels; to < y.length; to += 2 * channels, from += channels) {
    for (let c = 0; c < channels; c++) {
      const at = from + c
      const middle = 3 * (x[at] ?? 0)
      y[to + c] = (x[at - channels] ?? 0) + middle
      y[to + channels + c] = middle + (x[at + channels] ?? 0)
    }
  }
}
