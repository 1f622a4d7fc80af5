import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readPicture } from '../../src/main/images/read.ts'
import { applyGrayLevels, shuffledGrayLevels } from '../../src/main/masks/gray-levels.ts'
import { makeGrayMask } from '../../src/main/masks/gray-mask.ts'
import { rleArea, rleFromLabel } from '../../src/main/masks/rle.ts'
import { defaultMaskSettings } from '../../src/shared/masks.ts'
import { RandomStream } from '../../src/shared/random.ts'

export const side = 32
/** Every so many-th real tile is compared with; as many pictures are made. */
export const realStep = 12
const full = 256
const half = full / 2

/** The tiles of the learning run: 32×32 of the halved fluorescence images, row by row, image beside gray mask. */
export interface LearningTiles {
  /** [N, 32, 32, 2], 0…255. */
  readonly values: Float32Array
  readonly count: number
}

/** @param folder holds images/fluorescence and labels/fluorescence; images of another size than 256×256 are left out */
export async function readLearningTiles(folder: string, seed: number): Promise<LearningTiles> {
  const names = (await readdir(join(folder, 'images/fluorescence'))).filter((name) => name.endsWith('.png')).sort()
  const random = new RandomStream(seed, 'gray levels')
  const tiles: number[][] = []
  for (const name of names) {
    const picture = await readPicture(join(folder, 'images/fluorescence', name))
    if (picture.width !== full || picture.height !== full) continue
    const labels = await readPicture(join(folder, 'labels/fluorescence', name))
    const gray = halveImage(picture.data, picture.channels)
    const mask = grayMask(halveLabels(labels.data), random)
    for (let y = 0; y < half; y += side) for (let x = 0; x < half; x += side) tiles.push(cutTile(gray, mask, x, y))
  }
  return { values: Float32Array.from(tiles.flat()), count: tiles.length }
}

/** The mean of R, G and B, then of 2×2 pixels. */
function halveImage(data: ArrayLike<number>, channels: number): Float32Array {
  const colours = channels >= 3 ? [0, 1, 2] : [0]
  return Float32Array.from({ length: half * half }, (_, pixel) => {
    const [x, y] = [pixel % half, Math.floor(pixel / half)]
    const corners = [0, 1, full, full + 1].map((offset) => (2 * y * full + 2 * x + offset) * channels)
    const values = corners.flatMap((corner) => colours.map((colour) => data[corner + colour] ?? 0))
    return values.reduce((sum, value) => sum + value, 0) / values.length
  })
}

/** Every second pixel. */
function halveLabels(data: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: half * half }, (_, pixel) => {
    return data[2 * Math.floor(pixel / half) * full + 2 * (pixel % half)] ?? 0
  })
}

/** Cells that touch, corners included, differ; four grays in one random order an image. */
function grayMask(labels: Uint32Array, random: RandomStream): Uint8Array {
  const cells = [...rleFromLabel(labels, half, half)].map(([id, raster]) => ({ id, raster, area: rleArea(raster) }))
  const settings = { ...defaultMaskSettings, grayLevels: 4 }
  const { levels } = makeGrayMask(cells, { width: half, height: half }, settings)
  return applyGrayLevels(levels, shuffledGrayLevels(settings.grayLevels, random))
}

function cutTile(gray: Float32Array, mask: Uint8Array, left: number, top: number): number[] {
  return Array.from({ length: side * side }, (_, pixel) => {
    const from = (top + Math.floor(pixel / side)) * half + left + (pixel % side)
    return [gray[from] ?? 0, mask[from] ?? 0]
  }).flat()
}
