import { expect, test } from 'vitest'
import { paintRle, rleFromPixels } from '../../../../../src/main/masks/rle.ts'
import { rasterizeRings } from '../../../../../src/main/masks/rasterize.ts'
import { cellParts } from '../../../../../src/main/packages/formats/cell-rings.ts'
import { encodeRoi } from '../../../../../src/main/packages/formats/imagej-roi.ts'
import { imagejFiles } from '../../../../../src/main/packages/formats/imagej.ts'
import { exportPicture, side, writtenFiles } from '../../../../support/export-pictures.ts'
import { iousOfLargeCells, readBack } from '../../../../support/read-back.ts'

test('regions for Fiji come back as the same cells, holes and parts too', async () => {
  const pictures = [0, 1, 2, 3].map((index) => exportPicture(index))
  const files = await writtenFiles(imagejFiles, pictures)
  const { images, refused } = await readBack(files, 'imagej')

  expect(refused).toEqual([])
  expect(images.map(({ data }) => data)).toEqual(pictures.map(({ picture }) => picture.data))
  for (const [i, picture] of pictures.entries()) {
    const back = images[i] ?? { cells: [] }
    expect(back.cells.map(({ raster }) => raster.counts)).toEqual(picture.cells.map(({ raster }) => raster.counts))
  }
  const ious = pictures.flatMap((picture, i) => (images[i] ? iousOfLargeCells(picture, images[i]) : []))
  expect(ious.length).toBeGreaterThan(50)
  expect(Math.min(...ious)).toBeGreaterThanOrEqual(0.99)
})

test('a region has its name, and a type that ImageJ knows: traced for one ring, a composite for several', () => {
  const block = new Uint8Array(side * side)
  const ringed = new Uint8Array(side * side)
  for (let y = 4; y < 9; y++) {
    block.fill(1, y * side + 3, y * side + 9)
    ringed.fill(1, y * side + 3, y * side + 9)
  }
  ringed[6 * side + 6] = 0
  const encode = (mask: Uint8Array) => encodeRoi('00007', cellParts(rleFromPixels(mask, side, side)))
  const [whole, holed] = [encode(block), encode(ringed)]

  expect([whole.readUInt8(6), holed.readUInt8(6)]).toEqual([8, 1])
  for (const bytes of [whole, holed]) {
    expect(nameOf(bytes)).toBe('00007')
    expect([8, 10, 12, 14].map((place) => bytes.readInt16BE(place))).toEqual([4, 3, 9, 9])
  }
})

function nameOf(bytes: Buffer): string {
  const more = bytes.readInt32BE(60)
  const [at, length] = [bytes.readInt32BE(more + 16), bytes.readInt32BE(more + 20)]
  return Buffer.from(bytes.subarray(at, at + 2 * length))
    .swap16()
    .toString('utf16le')
}

test('a region far out in a large picture keeps its place, though its numbers wrap', () => {
  const ring = [40_000, 39_990, 40_010, 39_990, 40_010, 40_000, 40_000, 40_000]
  const bytes = encodeRoi('far', [{ outer: ring, holes: [] }])
  const place = ([8, 10, 12, 14] as const).map((at) => bytes.readUInt16BE(at))
  expect(place).toEqual([39_990, 40_000, 40_000, 40_010])
})

test('all rings of a cell, filled even-odd, are exactly the cell', () => {
  for (const { raster } of exportPicture(5).cells) {
    const painted = new Uint8Array(side * side)
    for (const { outer, holes } of cellParts(raster)) {
      paintRle(rasterizeRings([outer], side, side), painted, 1)
      for (const hole of holes) paintRle(rasterizeRings([hole], side, side), painted, 0)
    }
    expect(rleFromPixels(painted, side, side).counts).toEqual(raster.counts)
  }
})
