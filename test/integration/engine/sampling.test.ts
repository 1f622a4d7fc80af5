import { beforeAll, expect, test } from 'vitest'
import { RandomStream } from '../../../src/shared/random.ts'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { createGenerator, type Generator } from '../../../src/main/engine/networks/generator.ts'
import { sampleGenerator } from '../../../src/main/engine/sampling.ts'
import { tinyNetwork } from '../../support/tiny-training.ts'

let generator: Generator

beforeAll(async () => {
  await chooseBackend('cpu')
  generator = createGenerator(tinyNetwork(), new RandomStream(1))
})

const labels = Int32Array.from([0, 1, 1, 0, 1])
const options = { labels, seed: 7, firstIndex: 10, batch: 2 }
const pictureSize = 8 * 8 * 2

test('makes as many pictures as there are labels, whatever the batch', async () => {
  const inPairs = await sampleGenerator(generator, options)
  expect(inPairs).toHaveLength(5 * pictureSize)
  expect(await sampleGenerator(generator, { ...options, batch: 5 })).toEqual(inPairs)
  expect(await sampleGenerator(generator, { ...options, batch: 8 })).toEqual(inPairs)
})

test('a picture depends on its number, not on those before it', async () => {
  const all = await sampleGenerator(generator, options)
  const later = await sampleGenerator(generator, { ...options, labels: labels.slice(3), firstIndex: 13 })
  expect(later).toEqual(all.slice(3 * pictureSize))
})

test('another seed or class makes another picture, and no truncation is ψ = 1', async () => {
  const all = await sampleGenerator(generator, options)
  expect(await sampleGenerator(generator, { ...options, seed: 8 })).not.toEqual(all)
  const otherClass = await sampleGenerator(generator, { ...options, labels: labels.map((label) => 1 - label) })
  expect(otherClass).not.toEqual(all)
  expect(await sampleGenerator(generator, { ...options, truncation: { psi: 1 } })).toEqual(all)
  expect(await sampleGenerator(generator, { ...options, truncation: { psi: 0.5 } })).not.toEqual(all)
})
