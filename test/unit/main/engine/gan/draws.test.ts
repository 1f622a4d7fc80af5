import { beforeAll, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { drawDirection, drawGeneratorInputs } from '../../../../../src/main/engine/gan/draws.ts'
import { tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const settings = tinyTraining({ network: tinyNetwork({ resolution: 16, classes: 3 }) })

test('the same stream gives the same batch, another iteration another one', () => {
  const latents = (iteration: number) =>
    drawGeneratorInputs(new RandomStream(1, 'generator step', iteration), settings, 2).z.arraySync()
  expect(latents(5)).toEqual(latents(5))
  expect(latents(5)).not.toEqual(latents(6))
})

test('classes are drawn alike often, and mixing as often as its probability and from every slot', () => {
  const classes = [0, 0, 0]
  const cuts = new Map<number, number>()
  for (let iteration = 0; iteration < 400; iteration++) {
    const { labels, mixing } = drawGeneratorInputs(new RandomStream(1, '', iteration), settings, 3)
    for (const label of labels.dataSync()) classes[label] = (classes[label] ?? 0) + 1
    if (mixing) cuts.set(mixing.cut, (cuts.get(mixing.cut) ?? 0) + 1)
  }
  for (const count of classes) expect(Math.abs(count - 400)).toBeLessThan(60)
  expect([...cuts.keys()].sort()).toEqual([1, 2, 3, 4, 5]) // of six slots
  const mixed = [...cuts.values()].reduce((sum, count) => sum + count, 0)
  expect(Math.abs(mixed / 400 - 0.9)).toBeLessThan(0.05)
})

test('grouped classes are alike within a group of the minibatch deviation, and all come before one comes again', () => {
  const grouped = { ...settings, classDraw: 'grouped' as const } // groups of two samples, of three classes
  const seen = new Set<string>()
  for (let iteration = 0; iteration < 50; iteration++) {
    const { classes } = drawGeneratorInputs(new RandomStream(1, '', iteration), grouped, 8)
    const ofGroups = classes.slice(0, 4)
    expect(classes.slice(4)).toEqual(ofGroups)
    expect(new Set(ofGroups).size).toBe(3)
    seen.add(ofGroups.join())
  }
  expect(seen.size).toBeGreaterThan(10)
})

test('grouped classes also fill a batch that groups do not divide', () => {
  const grouped = { ...settings, classDraw: 'grouped' as const }
  expect(drawGeneratorInputs(new RandomStream(1), grouped, 3).classes).toHaveLength(3)
  expect(drawGeneratorInputs(new RandomStream(1), grouped, 1).classes).toHaveLength(1)
})

test('without style mixing there is no second latent', () => {
  const plain = { ...settings, styleMixing: 0 }
  expect(drawGeneratorInputs(new RandomStream(1), plain, 2).mixing).toBeUndefined()
})

test('the direction of the path length covers image and mask planes', () => {
  expect(drawDirection(new RandomStream(1), settings, 2).shape).toEqual([2, 16, 16, 2])
})
