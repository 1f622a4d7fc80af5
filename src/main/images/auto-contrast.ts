/** This share of the pixels may become plain black, and as many plain white. */
const cutShare = 0.005
/** A picture of fewer grays is not stretched to all of them: noise would look like structure, and an empty field gray. */
const leastRange = 48

/**
 * A picture with its grays stretched to the whole range, to look at and never to measure: fluorescence is often too dark to
 * be seen as it is. The planes of a colour picture are stretched alike, so that its hues stay.
 *
 * @param pixels 8 bits, interleaved
 */
export function autoContrast(pixels: Uint8Array): Uint8Array {
  const [low, high] = shownRange(pixels)
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(255 * Math.max(0, Math.min(1, (value - low) / (high - low))))
  )
  return pixels.map((value) => table[value] ?? 0)
}

/** The grays that become black and white. */
function shownRange(pixels: Uint8Array): [number, number] {
  const counts = new Uint32Array(256)
  for (const value of pixels) counts[value] = (counts[value] ?? 0) + 1
  const low = quantile(counts, cutShare * pixels.length)
  const high = 255 - quantile(counts.toReversed(), cutShare * pixels.length)
  if (high - low >= leastRange) return [low, high]
  const middle = (low + high) / 2
  const asItIs = Math.round(middle - (leastRange * middle) / 255) // shows the middle gray as itself: dark stays dark
  const start = Math.min(low, Math.max(high - leastRange, asItIs))
  return [start, start + leastRange]
}

/** The first value up to which more pixels lie than so many. */
function quantile(counts: Uint32Array, pixels: number): number {
  let below = 0
  return counts.findIndex((count) => (below += count) > pixels)
}
