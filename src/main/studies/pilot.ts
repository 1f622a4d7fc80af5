import type { FindableEffect } from '../../shared/studies.ts'
import { findableEffect } from '../study/power.ts'
import { answerOf, readResults } from './report/write-report.ts'
import { readFrozen, StudyFolder } from './study-folder.ts'

/** A pilot, as a thread is asked about it. */
export interface PilotTask {
  readonly root: string
  readonly id: string
  readonly program: string
  /** Of the study that is planned. */
  readonly seed: number
}

/** So many repeats are looked at. */
const sizes = [2, 3, 5, 8, 12]

/** Which effects plans of so many repeats would find, by the spread of a pilot. Empty where it has no interval yet. */
export async function findableBy({ root, id, program, seed }: PilotTask): Promise<FindableEffect[]> {
  const place = new StudyFolder(root, id)
  const frozen = { place, program, ...(await readFrozen(place)) }
  const { fields } = answerOf(frozen.study, await readResults(frozen))
  const spreads = fields
    .filter(({ comparison }) => comparison.isWhole)
    .flatMap(({ difference }) => difference?.spread ?? [])
    .filter(({ interval }) => interval !== undefined)
    .sort((a, b) => b.variance - a.variance)
  const middle = spreads[Math.floor(spreads.length / 2)]
  if (middle === undefined) return []
  const images = middle.imageUnits.count
  return sizes.map((repeats) => ({
    repeats,
    effect: findableEffect(middle.components, { repeats, images }, { seed, studies: 400 })
  }))
}
