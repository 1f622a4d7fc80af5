import { expect, test } from 'vitest'
import { stardistFiles } from '../../../../../src/main/packages/formats/stardist.ts'
import { exportPicture, writtenFiles } from '../../../../support/export-pictures.ts'
import { labelsOf, readBack } from '../../../../support/read-back.ts'

test('folders for StarDist come back as the same pictures and label images, up to the number 65,535', async () => {
  const pictures = [0, 1, 2].map((index) => exportPicture(index, { channels: index === 2 ? 3 : 1 }))
  const files = await writtenFiles(stardistFiles, pictures)
  const { images, refused } = await readBack(files, 'stardist')

  expect([...files.keys()]).toEqual(
    ['images', 'masks'].flatMap((folder) => pictures.map((_, i) => `stardist/${folder}/00000${i}.tif`))
  )
  expect(refused).toEqual([])
  expect(images.map(({ data }) => data)).toEqual(pictures.map(({ picture }) => picture.data))
  expect(images.map(labelsOf)).toEqual(pictures.map(({ labels }) => labels))
})
