import { idText } from './coco-index.ts'

interface OwnIds {
  readonly ids: readonly number[]
  /** Positions of annotations that say again, under the same id, what an earlier one said. */
  readonly repeated: ReadonlySet<number>
  /** How many have the id of another cell of the image, and outlines of their own. */
  readonly renumbered: number
}

/**
 * An id for each annotation of one image: its own, where that is a whole number that no earlier one has. Texts, long
 * numbers and missing ids get the next free numbers.
 */
export function ownIds(annotations: readonly Readonly<Record<string, unknown>>[]): OwnIds {
  const own = annotations.map(({ id }) => wholeNumber(id))
  let next = own.reduce<number>((most, id) => Math.max(most, id ?? 0), 0)
  const first = new Map<string, unknown>()
  const repeated = new Set<number>()
  let renumbered = 0
  const ids = annotations.map(({ id, segmentation }, i) => {
    if (id === undefined || id === null) return ++next
    const text = idText(id)
    if (!first.has(text)) {
      first.set(text, segmentation)
      return own[i] ?? ++next
    }
    if (JSON.stringify(first.get(text)) === JSON.stringify(segmentation)) repeated.add(i)
    else renumbered++
    return ++next
  })
  return { ids, repeated, renumbered }
}

function wholeNumber(id: unknown): number | undefined {
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined
}
