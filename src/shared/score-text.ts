/** Distances of many units are shown with one digit, those of about one with two: the next changes with the seed. */
export function scoreText(value: number): string {
  // No minus before a zero: what is nearer than chance is no nearer.
  return Math.abs(value) < 10 ? Math.max(0, value).toFixed(2) : value.toFixed(1)
}
