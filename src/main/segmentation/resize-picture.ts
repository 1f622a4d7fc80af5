/** A picture of another size, bilinear between the middles of pixels; row-major [toHeight, toWidth]. */
export function resizeGray(
  values: Float32Array,
  { width, height }: Size,
  { width: toWidth, height: toHeight }: Size
): Float32Array {
  if (width === toWidth && height === toHeight) return values
  const result = new Float32Array(toWidth * toHeight)
  const columns = Array.from({ length: toWidth }, (_, x) => neighboursOf(x, toWidth, width))
  for (let y = 0, i = 0; y < toHeight; y++) {
    const row = neighboursOf(y, toHeight, height)
    for (const column of columns) {
      const [a, b] = [row.first * width, row.second * width].map((start) => {
        const left = values[start + column.first] ?? 0
        return left + ((values[start + column.second] ?? 0) - left) * column.share
      })
      result[i++] = (a ?? 0) + ((b ?? 0) - (a ?? 0)) * row.share
    }
  }
  return result
}

/** Numbers of cells, those of the nearest pixel. */
export function resizeLabels(
  labels: Int32Array,
  { width, height }: Size,
  { width: toWidth, height: toHeight }: Size
): Int32Array {
  if (width === toWidth && height === toHeight) return labels
  const result = new Int32Array(toWidth * toHeight)
  for (let y = 0, i = 0; y < toHeight; y++) {
    const row = Math.min(height - 1, Math.floor(((y + 0.5) * height) / toHeight))
    for (let x = 0; x < toWidth; x++, i++) {
      const column = Math.min(width - 1, Math.floor(((x + 0.5) * width) / toWidth))
      result[i] = labels[row * width + column] ?? 0
    }
  }
  return result
}

/** The size that a picture has after it was scaled. */
export function scaledSize({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

interface Size {
  readonly width: number
  readonly height: number
}

function neighboursOf(place: number, to: number, from: number): { first: number; second: number; share: number } {
  const position = Math.min(from - 1, Math.max(0, ((place + 0.5) * from) / to - 0.5))
  const first = Math.floor(position)
  return { first, second: Math.min(from - 1, first + 1), share: position - first }
}
