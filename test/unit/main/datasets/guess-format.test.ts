import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formats } from '../../../../src/main/datasets/formats/all-formats.ts'
import { guessFormat } from '../../../../src/main/datasets/guess-format.ts'
import { FormatName } from '../../../../src/shared/datasets.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const livecell = 'A172_Phase_C7_1_00d00h00m_1.tif'
const contents: Readonly<Record<string, string>> = {
  'labelme.json': '{"version": "5.0", "shapes": []}',
  'geo.json': '{"type": "FeatureCollection"}'
}

/** Empty files of these names; JSON begins as its name says. */
async function source(...files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder()
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), contents[file] ?? '{"images": []}')
  }
  return folder
}

describe('a source is told by', () => {
  test.each<[what: string, format: FormatName, files: string[]]>([
    ['NumPy archives', 'tissuenet', ['train.npz', 'images/a.png', 'labels/a.png']],
    ['GeoJSON, before folders of labels', 'qupath', ['a.geojson', 'images/a.png', 'labels/a.png']],
    ['archives of regions', 'roi', ['a.png', 'RoiSet.zip']],
    ['folders side by side, before a JSON file', 'labels', ['images/a.png', 'images/b.png', 'labels/a.png', 'x.json']],
    ['several masks for one picture', 'masks', ['images/a.png', 'masks/1.png', 'masks/2.png']],
    ['names of LIVECell', 'livecell', [`images/${livecell}`, 'annotations/x.json']],
    ['the beginning of GeoJSON', 'qupath', ['a.png', 'geo.json']],
    ['the beginning of Labelme', 'labelme', ['a.png', 'labelme.json']],
    ['any other JSON', 'coco', ['a.png', 'x.json']],
    ['a folder of label images', 'labels', ['a.png', 'labels/a.png']],
    [
      'folders with a mask for each cell',
      'masks',
      ['1/images/a.png', '1/masks/x.png', '2/images/b.png', '2/masks/y.png']
    ],
    ['parts with label images', 'labels', ['train/images/a.png', 'train/images/b.png', 'train/masks/a.png']],
    ['siblings as Cellpose names them', 'labels', ['a.png', 'a_cp_masks.png']],
    ['text in folders named labels', 'yolo', ['images/a.png', 'labels/a.txt', 'a.roi']],
    ['a single region', 'roi', ['a.png', 'a.roi']]
  ])('%s', async (_, format, files) => {
    expect(await guessFormat({ source: await source(...files) })).toMatchObject({ format })
  })

  test('the annotations that are named, whatever else is there', async () => {
    const folder = await source('train.npz', 'images/a.png', 'labels/a.png', 'geo.json')
    const guess = await guessFormat({ source: folder, annotations: join(folder, 'geo.json') })
    expect(guess).toEqual({ format: 'qupath', reason: 'the annotations are a GeoJSON file' })
  })
})

test('pictures named as annotations, or as the folder of pictures, are no defect of ours', async () => {
  const folder = await source('a.png', 'images/b.png')
  const picture = join(folder, 'a.png')
  await expect(guessFormat({ source: folder, annotations: picture })).rejects.toMatchObject({ kind: 'input' })
  await expect(guessFormat({ source: folder, images: picture })).rejects.toMatchObject({ kind: 'input' })
})

test('a source that nothing is known of is refused with what each format expects', async () => {
  const thrown: unknown = await guessFormat({ source: await source('notes.txt') }).catch((error: unknown) => error)
  const expected = FormatName.options.flatMap((name) => formats[name].holds ?? [])
  for (const phrase of expected) expect(thrown).toMatchObject({ next: expect.stringContaining(phrase) as string })
})
