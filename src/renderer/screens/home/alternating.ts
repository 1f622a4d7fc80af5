/** One of each class in turn, so that the first screen shows them all. */
export function alternating<T extends { readonly class: string }>(pictures: readonly T[]): T[] {
  const rows = [...Map.groupBy(pictures, (picture) => picture.class).values()]
  const longest = Math.max(0, ...rows.map((row) => row.length))
  return Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row.slice(index, index + 1))).flat()
}
