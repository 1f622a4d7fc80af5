import { expect, test } from 'vitest'
import { parseClassNames } from '../../../../../src/main/datasets/formats/yolo-names.ts'
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

async function yamlOf(changes: Partial<ReturnType<typeof setOf>>): Promise<string> {
  const set = { ...setOf([]), ...changes }
  const yaml = await yoloFiles(set)[0]?.make(() => Promise.reject(new Error('no picture is read for it')))
  return Buffer.from(yaml ?? '').toString()
}

test('class names survive whatever they are made of', async () => {
  const classes = [
    "Müller's: glia",
    'BV-2',
    '"plate',
    'a, b',
    '# 1',
    'no',
    '007',
    'null',
    '- x',
    ' x ',
    '{y}',
    '*z',
    'a\nb'
  ]
  const names = parseClassNames(await yamlOf({ classes }))
  expect([...(names as ReadonlyMap<number, string>)]).toEqual([...classes.entries()])
})

test('class names that YAML 1.1 takes for something else are quoted, as Python reads them by it', async () => {
  expect(await yamlOf({ classes: ['no', '007', '1_0', '~'] })).toContain('0: "no"\n  1: "007"\n  2: "1_0"\n  3: "~"\n')
})

test('a line break in what is said of a set stays a comment', async () => {
  for (const lineBreak of ['\n', '\r', '\r\n', '\u2028', '\u0085']) {
    const yaml = await yamlOf({ classes: ['cell'], statement: `made${lineBreak}names: [evil]` })
    expect(yaml.split('\n')[0]).toBe('# made names: [evil]')
    expect(parseClassNames(yaml)).toEqual(new Map([[0, 'cell']]))
  }
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
