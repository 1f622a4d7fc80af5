import { describe, expect, test } from 'vitest'
import { flagsOf } from '../../../../src/main/workspace/picture-flags.ts'
import { type SyntheticImage } from '../../../../src/shared/synthetic.ts'

const image: SyntheticImage = {
  file: '000000.png',
  index: 0,
  class: 'a',
  width: 64,
  height: 64,
  cells: 3,
  removedCells: 0,
  maskFit: 0.8
}
const maskFit = { generated: 0.7, real: 0.85, measure: 'AUC' }
const realCells = new Map([['a', 3.2]])

describe('The flags of a generated picture', () => {
  test('are none where it is like real ones, and where nothing is known of real ones', () => {
    expect(flagsOf(image, { maskFit, realCells })).toEqual([])
    expect(flagsOf({ ...image, maskFit: 0.1, cells: 50 }, {})).toEqual([])
  })

  test('tell what the area filter took out of its mask', () => {
    const removed = (['too-small', 'too-large', 'too-ragged'] as const).map((reason) => ({
      reason,
      area: 5,
      counts: ''
    }))
    expect(flagsOf({ ...image, removed }, {})).toEqual(['fragments', 'merges', 'ragged'])
  })

  test('tell that it is empty, too full, or that its mask is not its own', () => {
    expect(flagsOf({ ...image, cells: 0 }, {})).toEqual(['empty'])
    expect(flagsOf({ ...image, cells: 10 }, { realCells })).toEqual(['too-many'])
    expect(flagsOf({ ...image, maskFit: 0.5 }, { maskFit })).toEqual(['poor-fit'])
  })
})
