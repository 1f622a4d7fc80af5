import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLabelImage } from '../../src/main/images/label-image.ts'
import { labelComponents } from '../../src/main/masks/components.ts'
import { regionProperties, type RegionProperties } from '../../src/main/masks/region-properties.ts'
import { findData } from './data.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

interface GoldenImage {
  file: string
  shape: [height: number, width: number]
  foreground_components_4: number
  foreground_components_8: number
  pieces_4: number
  pieces_8: number
  rows: number[][]
}

/** What is compared, by the reference's column names. */
const whole: Record<string, (region: RegionProperties) => number> = {
  label: ({ label }) => label,
  area: ({ area }) => area,
  min_row: ({ box }) => box.y,
  min_col: ({ box }) => box.x,
  max_row: ({ box }) => box.y + box.height,
  max_col: ({ box }) => box.x + box.width,
  area_filled: ({ filledArea }) => filledArea,
  euler_number: ({ eulerNumber }) => eulerNumber
}
const real: Record<string, (region: RegionProperties) => number> = {
  centroid_row: ({ centroid }) => centroid.y,
  centroid_col: ({ centroid }) => centroid.x,
  perimeter: ({ perimeter }) => perimeter,
  perimeter_crofton: ({ perimeterCrofton }) => perimeterCrofton,
  eccentricity: ({ eccentricity }) => eccentricity,
  axis_major_length: ({ majorAxis }) => majorAxis,
  axis_minor_length: ({ minorAxis }) => minorAxis,
  orientation: ({ orientation }) => orientation,
  extent: ({ extent }) => extent
}

/** Object measurements against scikit-image, on label images of the data beside the golden folder and on tiny arrays. */
export async function* compareRegionProperties(folder: string): AsyncGenerator<ParityResult> {
  const { columns, images, hand_made } = JSON.parse(readFileSync(join(folder, 'regionprops.json'), 'utf8')) as {
    columns: string[]
    images: GoldenImage[]
    hand_made: { name: string; array: number[][]; rows: number[][] }[]
  }
  for (const golden of images) {
    const { labels, width, height } = await readLabelImage(findData(folder, golden.file))
    yield* compareRows(golden.file, columns, golden.rows, regionProperties(labels, width, height))
    yield comparePieces(golden, labels, width, height)
  }
  for (const { name, array, rows } of hand_made) {
    const [first = []] = array
    yield* compareRows(name, columns, rows, regionProperties(array.flat(), first.length, array.length))
  }
}

function* compareRows(
  name: string,
  columns: readonly string[],
  rows: readonly number[][],
  regions: readonly RegionProperties[]
): Generator<ParityResult> {
  const wholes = new Deviation()
  const reals = new Deviation()
  const hulls = new Deviation()
  wholes.compare(regions.length, rows.length)
  for (const [i, row] of rows.entries()) {
    const region = regions[i]
    if (region === undefined) continue
    for (const [column, value] of row.entries()) {
      const property = columns[column] ?? ''
      if (whole[property] !== undefined) wholes.compare(whole[property](region), value)
      if (real[property] !== undefined) reals.compare(real[property](region), value)
      if (property === 'area_convex') hulls.compare(region.convexArea, value)
      if (property === 'solidity') hulls.compare(region.area / region.convexArea, value)
    }
  }
  yield wholes.exact(`regionprops.json: ${name}, whole numbers`)
  yield reals.withinRelative(`regionprops.json: ${name}, real numbers`, 1e-6, 1e-8)
  yield hulls.within(`regionprops.json: ${name}, convex area in pixels and solidity`, 1)
}

function comparePieces(golden: GoldenImage, labels: Uint32Array, width: number, height: number): ParityResult {
  const foreground = Uint8Array.from(labels, (label) => Number(label > 0))
  const deviation = new Deviation()
  deviation.compare(labelComponents(foreground, width, height, 4).count, golden.foreground_components_4)
  deviation.compare(labelComponents(foreground, width, height, 8).count, golden.foreground_components_8)
  deviation.compare(labelComponents(labels, width, height, 4).count, golden.pieces_4)
  deviation.compare(labelComponents(labels, width, height, 8).count, golden.pieces_8)
  return deviation.exact(`regionprops.json: ${golden.file}, connected components`)
}
