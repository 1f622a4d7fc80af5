/**
 * The derivative of the largest of each two by two pixels: it goes to the first that is the largest.
 *
 * @param x [N, H, W, C]
 * @param dy [N, ⌊H/2⌋, ⌊W/2⌋, C]
 * @param dx as x, overwritten
 */
export function poolBackward(
  x: Float32Array,
  [batch, height, width, channels]: readonly [number, number, number, number],
  dy: Float32Array,
  dx: Float32Array
): void {
  dx.fill(0)
  const row = width * channels
  const columns = Math.floor(width / 2)
  const squares = batch * Math.floor(height / 2) * columns
  for (let square = 0; square < squares; square++) {
    const line = Math.floor(square / columns)
    const image = Math.floor(line / Math.floor(height / 2))
    const y = 2 * (line - image * Math.floor(height / 2))
    const place = (image * height + y) * row + 2 * (square - line * columns) * channels
    for (let c = 0; c < channels; c++) {
      dx[largestOf(x, place + c, channels, row)] = dy[square * channels + c] ?? 0
    }
  }
}

/** The place of the largest of a square; the first of equal ones. */
function largestOf(x: Float32Array, place: number, right: number, down: number): number {
  let best = place
  if ((x[place + right] ?? 0) > (x[best] ?? 0)) best = place + right
  if ((x[place + down] ?? 0) > (x[best] ?? 0)) best = place + down
  if ((x[place + down + right] ?? 0) > (x[best] ?? 0)) best = place + down + right
  return best
}
