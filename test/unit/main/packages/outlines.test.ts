import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rasterizeRings } from '../../../../src/main/masks/rasterize.ts'
import { rleArea, rleBox, rleFromLabel } from '../../../../src/main/masks/rle.ts'
import { cellOutlines, OutlineCollector, Outlines } from '../../../../src/main/packages/outlines.ts'

const [width, height] = [9, 7]
const masks = fc.array(fc.constantFrom(0, 0, 1, 2, 7), { minLength: width * height, maxLength: width * height })

test('the outlines of any mask hold exactly its cells, without their holes', () => {
  fc.assert(
    fc.property(masks, (labels) => {
      const cells = rleFromLabel(labels, width, height)
      const outlines = cellOutlines(Uint16Array.from(labels), width, height)
      expect(outlines.map(({ label }) => label)).toEqual([...cells.keys()])
      for (const { label, segmentation, area, bbox } of outlines) {
        const cell = cells.get(label)
        if (cell === undefined) throw new Error('labels were compared above')
        const drawn = rasterizeRings(segmentation, height, width)
        const box = rleBox(cell)
        expect(area).toBe(rleArea(cell))
        expect(drawn.counts).toEqual(cell.counts)
        expect(bbox).toEqual([box.x, box.y, box.width, box.height])
      }
    }),
    { numRuns: 300 }
  )
})

test('the file numbers pictures and cells from 1 and names the mask value of each cell', () => {
  const collector = new OutlineCollector(['A', 'B'], 'Synthetic.')
  collector.add({ file: 'x.png', class: 'B', width: 3, height: 2 }, Uint16Array.of(0, 5, 5, 2, 0, 0))
  collector.add({ file: 'y.png', class: 'A', width: 2, height: 1 }, Uint16Array.of(1, 1))
  const text = collector.text()

  expect(JSON.parse(text)).toMatchObject({ info: { description: 'Synthetic.' } })
  expect(Outlines.parse(JSON.parse(text))).toEqual({
    images: [
      { id: 1, file_name: 'x.png', width: 3, height: 2 },
      { id: 2, file_name: 'y.png', width: 2, height: 1 }
    ],
    annotations: [
      {
        id: 1,
        image_id: 1,
        category_id: 2,
        iscrowd: 0,
        label: 2,
        segmentation: [[1, 1, 1, 2, 0, 2, 0, 1]],
        area: 1,
        bbox: [0, 1, 1, 1]
      },
      {
        id: 2,
        image_id: 1,
        category_id: 2,
        iscrowd: 0,
        label: 5,
        segmentation: [[3, 0, 3, 1, 1, 1, 1, 0]],
        area: 2,
        bbox: [1, 0, 2, 1]
      },
      {
        id: 3,
        image_id: 2,
        category_id: 1,
        iscrowd: 0,
        label: 1,
        segmentation: [[2, 0, 2, 1, 0, 1, 0, 0]],
        area: 2,
        bbox: [0, 0, 2, 1]
      }
    ],
    categories: [
      { id: 1, name: 'A' },
      { id: 2, name: 'B' }
    ]
  })
})
