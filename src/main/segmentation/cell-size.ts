import { labelAreas } from './label-picture.ts'

/** The diameter in pixels of a disc of the median cell's √area: 2/√π · median(√area); 0 without cells (Cellpose). */
export function medianDiameter(labels: Int32Array): number {
  let count = 0
  for (const label of labels) count = Math.max(count, label)
  const roots = [...labelAreas(labels, count).subarray(1)].filter((area) => area > 0).map(Math.sqrt)
  return (2 / Math.sqrt(Math.PI)) * median(roots)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const above = sorted[Math.floor(middle)] ?? 0
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + above) / 2 : above
}
