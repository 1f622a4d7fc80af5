import { setImmediate } from 'node:timers/promises'

/** So many are worked on at a time: milliseconds, after which whoever else waits has their turn. */
const slice = 500

/** Maps a long list without keeping everybody waiting until its end. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Result
): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < items.length; first += slice) {
    if (first > 0) await setImmediate()
    const part = items.slice(first, first + slice)
    for (const [i, item] of part.entries()) results.push(map(item, first + i))
  }
  return results
}
