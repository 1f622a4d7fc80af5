import { describe, expect, test } from 'vitest'
import { bootstrap, type Repeat, type Sampled } from '../../../../src/main/study/hierarchical-bootstrap.ts'
import { compareArms, judge } from '../../../../src/main/study/verdict.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

interface Chance {
  readonly wells: number
  readonly perWell: number
  readonly draws: number
  readonly perDraw: number
  readonly sd: { readonly well: number; readonly image: number; readonly draw: number; readonly seed: number }
}

/** Per-image differences of two arms as a study would see them. */
function simulated(chance: Chance, effect: number, random: RandomStream): { sampled: Sampled; table: number[][] } {
  const { wells, perWell, draws, perDraw, sd } = chance
  const names = Array.from({ length: wells * perWell }, (_, i) => `${Math.floor(i / perWell)}`)
  const ofWell = Array.from({ length: wells }, () => sd.well * random.normal())
  const ofImage = names.map((name) => (ofWell[Number(name)] ?? 0) + sd.image * random.normal())
  const repeats: Repeat[] = []
  const values: number[][] = []
  for (let draw = 0; draw < draws; draw++) {
    const ofDraw = sd.draw * random.normal()
    for (let seed = 0; seed < perDraw; seed++) {
      const ofSeed = ofDraw + sd.seed * random.normal()
      repeats.push({ draw, generator: 0, seed })
      values.push(ofImage.map((image) => effect + image + ofSeed + 0.04 * random.normal()))
    }
  }
  return { sampled: { wells: names, repeats }, table: values }
}

function weighted(values: readonly number[], weights: Float64Array): number {
  let [sum, total] = [0, 0]
  for (const [i, value] of values.entries()) {
    sum += (weights[i] ?? 0) * value
    total += weights[i] ?? 0
  }
  return sum / total
}

function meanOf(table: readonly (readonly number[])[], images: Float64Array, repeats: Float64Array): number {
  const rows = table.map((row, i) => (repeats[i] === 0 ? 0 : weighted(row, images)))
  return weighted(rows, repeats)
}

const kinds: [string, Chance][] = [
  ['five seeds', { wells: 40, perWell: 1, draws: 1, perDraw: 5, sd: { well: 0, image: 0.06, draw: 0, seed: 0.01 } }],
  [
    'three draws of two seeds',
    { wells: 30, perWell: 1, draws: 3, perDraw: 2, sd: { well: 0, image: 0.05, draw: 0.015, seed: 0.01 } }
  ],
  [
    'wells of four images, four draws of three seeds',
    { wells: 8, perWell: 4, draws: 4, perDraw: 3, sd: { well: 0.02, image: 0.04, draw: 0.02, seed: 0.02 } }
  ]
]

describe('over 400 simulated studies', () => {
  test.each(kinds)('the intervals hold the effect in 92 to 98 of 100 studies: %s', (_, chance) => {
    let held = 0
    for (let study = 0; study < 400; study++) {
      const { sampled, table: values } = simulated(chance, 0.02, new RandomStream(11, 'study', study))
      const choice = { seed: study, resamples: 250, confidence: 0.95 }
      const { interval = [0, 0] } = bootstrap(sampled, (images, repeats) => meanOf(values, images, repeats), choice)
      if (interval[0] <= 0.02 && interval[1] >= 0.02) held++
    }
    expect(held).toBeGreaterThanOrEqual(0.92 * 400)
    expect(held).toBeLessThanOrEqual(0.98 * 400)
  })

  test.each(kinds)('"helps" is said of nothing in one study of twenty at most: %s', (_, chance) => {
    const said = { helps: 0, harms: 0, 'cannot-tell': 0 }
    for (let study = 0; study < 400; study++) {
      const { sampled, table: values } = simulated(chance, 0, new RandomStream(12, 'study', study))
      const arm = (repeat: number, images: Float64Array) => weighted(values[repeat] ?? [], images)
      const pairing = { ...sampled, arm, baseline: () => 0, hasGenerator: true }
      const [judged] = judge([compareArms(pairing, { seed: study, resamples: 150, confidence: 0.95 })])
      said[judged?.verdict ?? 'cannot-tell']++
    }
    expect(said.helps).toBeLessThanOrEqual(20)
    expect(said.harms).toBeLessThanOrEqual(20)
    expect(said.helps + said.harms).toBeGreaterThan(0)
  })
})
