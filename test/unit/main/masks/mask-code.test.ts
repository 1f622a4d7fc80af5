import { describe, expect, test } from 'vitest'
import { grayLevels, shuffledGrayLevels } from '../../../../src/main/masks/gray-levels.ts'
import { labelCodes, largestTones, maskPlanes, tonesAsGrays } from '../../../../src/main/masks/mask-code.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

describe('the code of a mask', () => {
  test('takes one plane in gray, and one more than there are labels in tones', () => {
    expect([maskPlanes('gray', 4), maskPlanes('tones', 4), maskPlanes('tones', 3)]).toEqual([1, 5, 4])
  })

  test('in gray is x/127.5 − 1 of each label’s gray', () => {
    const { planes, values } = labelCodes('gray', Uint8Array.of(0, 255, 128))
    expect(planes).toBe(1)
    expect(values).toEqual(Float32Array.of(-1, 1, 128 / 127.5 - 1))
  })

  test('in tones is 1 in the plane of the label’s tone and −1 in the others', () => {
    const { planes, values } = labelCodes('tones', Uint8Array.of(0, 255, 128))
    expect(planes).toBe(3)
    const [background, first, second] = [0, 1, 2].map((label) => [...values.slice(3 * label, 3 * label + 3)])
    expect([background, first, second]).toEqual([
      [1, -1, -1],
      [-1, -1, 1],
      [-1, 1, -1]
    ])
  })

  test.each([1, 3, 4, 15])('of %d tones is read back by the largest plane, whatever their order', (count) => {
    for (let seed = 0; seed < 20; seed++) {
      const grays = shuffledGrayLevels(count, new RandomStream(seed))
      const { values } = labelCodes('tones', grays)
      expect(tonesAsGrays(values, count + 1)).toEqual(grays)
      const nearly = values.map((value, i) => 0.4 * value + 0.1 * Math.sin(i))
      expect(largestTones(nearly, count + 1)).toEqual(largestTones(values, count + 1))
    }
    expect([...largestTones(labelCodes('tones', grayLevels(count)).values, count + 1)]).toEqual(
      Array.from({ length: count + 1 }, (_, tone) => tone)
    )
  })
})
