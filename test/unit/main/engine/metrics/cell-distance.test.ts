import { beforeAll, describe, expect, test } from 'vitest'
import { resolve } from 'node:path'
import { readClasses, halfSize, tileHalves, type TileHalves } from '../../../../../scripts/bench/judge/folder.ts'
import { emptyRungs, ladders, paintedOver } from '../../../../../scripts/bench/judge/ladder.ts'
import { scoreBothWays } from '../../../../../scripts/bench/judge/score-tiles.ts'
import { clearMargin, outcomeOf, verdictOn } from '../../../../../scripts/bench/judge/verdict.ts'
import { RealCells } from '../../../../../src/main/engine/metrics/cell-distance.ts'
import { cellNumberNames } from '../../../../../src/main/engine/metrics/cell-numbers.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { smallEye } from '../../../../support/small-eye.ts'

/** Tiles of the bundled sample. */
const classes = new Map<string, TileHalves>()
beforeAll(async () => {
  for (const [name, scenes] of await readClasses({ source: resolve('resources/sample') })) {
    classes.set(name, tileHalves(scenes.map(halfSize), 32, 80))
  }
})

describe.each(['fluorescence', 'stained'])('the cell distance of %s tiles', (name) => {
  test('rises on every ladder from real tiles to spoiled ones, and puts emptiness last', async () => {
    const scores = await scoreBothWays(smallEye, tilesOf(name).halves, () => undefined)
    const verdict = verdictOn(scores)
    const unseen = 'blurred by 0.5' // by the small eye
    expect(verdict.breaks.filter(({ to }) => to !== unseen)).toEqual([])
    expect(verdict.emptyMargin).toBeGreaterThan(clearMargin)
    expect(Math.abs(scores.get('real')?.cellDistance ?? NaN)).toBeLessThan(0.03)
    expect(scores.get('flat')?.cellDistance).toBeGreaterThan(0.8)
  }, 180_000)
})

describe('a ladder', () => {
  /** Scores that rise by 0.1 from rung to rung, but for one; `spread` over the groups that are left out. */
  const scoresWith = (rung: string, cellDistance: number, spread: number) => {
    const rungs = [...new Set([...ladders.flat(), ...emptyRungs])]
    const own = rungs.map((name, i) => [name, emptyRungs.includes(name) ? 9 : i / 10] as const)
    const groups = [-1, 1, -1, 1]
    return new Map(
      own.map(([name, value]) => {
        const isIt = name === rung
        const at = isIt ? cellDistance : value
        return [name, { cellDistance: at, without: groups.map((sign) => at + (isIt ? sign * spread : 0)) }]
      })
    )
  }

  test('that rises is passed', () => {
    const verdict = verdictOn(scoresWith('real', 0, 0))
    expect(verdict).toMatchObject({ breaks: [], unsettled: [] })
    expect(outcomeOf(verdict)).toBe('passed')
  })

  test('that falls is failed, and undecided where that is within chance', () => {
    const falls = verdictOn(scoresWith('a quarter painted over', -0.01, 0.001))
    expect(falls.breaks.map(({ to }) => to)).toEqual(['a quarter painted over'])
    expect(outcomeOf(falls)).toBe('failed')
    const chance = verdictOn(scoresWith('a quarter painted over', -0.01, 0.02))
    expect(outcomeOf(chance)).toBe('undecided')
    // √(¾·4)·0.02 of four groups that are each off by 0.02.
    expect(chance.unsettled[0]?.error).toBeCloseTo(0.02 * Math.sqrt(3), 12)
  })

  test('that rises by no more than chance is passed, and the step named', () => {
    const verdict = verdictOn(scoresWith('a quarter painted over', 0.01, 0.02))
    expect(outcomeOf(verdict)).toBe('passed')
    expect(verdict.unsettled.map(({ from, to }) => [from, to])).toContainEqual(['real', 'a quarter painted over'])
  })

  test('with emptiness in the middle is failed however few its tiles are', () => {
    const scores = scoresWith('real', 0, 0)
    scores.set('flat', { cellDistance: 0.3, without: [0, 0.9] })
    expect(outcomeOf(verdictOn(scores))).toBe('failed')
  })
})

test('cells that are painted over are gone from picture and mask, and what lies beside them stays', () => {
  const [tile] = tilesOf('fluorescence').halves[0].filter(({ labels }) => labels.some((id) => id > 0))
  if (!tile) throw new Error('the sample has tiles with cells')
  const painted = paintedOver(tile, 1, new RandomStream(1), [0])
  expect(painted.labels.every((id) => id === 0)).toBe(true)
  const background = new Set(tile.image.filter((_, pixel) => tile.labels[pixel] === 0))
  expect(painted.image.every((value) => background.has(value))).toBe(true)
})

const random = (count: number, seed: number) => new RandomStream(seed).normals(count * (3 + cellNumberNames.length))
const blank = new Float32Array(3 + cellNumberNames.length)

test('a blank picture is 1 away from real ones, and halves of the real ones are 0 apart', () => {
  const real = new RealCells(random(200, 1), blank)
  expect(real.distanceTo(blank)).toBeCloseTo(1, 10)
  expect(Math.abs(real.distanceOfHalves() ?? NaN)).toBeLessThan(0.03)
  expect(Math.abs(real.distanceTo(random(150, 2)) ?? NaN)).toBeLessThan(0.03)
  expect(real.distanceTo(random(150, 2).map((value) => 5 * value))).toBeGreaterThan(1)
})

test('where the real pictures are blank themselves there is nothing to measure by', () => {
  const real = new RealCells(new Float32Array(10 * blank.length), blank)
  expect(real.distanceTo(random(10, 1))).toBeUndefined()
  expect(new RealCells(random(3, 1), blank).distanceOfHalves()).toBeUndefined()
})

function tilesOf(name: string): TileHalves {
  const tiles = classes.get(name)
  if (!tiles) throw new Error(`the sample has ${name} images`)
  return tiles
}
