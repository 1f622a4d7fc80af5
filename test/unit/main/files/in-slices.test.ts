import { expect, test } from 'vitest'
import { mapInSlices } from '../../../../src/main/files/in-slices.ts'

test('a long list is worked on in slices, and between them everybody else has a turn', async () => {
  const items = Array.from({ length: 10_000 }, (_, i) => i)
  let isOver = false
  let sinceTurn = 0
  let most = 0
  const turn = () => {
    sinceTurn = 0
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const results = await mapInSlices(items, (item, index) => {
    most = Math.max(most, ++sinceTurn)
    return item + index
  })
  isOver = true
  expect(results).toEqual(items.map((item) => 2 * item))
  expect(most).toBeLessThanOrEqual(500)
})

test('what goes wrong in a slice is thrown', async () => {
  const items = Array.from({ length: 1200 }, (_, i) => i)
  const half = (item: number) => {
    if (item === 1100) throw new Error('This one is damaged.')
    return item / 2
  }
  await expect(mapInSlices(items, half)).rejects.toThrow('This one is damaged.')
})
