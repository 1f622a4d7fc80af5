import { RandomStream } from '../../src/shared/random.ts'
import { cellTypes, type CellType } from './cell-types.ts'

export interface ArchiveSettings {
  /** Pictures in all, evenly over the eight cell types. */
  readonly images: number
  /** Outlines an image, on average over the types. */
  readonly cells: number
  /** The same seed gives the same bytes. */
  readonly seed: number
}

/** An entry of the annotation files: mostly one for each picture. */
export interface PlannedEntry {
  /** `A172_Phase_A7_1_00d04h00m_2`, without an ending. */
  readonly stem: string
  readonly type: CellType
  readonly split: 'train' | 'val' | 'test'
  /** Ids come from one sequence: the image's, then those of its cells. */
  readonly id: number
  readonly cells: number
  /** Names the random numbers of its outlines. */
  readonly number: number
  /** A second annotation of a picture that was there before, as 2 % of the published entries are. */
  readonly isSecond: boolean
  /** Where in 0 … 1 it stands among the training images: parts of a share below that hold it. */
  readonly share: number
}

/** Of published 5,239 pictures 1,512 are for the test; of the others about every seventh is for validation. */
const testShare = 1512 / 5239
const validationEvery = 7
/** Images are taken every four hours, for 80. */
const [hoursApart, timesInAll] = [4, 20]
/** Frames go through the times in steps without a common divisor, so that a few of them are early and late ones too. */
const timeStep = 7
const cropsOfFrame = 4
const secondEntries = 0.02
const firstId = 1000

/** Goes through all entries, always the same way; nothing is kept. */
export function* planEntries({ images, cells, seed }: ArchiveSettings): Generator<PlannedEntry> {
  let id = firstId
  let number = 0
  for (const [i, type] of cellTypes.entries()) {
    const ofType = Math.floor((images + cellTypes.length - 1 - i) / cellTypes.length)
    const tests = Math.round(ofType * testShare)
    for (let k = 0; k < ofType; k++) {
      const place = k < tests ? placeOf(k, type.testWells) : placeOf(k - tests, type.wells)
      const split = k < tests ? 'test' : place.frame % validationEvery === 1 ? 'val' : 'train'
      const random = new RandomStream(seed, 'plan', number)
      const share = random.uniform()
      const entries = random.uniform() < secondEntries ? 2 : 1
      for (let entry = 0; entry < entries; entry++) {
        const count = countCells(cells * type.density, place.hours, random)
        const stem = `${type.name}_Phase_${place.name}`
        yield { stem, type, split, id, cells: count, number, isSecond: entry > 0, share }
        id += 1 + count
        number++
      }
    }
  }
}

/** The nth picture of a type in some wells: crops of one frame follow each other, then times, wells and locations. */
function placeOf(n: number, wells: readonly string[]): { frame: number; hours: number; name: string } {
  const frame = Math.floor(n / cropsOfFrame)
  const hours = ((frame * timeStep) % timesInAll) * hoursApart
  const position = Math.floor(frame / timesInAll)
  const well = wells[position % wells.length] ?? ''
  const location = 1 + Math.floor(position / wells.length)
  const time = `${pad(Math.floor(hours / 24))}d${pad(hours % 24)}h00m`
  return { frame, hours, name: `${well}_${location}_${time}_${1 + (n % cropsOfFrame)}` }
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

/** Cells divide, so there are more of them later; and no image is like the next. */
function countCells(mean: number, hours: number, random: RandomStream): number {
  const growth = 0.6 + (0.8 * hours) / ((timesInAll - 1) * hoursApart)
  return Math.max(1, Math.round(mean * growth * Math.exp(0.3 * random.normal() - 0.045)))
}
