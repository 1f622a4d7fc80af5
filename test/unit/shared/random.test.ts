import { expect, test } from 'vitest'
import { RandomStream } from '../../../src/shared/random.ts'

test('a stream of the same name gives the same numbers, another name others', () => {
  const draw = (seed: number, purpose: string, counter: number): number[] => {
    const random = new RandomStream(seed, purpose, counter)
    return Array.from({ length: 8 }, () => random.uint32())
  }
  expect(draw(7, 'tiles', 3)).toEqual(draw(7, 'tiles', 3))
  expect(draw(7, 'tiles', 3)).not.toEqual(draw(8, 'tiles', 3))
  expect(draw(7, 'tiles', 3)).not.toEqual(draw(7, 'latents', 3))
  expect(draw(7, 'tiles', 3)).not.toEqual(draw(7, 'tiles', 4))
})

test('neighbouring counters give independent streams', () => {
  const size = 4000
  const first = Array.from({ length: size }, (_, i) => new RandomStream(0, 'z', i).uniform() - 0.5)
  const correlation = first.slice(1).reduce((sum, value, i) => sum + value * (first[i] ?? 0), 0) / (size / 12)
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(size))
})

test('normal numbers have mean 0, variance 1 and the fourth moment of a normal distribution', () => {
  const values = new RandomStream(1, 'moments').normals(200_000)
  const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / values.length
  expect(moment(1)).toBeCloseTo(0, 1.9)
  expect(moment(2)).toBeCloseTo(1, 1.5)
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1)
})

test('integers cover their range evenly', () => {
  const random = new RandomStream(2, 'dice')
  const counts = new Array<number>(6).fill(0)
  for (let i = 0; i < 60_000; i++) {
    const side = random.integer(6)
    counts[side] = (counts[side] ?? 0) + 1
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(20.5) // 99.9th percentile with 5 degrees of freedom
})

test('shuffling keeps every item and reaches every order', () => {
  const orders = new Set<string>()
  for (let i = 0; i < 200; i++) orders.add(new RandomStream(3, 'shuffle', i).shuffled(['a', 'b', 'c']).join(''))
  expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
})
