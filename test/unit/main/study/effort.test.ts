import { expect, test } from 'vitest'
import {
  armSeconds,
  type EffortPlan,
  generatorSeconds,
  generatorSecondsFromTrial,
  lookEvery
} from '../../../../src/main/study/effort.ts'
import type { GenerationPlan, StudyImage } from '../../../../src/shared/studies.ts'

function image(split: StudyImage['split'], side: number): StudyImage {
  return { id: 1, file: 'a.png', class: 'a', well: 'a', width: side, height: side, cells: 1, sha256: '', split }
}

const generation: GenerationPlan = { preset: 'demo', tile: 64, channels: 'gray', iterations: 300, images: 32 }
const pilot: EffortPlan = {
  generation,
  segmentation: { iterations: 120, batch: 4, width: 'quarter', crop: 64, learningRate: 0.005, syntheticShare: 0.5 },
  images: [image('test', 100), image('validation', 100)]
}

test('short trainings look twice at the validation pictures, longer ones five times', () => {
  expect([1, 60, 120, 400, 5000].map(lookEvery)).toEqual([1, 60, 60, 80, 1000])
})

test('the time of an arm grows with its iterations, crops, batch and width, and with the pixels that are looked at', () => {
  const measured = { seconds: 50, learning: 30 }
  expect(armSeconds(measured, pilot, pilot)).toBe(50)
  const longer = { ...pilot, segmentation: { ...pilot.segmentation, iterations: 240, crop: 128, batch: 8 } }
  // Learning 2 · 4 · 2 times as long; two looks become four, beside the one test image.
  expect(armSeconds(measured, pilot, longer)).toBeCloseTo(30 * 16 + (20 * 5) / 3, 9)
  const tested = { ...pilot, images: [...pilot.images, image('test', 200)] }
  expect(armSeconds(measured, pilot, tested)).toBeCloseTo(30 + (20 * 7) / 3, 9)
  const wider = { ...pilot, segmentation: { ...pilot.segmentation, width: 'full' as const } }
  expect(armSeconds(measured, pilot, wider)).toBeCloseTo(200, 9)
})

test('the time of a generator grows with its iterations, its pictures and tiles, and is not known of other networks', () => {
  const of = (changes: Partial<GenerationPlan>): EffortPlan => ({ ...pilot, generation: { ...generation, ...changes } })
  const measured = { seconds: 60, making: 10 }
  expect(generatorSeconds(measured, pilot, pilot)).toBe(60)
  expect(generatorSeconds(measured, pilot, of({ iterations: 600, tile: 128 }))).toBe(4 * (100 + 10))
  expect(generatorSeconds(measured, pilot, of({ images: 320 }))).toBe(50 + 100)
  expect(generatorSeconds(measured, pilot, of({ preset: 'quick' }))).toBeUndefined()
})

test('a generator that was tried takes its training, its start, and a while for each picture', () => {
  const tried = { training: 100, start: 5, perPicture: 0.25 }
  expect(generatorSecondsFromTrial(tried, generation)).toBe(100 + 5 + 8)
})
