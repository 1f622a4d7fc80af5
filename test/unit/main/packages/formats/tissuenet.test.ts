import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readNpz } from '../../../../../src/main/files/npz.ts'
import { tissuenetFiles } from '../../../../../src/main/packages/formats/tissuenet.ts'
import { exportPicture, setOf, side, writtenFiles } from '../../../../support/export-pictures.ts'
import { labelsOf, readBack } from '../../../../support/read-back.ts'
import { writeSource } from '../../../../support/taken-source.ts'

test('archives of TissueNet come back as the same label images with their classes, up to the number 65,535', async () => {
  const pictures = [0, 1, 2, 3].map((index) => exportPicture(index))
  const files = await writtenFiles(tissuenetFiles, pictures)
  for (const objects of ['cells', 'nuclei'] as const) {
    const { images, refused } = await readBack(files, 'tissuenet', { objects })
    expect(refused).toEqual([])
    expect(images.map(({ image }) => image.class)).toEqual(pictures.map((picture) => picture.class))
    expect(images.map(labelsOf)).toEqual(pictures.map(({ labels }) => labels))
  }
})

test('gray is the first stain; green and blue are the two where red is empty', async () => {
  const [gray, colour] = [exportPicture(0), exportPicture(1, { channels: 3, width: 97 })]
  const greenBlue = { ...colour.picture, data: colour.picture.data.map((value, i) => (i % 3 === 0 ? 0 : value)) }
  const files = await writtenFiles(tissuenetFiles, [gray, { ...colour, picture: greenBlue }])
  expect([...files.keys()]).toEqual(['tissuenet/96x96-001.npz', 'tissuenet/97x96-001.npz'])
  const folder = await writeSource(Object.fromEntries(files))

  const first = await readNpz(join(folder, 'tissuenet/96x96-001.npz'), ['X', 'y'])
  expect(first['X']).toMatchObject({ shape: [1, side, side, 2], dtype: 'f4' })
  expect([...(first['X']?.data ?? [])]).toEqual([...gray.picture.data].flatMap((value) => [value, 0]))
  expect(first['y']).toMatchObject({ shape: [1, side, side, 2], dtype: 'i4' })
  const second = await readNpz(join(folder, 'tissuenet/97x96-001.npz'), ['X'])
  expect([...(second['X']?.data ?? [])]).toEqual([...greenBlue.data].filter((_, i) => i % 3 > 0))
})

test('large sets are spread over archives that fit into memory', () => {
  const image = { ...exportPicture(0), width: 512, height: 512 }
  const set = setOf(Array.from({ length: 70 }, (_, i) => ({ ...image, file: `${i}.png` })))
  expect(tissuenetFiles(set).map(({ path }) => path)).toEqual(
    ['001', '002', '003'].map((number) => `tissuenet/512x512-${number}.npz`)
  )
})
