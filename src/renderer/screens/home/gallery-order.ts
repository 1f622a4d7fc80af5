interface Shown {
  readonly class: string
  readonly maskFit?: number | undefined
}

/** One of each class in turn, so that the first screen shows them all. */
export function alternating<T extends Shown>(pictures: readonly T[]): T[] {
  const rows = [...Map.groupBy(pictures, (picture) => picture.class).values()]
  const longest = Math.max(0, ...rows.map((row) => row.length))
  return Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row.slice(index, index + 1))).flat()
}

/** Those whose masks belong to them least first; last those of which nobody can say, as they were made. */
export function worstFitFirst<T extends Shown>(pictures: readonly T[]): T[] {
  return pictures.toSorted((a, b) => (a.maskFit ?? 2) - (b.maskFit ?? 2))
}
