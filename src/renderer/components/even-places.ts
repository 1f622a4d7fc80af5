/** Places of a few of so many things, from everywhere: pictures of a set stand class by class. Of an unknown number, the first. */
export function evenPlaces(count: number, most: number): number[] {
  const shown = Math.min(most, count)
  const step = Number.isFinite(count) ? count / shown : 1
  return Array.from({ length: shown }, (_, i) => Math.floor(i * step))
}
