import type { Split } from '../../shared/masks.ts'
import { type Groupable, splitByGroup } from './split.ts'

interface Published extends Groupable {
  /** What the source says of the image. */
  readonly split?: string | undefined
}

/**
 * The split that came with the images, so that nothing is trained on what others test with. A kind that it leaves out,
 * such as validation, is dealt from its training images; an image of which it says nothing is one of those.
 *
 * @param shares as in `splitByGroup`, for the kinds that are left out
 * @returns `undefined` where the images came without one, or all of them of one kind
 */
export function publishedSplit(
  images: readonly Published[],
  shares: readonly [number, number, number],
  seed: number
): Split[] | undefined {
  const kinds = new Set(images.flatMap(({ split }) => split ?? []))
  if (kinds.size < 2) return undefined
  const share = (kind: Split, position: 1 | 2) => (kinds.has(kind) ? 0 : shares[position])
  const own: [number, number, number] = [shares[0], share('validation', 1), share('test', 2)]
  const training = [...images.keys()].filter((i) => !isHeldOut(images[i]?.split))
  const isDealt = own[1] + own[2] > 0
  const pool = training.flatMap((i) => images[i] ?? [])
  const dealt = isDealt ? splitByGroup(pool, own, seed) : []
  const places = new Map(training.map((i, place) => [i, place]))
  return images.map(({ split }, i) => (isHeldOut(split) ? split : (dealt[places.get(i) ?? -1] ?? 'train')))
}

function isHeldOut(split: string | undefined): split is 'validation' | 'test' {
  return split === 'validation' || split === 'test'
}
