import { decode } from 'fast-png'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { medianDiameter } from '../../src/main/segmentation/cell-size.ts'
import { normalisePercentiles, percentile } from '../../src/main/segmentation/normalise.ts'
import { taper, tilesOf } from '../../src/main/segmentation/tiles.ts'
import { findData, missingData } from './data.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

interface Transforms {
  readonly normalize99: readonly Normalised[]
  readonly tiles: readonly { height: number; width: number; y: [number, number][]; x: [number, number][] }[]
  readonly 'taper 224': { 'row 112, columns 0..31': number[]; corner: number; sum: number }
  readonly diameters: readonly { file: string; 'median diameter': number; cells: number }[]
}

interface Normalised {
  readonly file: string
  readonly p1: number
  readonly p99: number
  readonly sum: number
  readonly first_row_8: number[]
  readonly min: number
  readonly max: number
}

/** Percentile normalisation, tiles, taper and diameters: `transforms.json`. */
export function* compareTransforms(folder: string): Generator<ParityResult> {
  const golden = JSON.parse(readFileSync(join(folder, 'transforms.json'), 'utf8')) as Transforms
  for (const expected of golden.normalize99) yield compareNormalised(folder, expected)
  for (const { height, width, y, x } of golden.tiles) {
    const deviation = new Deviation()
    const tiles = tilesOf(width, height, 224)
    const expected = y.flatMap(([top, bottom]) => x.flatMap(([left, right]) => [left, top, right, bottom]))
    deviation.compareAll(
      tiles.flatMap((tile) => [tile.x, tile.y, tile.x + tile.width, tile.y + tile.height]),
      expected
    )
    yield deviation.exact(`flows: tiles of ${width} × ${height}`)
  }
  yield compareTaper(golden['taper 224'])
  for (const { file, 'median diameter': diameter } of golden.diameters) {
    const path = findPicture(folder, 'labels', file)
    if (path === undefined) {
      yield missingData(`the labels of ${file}`)
      continue
    }
    const deviation = new Deviation()
    deviation.compare(medianDiameter(Int32Array.from(decode(readFileSync(path)).data)), diameter)
    yield deviation.within(`flows: median diameter of ${file}`, 1e-5)
  }
}

function compareNormalised(folder: string, { file, p1, p99, ...expected }: Normalised): ParityResult {
  const path = findPicture(folder, 'images', file)
  if (path === undefined) return missingData(`the picture ${file}`)
  const { data, channels } = decode(readFileSync(path))
  const first = Float32Array.from({ length: data.length / channels }, (_, i) => data[i * channels] ?? 0)
  const got = normalisePercentiles(first)
  const sorted = first.toSorted()
  const deviation = new Deviation()
  deviation.compareAll([percentile(sorted, 1), percentile(sorted, 99)], [p1, p99])
  deviation.compareAll(got.subarray(0, 8), expected.first_row_8)
  const ends = [got.reduce((a, b) => Math.min(a, b)), got.reduce((a, b) => Math.max(a, b))]
  deviation.compareAll(ends, [expected.min, expected.max])
  const sum = got.reduce((a, b) => a + b)
  deviation.compare(sum / expected.sum, 1) // the reference adds up in 32 bits
  return deviation.within(`flows: normalisation of ${file}`, 1e-5)
}

function compareTaper(expected: Transforms['taper 224']): ParityResult {
  const weights = taper(224, 224)
  const deviation = new Deviation()
  deviation.compareAll(weights.subarray(112 * 224, 112 * 224 + 32), expected['row 112, columns 0..31'])
  deviation.compare(weights[0], expected.corner)
  deviation.compare(weights.reduce((a, b) => a + b) / expected.sum, 1)
  return deviation.within('flows: taper', 1e-5)
}

/** Pictures of the data set that the golden set is made from, in one of its classes. */
function findPicture(folder: string, kind: 'images' | 'labels', file: string): string | undefined {
  return ['fluorescence', 'stained']
    .map((className) => findData(folder, `dsb2018-mini/${kind}/${className}/${file}`))
    .find((path) => existsSync(path))
}
