import { fewestOfClass, type Split } from '../../shared/masks.ts'
import { RandomStream } from '../../shared/random.ts'

/** What a split needs to know of an image. */
export interface Groupable {
  readonly class: string
  readonly group: string
}

const names: readonly Split[] = ['train', 'validation', 'test']

/**
 * Deals images to training, validation and test so that the shares hold in each class, as far as its number allows, and
 * over all. Images of one group (crops of one frame) stay together. The first group of a class goes to training, and as
 * many more as make the class trainable, so that no class is only tested on.
 *
 * @param shares of images for training, validation and test; their sum is taken as the whole
 * @returns the split of each image, in the order given; the same for the same seed
 */
export function splitByGroup(
  images: readonly Groupable[],
  shares: readonly [number, number, number],
  seed: number
): Split[] {
  const splits = new Array<Split>(images.length).fill('train')
  const overall = new Tally(shares)
  for (const className of [...new Set(images.map((image) => image.class))].sort()) {
    const members = [...images.entries()].filter(([, image]) => image.class === className)
    const groups = Map.groupBy(members, ([, { group }]) => group)
    const order = new RandomStream(seed, `split ${className}`).shuffled([...groups.keys()].sort())
    const ofClass = new Tally(shares)
    for (const group of order) {
      const positions = groups.get(group) ?? []
      const split = hungriest(ofClass, overall, positions.length)
      ofClass.add(split, positions.length)
      overall.add(split, positions.length)
      for (const [position] of positions) splits[position] = names[split] ?? 'train'
    }
    if (shares[0] > 0)
      makeTrainable(
        splits,
        order.map((group) => (groups.get(group) ?? []).map(([i]) => i))
      )
  }
  return splits
}

/** Takes groups of a class back from validation and test, the first dealt first, until training has enough of them. */
function makeTrainable(splits: Split[], groups: readonly (readonly number[])[]): void {
  let training = groups.flat().filter((position) => splits[position] === 'train').length
  for (const group of groups) {
    if (training >= fewestOfClass) return
    if (group.every((position) => splits[position] === 'train')) continue
    for (const position of group) splits[position] = 'train'
    training += group.length
  }
}

/** How many images each split has, beside what it should have. */
class Tally {
  readonly shares: readonly [number, number, number]
  readonly #dealt = [0, 0, 0]

  constructor(shares: readonly [number, number, number]) {
    this.shares = shares
  }

  get isEmpty(): boolean {
    return this.#dealt.every((count) => count === 0)
  }

  add(split: number, count: number): void {
    this.#dealt[split] = (this.#dealt[split] ?? 0) + count
  }

  /** How far each split is below its share once `more` images are counted in the whole. */
  hunger(more: number): number[] {
    const whole = this.shares[0] + this.shares[1] + this.shares[2]
    const total = this.#dealt.reduce((sum, count) => sum + count, more)
    return this.shares.map((share, i) => (total * share) / whole - (this.#dealt[i] ?? 0))
  }
}

function hungriest(ofClass: Tally, overall: Tally, more: number): number {
  if (ofClass.isEmpty && ofClass.shares[0] > 0) return 0
  const inAll = overall.hunger(more)
  const hunger = ofClass.hunger(more).map((value, i) => value + (inAll[i] ?? 0))
  return hunger.indexOf(Math.max(...hunger))
}
