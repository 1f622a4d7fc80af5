import { expect, test } from 'vitest'
import { parseClassNames } from '../../../../../src/main/datasets/formats/yolo.ts'
import { decodePng } from '../../../../../src/main/images/png-decode.ts'
import { encodeTiff } from '../../../../../src/main/images/tiff-encode.ts'
import { yoloFiles } from '../../../../../src/main/packages/formats/yolo.ts'
import { exportPicture, setOf, side, writtenFiles } from '../../../../support/export-pictures.ts'
import { iousOfLargeCells, readBack } from '../../../../support/read-back.ts'

test('outlines for YOLO come back as the same cells with their class', async () => {
  const pictures = [0, 1, 2, 3].map((index) => exportPicture(index, { width: 131 }))
  const { images, refused } = await readBack(await writtenFiles(yoloFiles, pictures), 'yolo')

  expect(refused).toEqual([])
  expect(images.map(({ image }) => image.class)).toEqual(pictures.map((picture) => picture.class))
  for (const [i, picture] of pictures.entries()) {
    const back = images[i]?.cells.map(({ raster }) => raster.counts)
    expect(back).toEqual(picture.cells.map(({ raster }) => raster.counts))
  }
  const ious = pictures.flatMap((picture, i) => (images[i] ? iousOfLargeCells(picture, images[i]) : []))
  expect(ious.length).toBeGreaterThan(50)
  expect(Math.min(...ious)).toBeGreaterThanOrEqual(0.99)
})

test('class names survive quotes and colons', async () => {
  const set = { ...setOf([]), classes: ["Müller's: glia", 'BV-2'] }
  const yaml = await yoloFiles(set)[0]?.make(() => Promise.reject(new Error('no picture is read for it')))
  expect([...parseClassNames(Buffer.from(yaml ?? '').toString()).values()]).toEqual(set.classes)
})

test('pictures of 16 bits become PNG of 8 bits', async () => {
  const picture = exportPicture(0)
  const data = Uint16Array.from({ length: side * side }, (_, i) => 7 * i)
  const deep = { ...picture.picture, bits: 16 as const, data }
  const files = await writtenFiles(yoloFiles, [
    { ...picture, file: '000000.tif', picture: deep, bytes: encodeTiff(deep) }
  ])
  const decoded = decodePng('x', files.get('yolo/images/000000.png') ?? new Uint8Array())

  expect(decoded).toMatchObject({ bits: 8, channels: 1 })
  expect([decoded.data[0], decoded.data.at(-1)]).toEqual([0, 255])
})
