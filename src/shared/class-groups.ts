import { type RandomStream } from './random.ts'

/**
 * Classes of a batch such that each group of the minibatch deviation holds one: sample i belongs to group i mod (N/group), as in
 * the discriminator. All classes come once before one comes again.
 *
 * @param groupSize samples in a group; where it does not divide the batch, the last group is smaller
 * @returns [N]
 */
export function drawGroupedClasses(random: RandomStream, classes: number, count: number, groupSize: number): number[] {
  const groups = Math.ceil(count / Math.min(groupSize, count))
  const decks = Array.from({ length: Math.ceil(groups / classes) }, () => random.shuffled([...Array(classes).keys()]))
  const ofGroups = decks.flat()
  return Array.from({ length: count }, (_, i) => ofGroups[i % groups] ?? 0)
}
