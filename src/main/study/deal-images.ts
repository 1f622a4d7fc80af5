import { RandomStream } from '../../shared/random.ts'

/** What decides where a picture may be used. */
export interface Dealt {
  readonly id: number
  readonly class: string
  readonly well: string
}

export type Part = 'train' | 'validation' | 'test'

/** Shares of the wells that a study aims for. */
const aims: Readonly<Record<Part, number>> = { train: 0.55, validation: 0.15, test: 0.3 }

/**
 * Deals images to training, validation and test by their wells, so that each class is trained on and tested with. A class
 * with one well alone cannot be: it is left out and named.
 */
export function dealByWell(
  images: readonly Dealt[],
  seed: number
): { readonly parts: ReadonlyMap<number, Part>; readonly leftOut: readonly string[] } {
  const partOfWell = new Map<string, Part>()
  const leftOut: string[] = []
  const byClass = Map.groupBy(images, (image) => image.class)
  for (const name of [...byClass.keys()].sort()) {
    const wells = [...new Set((byClass.get(name) ?? []).map(({ well }) => well))].sort()
    const order = new RandomStream(seed, `study wells ${name}`).shuffled(wells)
    if (order.length < 2) leftOut.push(name)
    else dealWells(order, partOfWell)
  }
  const kept = images.filter((image) => !leftOut.includes(image.class))
  if (![...partOfWell.values()].includes('validation')) spareForValidation(kept, partOfWell)
  return { parts: new Map(kept.map(({ id, well }) => [id, partOfWell.get(well) ?? 'train'])), leftOut }
}

/** The first well of a class is trained on and the second tested with, then whatever is furthest below its aim. */
function dealWells(wells: readonly string[], parts: Map<string, Part>): void {
  const counts: Record<Part, number> = { train: 0, validation: 0, test: 0 }
  for (const well of wells) {
    const known = parts.get(well)
    const part = known ?? neediest(counts)
    parts.set(well, part)
    counts[part]++
  }
}

function neediest(counts: Readonly<Record<Part, number>>): Part {
  if (counts.train === 0) return 'train'
  if (counts.test === 0) return 'test'
  const total = counts.train + counts.validation + counts.test + 1
  const parts = ['validation', 'train', 'test'] as const
  return parts.reduce((best, part) =>
    total * aims[part] - counts[part] > total * aims[best] - counts[best] ? part : best
  )
}

/** Of the class with the most wells to train on, one goes to validation. */
function spareForValidation(images: readonly Dealt[], parts: Map<string, Part>): void {
  const byClass = Map.groupBy(images, (image) => image.class)
  const training = [...byClass.values()].map((members) => [
    ...new Set(members.map(({ well }) => well).filter((well) => parts.get(well) === 'train'))
  ])
  const [most = []] = training.sort((a, b) => b.length - a.length)
  const spare = most.at(-1)
  if (most.length > 1 && spare !== undefined) parts.set(spare, 'validation')
}

/**
 * The order in which a draw takes training images: its beginnings are what small shares are trained on.
 *
 * @param balance `classes`: as many of each class as of the others; `shares`: each class by its share of all
 */
export function drawOrder(
  images: readonly Dealt[],
  balance: 'classes' | 'shares',
  { seed, draw }: { readonly seed: number; readonly draw: number }
): number[] {
  const byClass = [...Map.groupBy(images, (image) => image.class)].sort(([a], [b]) => (a < b ? -1 : 1))
  const random = new RandomStream(seed, 'study draw', draw)
  const turns = random.shuffled(byClass.map(([name]) => name))
  const ranked = byClass.flatMap(([name, members]) => {
    const shuffled = random.shuffled(members.toSorted((a, b) => a.id - b.id))
    return shuffled.map(({ id }, rank) => ({
      id,
      place: balance === 'classes' ? rank : (rank + 0.5) / members.length,
      turn: turns.indexOf(name)
    }))
  })
  return ranked.sort((a, b) => a.place - b.place || a.turn - b.turn).map(({ id }) => id)
}

/** At most so many images, as evenly over classes and wells as they allow. */
export function thinOut<Image extends Dealt>(images: readonly Image[], most: number, seed: number): Image[] {
  if (images.length <= most) return [...images]
  const order = drawOrder(images, 'classes', { seed, draw: -1 }).slice(0, most)
  const kept = new Set(order)
  return images.filter(({ id }) => kept.has(id))
}
