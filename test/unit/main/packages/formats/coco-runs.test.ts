import { expect, test } from 'vitest'
import { labelColour } from '../../../../../src/main/images/label-colours.ts'
import { decodePng } from '../../../../../src/main/images/png-decode.ts'
import { rleFromString } from '../../../../../src/main/masks/rle-string.ts'
import { paintRle, rleFromCounts } from '../../../../../src/main/masks/rle.ts'
import { cocoRunsFiles } from '../../../../../src/main/packages/formats/coco-runs.ts'
import { previewFiles } from '../../../../../src/main/packages/formats/previews.ts'
import { exportPicture, setOf, side, writtenFiles } from '../../../../support/export-pictures.ts'

interface Coco {
  readonly info: { readonly description: string }
  readonly images: readonly { readonly id: number; readonly file_name: string }[]
  readonly categories: readonly { readonly id: number; readonly name: string }[]
  readonly annotations: readonly {
    readonly id: number
    readonly image_id: number
    readonly category_id: number
    readonly label: number
    readonly area: number
    readonly bbox: readonly number[]
    readonly segmentation: { readonly size: readonly number[]; readonly counts: string }
  }[]
}

test('runs give every label image back exactly, up to the number 65,535', async () => {
  const pictures = [0, 1, 2].map((index) => exportPicture(index))
  const files = await writtenFiles(cocoRunsFiles, pictures)
  const coco = JSON.parse(Buffer.from(files.get('masks.coco.json') ?? '').toString()) as Coco // our own file

  expect(coco.images.map(({ file_name: file }) => file)).toEqual(pictures.map(({ file }) => file))
  expect(coco.annotations.map(({ id }) => id)).toEqual(coco.annotations.map((_, i) => i + 1))
  for (const [i, { labels, class: name }] of pictures.entries()) {
    const found = new Uint32Array(side * side)
    for (const annotation of coco.annotations.filter(({ image_id: image }) => image === i + 1)) {
      expect(coco.categories.find(({ id }) => id === annotation.category_id)?.name).toBe(name)
      paintRle(rleFromString(annotation.segmentation.counts, side, side), found, annotation.label)
      expect(annotation.area).toBe(labels.filter((label) => label === annotation.label).length)
    }
    expect(found).toEqual(labels)
  }
})

test('regions to be ignored stand behind all cells, as crowds, with ids of their own', async () => {
  const raster = rleFromCounts([5, 7, side * side - 12], side, side)
  const pictures = [0, 1].map((index) => ({ ...exportPicture(index), ignored: index === 0 ? [raster] : [] }))
  const files = await writtenFiles(cocoRunsFiles, pictures)
  const coco = JSON.parse(Buffer.from(files.get('masks.coco.json') ?? '').toString()) as Coco // our own file
  const cells = pictures.reduce((sum, picture) => sum + picture.cells.length, 0)
  expect(coco.annotations.map(({ id }) => id)).toEqual(Array.from({ length: cells + 1 }, (_, i) => i + 1))
  expect(coco.annotations.at(-1)).toMatchObject({ image_id: 1, area: 7, bbox: [0, 5, 1, 7], iscrowd: 1 })
  expect(coco.annotations.at(-1)).not.toHaveProperty('label')
})

test('a set without pictures is still a COCO file that says what it is', async () => {
  const coco: unknown = JSON.parse(
    Buffer.from((await writtenFiles(cocoRunsFiles, [])).get('masks.coco.json') ?? '').toString()
  )
  expect(coco).toMatchObject({
    info: { description: setOf([]).statement },
    images: [],
    annotations: [],
    categories: [
      { id: 1, name: 'A172' },
      { id: 2, name: 'BV-2' }
    ]
  })
})

test('a preview shows each cell in the colour of its number, on black', async () => {
  const picture = exportPicture(3)
  const files = await writtenFiles(previewFiles, [picture])
  const { data } = decodePng('preview', files.get('previews/000003.png') ?? new Uint8Array())
  const expected = [...picture.labels].flatMap((label) => (label === 0 ? [0, 0, 0] : labelColour(label)))
  expect([...data]).toEqual(expected)
})
