import { expect, test } from 'vitest'
import { toLabelImage } from '../../../../../src/main/images/label-image.ts'
import { decodePicture } from '../../../../../src/main/images/read.ts'
import { cellposeFiles } from '../../../../../src/main/packages/formats/cellpose.ts'
import { exportPicture, writtenFiles } from '../../../../support/export-pictures.ts'
import { labelsOf, readBack } from '../../../../support/read-back.ts'

test('pairs for Cellpose come back as the same pictures and label images, up to the number 65,535', async () => {
  const pictures = [0, 1, 2].map((index) => exportPicture(index, { channels: index === 2 ? 3 : 1 }))
  const files = await writtenFiles(cellposeFiles, pictures)
  const { images, refused } = await readBack(files, 'cellpose')

  expect([...files.keys()].sort()).toEqual(
    pictures.flatMap((_, i) => [`cellpose/00000${i}.png`, `cellpose/00000${i}_masks.tif`])
  )
  expect(refused).toEqual([])
  expect(images.map(({ data }) => data)).toEqual(pictures.map(({ picture }) => picture.data))
  expect(images.map(labelsOf)).toEqual(pictures.map(({ labels }) => labels))
})

test('masks have 16 bits, and 32 where a number needs them', async () => {
  const large = exportPicture(0)
  const labels = large.labels.map((label) => label && label + 100_000)
  const files = await writtenFiles(cellposeFiles, [{ ...large, labels }, exportPicture(1)])
  const decoded = async (name: string) => (await decodePicture(name, files.get(name) ?? new Uint8Array())).picture

  const long = await decoded('cellpose/000000_masks.tif')
  expect([long.bits, long.channels, toLabelImage('masks', long).labels]).toEqual([32, 1, labels])
  expect(await decoded('cellpose/000001_masks.tif')).toMatchObject({ bits: 16, channels: 1 })
})
