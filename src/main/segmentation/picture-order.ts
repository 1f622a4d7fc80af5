import { RandomStream } from '../../shared/random.ts'
import { type SegmenterSettings } from '../../shared/segmentation.ts'

type MixSettings = Pick<SegmenterSettings, 'batch' | 'iterations' | 'seed' | 'syntheticShare' | 'syntheticMix'>

/** How many pictures there are of each kind. */
export interface PictureCounts {
  readonly real: number
  readonly synthetic: number
}

export interface PickedPicture {
  readonly as: 'real' | 'synthetic'
  /** Of the pictures of its kind. */
  readonly index: number
}

/**
 * The pictures of an iteration's batch (docs/method.md §12.4). Those of a kind come one after another in an order drawn
 * anew for each round, so that none is seen twice before all were; kinds take turns so evenly that at any time the
 * synthetic share is met to within one picture. It depends on seed and iteration alone.
 *
 * @param iteration from 1
 */
export function picturesOf(iteration: number, counts: PictureCounts, settings: MixSettings): PickedPicture[] {
  const { batch } = settings
  return Array.from({ length: batch }, (_, i) => {
    const place = (iteration - 1) * batch + i
    const before = syntheticBefore(place, counts, settings)
    const isSynthetic = syntheticBefore(place + 1, counts, settings) > before
    const as = isSynthetic ? 'synthetic' : 'real'
    return { as, index: inRounds(isSynthetic ? before : place - before, counts[as], settings.seed, as) }
  })
}

/** Of the first pictures of the training, how many are synthetic. */
function syntheticBefore(place: number, { real, synthetic }: PictureCounts, settings: MixSettings): number {
  if (synthetic === 0) return 0
  if (real === 0) return place
  if (settings.syntheticMix === 'first') return Math.min(place, Math.floor(settings.iterations / 2) * settings.batch)
  return Math.floor(place * (settings.syntheticShare ?? synthetic / (real + synthetic)))
}

/** The picture of a kind that comes at this place among those of its kind. */
function inRounds(place: number, count: number, seed: number, as: string): number {
  const round = Math.floor(place / count)
  return roundOrder(seed, `order of ${as} pictures`, round, count)[place - round * count] ?? 0
}

let latest = new Map<string, { readonly key: string; readonly order: number[] }>()

/** The order of one round; the last one of each kind is kept, as it is asked for picture by picture. */
function roundOrder(seed: number, purpose: string, round: number, count: number): number[] {
  const key = `${seed}/${round}/${count}`
  const known = latest.get(purpose)
  if (known?.key === key) return known.order
  const order = new RandomStream(seed, purpose, round).shuffled(Array.from({ length: count }, (_, i) => i))
  latest = new Map(latest).set(purpose, { key, order })
  return order
}
