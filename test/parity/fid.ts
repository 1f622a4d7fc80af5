import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { featureStatistics } from '../../src/main/engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../../src/main/engine/metrics/frechet-distance.ts'
import { kernelDistance, type SubsetPair } from '../../src/main/engine/metrics/kernel-distance.ts'
import { type NpyArray, readNpz } from '../../src/main/files/npz.ts'
import { invariant, refuse } from '../../src/shared/errors.ts'
import { Deviation } from './deviation.ts'
import { compareResizers } from './resize.ts'
import { type ParityResult } from './result.ts'

const FidFile = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      d: z.int(),
      scale: z.number(),
      frechet: z.number(),
      frechet_divisor_n: z.number(),
      trace_sqrt: z.number(),
      'kid_first_min(n)_rows': z.number(),
      kid_10_subsets: z.object({
        mean: z.number(),
        std: z.number(),
        values: z.array(z.number()),
        indices: z.array(z.tuple([z.array(z.int()), z.array(z.int())])).optional()
      })
    })
  )
})
type FidFileCase = z.infer<typeof FidFile>['cases'][number]

/** Two sets of features and what published implementations make of them. */
export interface FidCase {
  readonly name: string
  /** Length of a feature vector. */
  readonly size: number
  readonly x: Float64Array
  readonly y: Float64Array
  readonly subsets: readonly SubsetPair[]
  readonly expected: FidFileCase
}

/** Compares Fréchet and kernel distances, and the resizers where `resize.json` is there too. */
export async function* runFid(folder: string): AsyncGenerator<ParityResult> {
  for await (const fidCase of readFidCases(folder)) yield* compareCase(fidCase)
  if (existsSync(join(folder, 'resize.json'))) yield* compareResizers(folder)
}

export async function* readFidCases(folder: string): AsyncGenerator<FidCase> {
  const path = join(folder, 'frechet-kid.json')
  const parsed = FidFile.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw refuse(`${path} is not a list of Fréchet and kernel distances.`, { file: path })
  const arrays = await readNpz(join(folder, 'features.npz'))
  for (const expected of parsed.data.cases) {
    const [x, y] = featuresOf(expected.name, arrays)
    const scaled = { x: x.map((value) => value * expected.scale), y: y.map((value) => value * expected.scale) }
    const subsets = subsetsOf(expected, arrays[`${expected.name}:kid`])
    yield { name: expected.name, size: expected.d, ...scaled, subsets, expected }
  }
}

function* compareCase({ name, size, x, y, subsets, expected }: FidCase): Generator<ParityResult> {
  const [a, b] = [featureStatistics(x, size), featureStatistics(y, size)]
  const { distance, traceRoot } = frechetDistance(a, b)
  const distances = new Deviation()
  distances.compareAll(
    [distance, frechetDistance(a, b, 'n').distance, traceRoot],
    [expected.frechet, expected.frechet_divisor_n, expected.trace_sqrt]
  )
  const isZero = Math.abs(expected.frechet) < 1e-6
  yield isZero
    ? distances.within(`fid/${name}: frechet`, 1e-6)
    : distances.withinRelative(`fid/${name}: frechet`, 1e-8, 0)

  const shorter = Math.min(a.count, b.count)
  const firstRows = Array.from({ length: shorter }, (_, i) => i)
  const kernels = kernelDistance(x, y, size, [...subsets, { a: firstRows, b: firstRows }]).values
  const { mean, std, values } = expected.kid_10_subsets
  const overSubsets = summary(kernels.subarray(0, subsets.length))
  const all = new Deviation()
  all.compareAll(kernels, [...values, expected['kid_first_min(n)_rows']])
  all.compareAll([overSubsets.mean, overSubsets.deviation], [mean, std])
  yield all.within(`fid/${name}: kid`, 1e-9 * Math.max(1, Math.abs(mean)))
}

function summary(values: Float64Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

/** Two cases are made from the features of another, as the README of the set says. */
function featuresOf(name: string, arrays: Record<string, NpyArray>): [x: Float64Array, y: Float64Array] {
  const stored = (array: string) => {
    const features = arrays[array]
    invariant(features !== undefined, `features.npz holds ${array}`)
    return Float64Array.from(features.data)
  }
  if (arrays[`${name}:x`] === undefined && name === 'same-set') {
    return [stored('patches-64:x'), stored('patches-64:x')]
  }
  if (arrays[`${name}:x`] === undefined && name === 'mean-shift') {
    const capped = stored('patches-64:y').map((value) => Math.min(value, 205))
    return [capped, capped.map((value) => value + 50)]
  }
  return [stored(`${name}:x`), stored(`${name}:y`)]
}

/** @param stored [subsets, 2, size] */
function subsetsOf({ kid_10_subsets: { indices } }: FidFileCase, stored: NpyArray | undefined): SubsetPair[] {
  if (indices !== undefined) return indices.map(([a, b]) => ({ a, b }))
  invariant(stored !== undefined, 'the subsets stand in either file')
  const [pairs = 0, , size = 0] = stored.shape
  const rows = (index: number) => Array.from(stored.data.subarray(index * size, (index + 1) * size))
  return Array.from({ length: pairs }, (_, pair) => ({ a: rows(2 * pair), b: rows(2 * pair + 1) }))
}
