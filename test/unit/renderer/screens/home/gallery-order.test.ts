import { expect, test } from 'vitest'
import { alternating, worstFitFirst } from '../../../../../src/renderer/screens/home/gallery-order.ts'

const pictures = [
  { file: '1', class: 'a', maskFit: 0.7 },
  { file: '2', class: 'a' },
  { file: '3', class: 'a', maskFit: 0.2 },
  { file: '4', class: 'b', maskFit: 0.7 }
]
const names = (shown: readonly { file: string }[]): string => shown.map(({ file }) => file).join('')

test('classes take turns', () => {
  expect(names(alternating(pictures))).toBe('1423')
  expect(alternating([])).toEqual([])
})

test('masks that fit least come first, and pictures that cannot be judged last', () => {
  expect(names(worstFitFirst(pictures))).toBe('3142')
})
