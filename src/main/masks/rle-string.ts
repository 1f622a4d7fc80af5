import { refuse } from '../../shared/errors.ts'
import { rleFromCounts, type Rle } from './rle.ts'

/**
 * COCO's compressed runs: each number in groups of five bits, least significant first, as the characters 48 … 111.
 * Bit 5 says that another group follows; from the fourth run on, the difference to the run two places before is
 * written, which may be negative.
 */
export function encodeCounts(counts: ArrayLike<number>): string {
  let text = ''
  for (let i = 0; i < counts.length; i++) {
    let rest = (counts[i] ?? 0) - (i > 2 ? (counts[i - 2] ?? 0) : 0)
    let more = true
    while (more) {
      const group = rest & 31
      rest >>= 5
      more = (group & 16) === 0 ? rest !== 0 : rest !== -1
      text += String.fromCharCode(48 + group + (more ? 32 : 0))
    }
  }
  return text
}

/** @throws AppError if the text is not a run-length string. */
export function decodeCounts(text: string): Uint32Array {
  const counts = new Uint32Array(countNumbers(text))
  let at = 0
  for (let i = 0; i < counts.length; i++) {
    let value = 0
    let bits = 0
    let group: number
    do {
      group = text.charCodeAt(at++) - 48
      value |= (group & 31) << bits
      bits += 5
    } while ((group & 32) !== 0)
    const isNegative = (group & 16) !== 0
    const difference = isNegative && bits < 32 ? value | (-1 << bits) : value
    const run = difference + (i > 2 ? (counts[i - 2] ?? 0) : 0)
    if (run < 0 || run > 0xffff_ffff) throw malformed(`run ${i + 1} is ${run}`)
    counts[i] = run
  }
  return counts
}

/** @throws AppError if the text is malformed or does not add up to height · width. */
export function rleFromString(text: string, height: number, width: number): Rle {
  return rleFromCounts(decodeCounts(text), height, width)
}

/** @throws AppError for anything but whole numbers of at most 32 bits */
function countNumbers(text: string): number {
  let count = 0
  let groups = 0 // of the number that is being read
  for (let at = 0; at < text.length; at++) {
    const group = text.charCodeAt(at) - 48
    if (group < 0 || group > 63) throw malformed(`it has the character "${text.charAt(at)}"`)
    if (++groups > 7) throw malformed('a number in it is longer than 32 bits')
    if ((group & 32) !== 0) continue
    count++
    groups = 0
  }
  if (groups > 0) throw malformed('it ends in the middle of a number')
  return count
}

function malformed(reason: string) {
  return refuse(`A compressed run-length mask cannot be read: ${reason}.`, {
    next: 'Export the annotations again; the string may have lost its escapes.'
  })
}
