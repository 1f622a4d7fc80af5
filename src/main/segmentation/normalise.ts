/**
 * A picture's values so that the darkest hundredth ends at 0 and the brightest begins at 1 (Cellpose's `normalize99`);
 * all 0 where the two are less than 0.001 apart. Values outside go on below 0 and above 1.
 */
export function normalisePercentiles(values: Float32Array | Uint8Array | Uint16Array): Float32Array {
  const sorted = values.slice().sort()
  const low = percentile(sorted, 1)
  const span = percentile(sorted, 99) - low
  const result = new Float32Array(values.length)
  if (!(span > 1e-3)) return result
  for (let i = 0; i < values.length; i++) result[i] = ((values[i] ?? 0) - low) / span
  return result
}

/** Between the two values next to it, linearly (NumPy's default). @param sorted ascending, at least one */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100
  const below = Math.floor(place)
  const [a, b] = [sorted[below] ?? 0, sorted[Math.min(below + 1, sorted.length - 1)] ?? 0]
  return a + (b - a) * (place - below)
}
