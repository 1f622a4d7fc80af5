import { expect, test } from 'vitest'
import { qupathFiles } from '../../../../../src/main/packages/formats/qupath.ts'
import { exportPicture, writtenFiles } from '../../../../support/export-pictures.ts'
import { iousOfLargeCells, readBack } from '../../../../support/read-back.ts'

test('objects for QuPath come back as the same cells with their class, holes and parts too', async () => {
  const pictures = [0, 1, 2, 3].map((index) => exportPicture(index))
  const { images, refused } = await readBack(await writtenFiles(qupathFiles, pictures), 'qupath')

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

test('rings are closed, and a cell in parts is a MultiPolygon', async () => {
  const files = await writtenFiles(qupathFiles, [exportPicture(0)])
  const { features } = JSON.parse(Buffer.from(files.get('qupath/000000.geojson') ?? '').toString()) as {
    // our own file
    features: { geometry: { type: string; coordinates: number[][][] | number[][][][] }; properties: object }[]
  }
  const types = new Set(features.map(({ geometry }) => geometry.type))
  expect([...types].sort()).toEqual(['MultiPolygon', 'Polygon'])
  for (const { geometry, properties } of features) {
    const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
    for (const ring of rings as number[][][]) expect(ring.at(-1)).toEqual(ring[0])
    expect(properties).toMatchObject({ objectType: 'detection', classification: { name: 'A172' } })
  }
})
