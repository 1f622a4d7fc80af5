import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { importDataset } from '../../../../src/main/datasets/import-dataset.ts'
import { defaultEnvironment } from '../../../../src/main/environment.ts'
import { DatasetId, ImportRequest } from '../../../../src/shared/datasets.ts'
import { type SourceFiles, cellsOf, importFiles, writeSource } from '../../../support/taken-source.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const [width, height] = [20, 16]
const gray = (value = 90) => encodeGrayPng8(new Uint8Array(width * height).fill(value), width, height)
const names = [
  'A172_Phase_A7_1_00d00h00m_1',
  'A172_Phase_A7_1_00d00h00m_2',
  'SHSY5Y_Phase_D10_2_01d04h00m_3',
  'SKOV3_Phase_E4_1_02d12h30m_4'
]

/** A file as the archive has them: ids from one sequence, names that end in .tif. */
function annotations(cells: Record<string, number>, firstId = 1000) {
  let id = firstId
  const images: object[] = []
  const annotated: object[] = []
  for (const [name, count] of Object.entries(cells)) {
    const image = id++
    images.push({ id: image, file_name: `${name}.tif`, original_filename: `${name}.png`, width, height })
    for (let k = 0; k < count; k++) {
      const x = 1 + (k % 4) * 4
      annotated.push({
        id: id++,
        image_id: image,
        category_id: 1,
        iscrowd: 0,
        area: 9,
        segmentation: [[x, 1, x + 3, 1, x + 3, 4, x, 4]]
      })
    }
  }
  return { info: { year: '2021' }, images, annotations: annotated, categories: [{ id: 1, name: 'cell' }] }
}

function pictures(): SourceFiles {
  const files: SourceFiles = {}
  for (const name of names) {
    const folder = name.includes('E4') ? 'livecell_test_images' : 'livecell_train_val_images'
    files[`images/${folder}/${name}.png`] = gray()
  }
  return files
}

const [a = '', b = '', c = '', d = ''] = names

describe("LIVECell's archive", () => {
  test('comes in from the folder around it, with types, hours, frames and splits of its names', async () => {
    const files: SourceFiles = {}
    const layout = {
      ...pictures(),
      'annotations/LIVECell/livecell_coco_train.json': annotations({ [a]: 3, [b]: 2 }),
      'annotations/LIVECell/livecell_coco_val.json': annotations({ [c]: 4 }, 2000),
      'annotations/LIVECell/livecell_coco_test.json': annotations({ [d]: 1 }, 3000),
      'annotations/LIVECell_single_cells/a172/train.json': annotations({ [a]: 3, [b]: 2 }),
      'annotations/LIVECell_dataset_size_split/0_train2percent.json': annotations({ [a]: 3 }),
      'nuclear_count_benchmark/A172_counts.json': { 'A172.tif': 3 }
    }
    for (const [name, content] of Object.entries(layout)) files[`LIVECell_dataset_2021/${name}`] = content
    const { dataset, images, refused, warnings } = await importFiles(files)
    expect(dataset).toMatchObject({ format: 'livecell', images: 4, annotated: 4, cells: 10 })
    expect(refused).toEqual([])
    expect(warnings.filter(({ reason }) => reason.includes('twice'))).toEqual([])
    expect(images.map((image) => [image.class, image.time, image.split, image.group])).toEqual([
      ['A172', 0, 'train', 'A172_Phase_A7_1_00d00h00m'],
      ['A172', 0, 'train', 'A172_Phase_A7_1_00d00h00m'],
      ['SH-SY5Y', 28, 'validation', 'SHSY5Y_Phase_D10_2_01d04h00m'],
      ['SK-OV-3', 60.5, 'test', 'SKOV3_Phase_E4_1_02d12h30m']
    ])
  })

  test('comes in by the files for single types, where the others are not there; and by a part that is named', async () => {
    const single = {
      ...pictures(),
      'annotations/LIVECell_single_cells/a172/train.json': annotations({ [a]: 3, [b]: 2 }),
      'annotations/LIVECell_single_cells/shsy5y/val.json': annotations({ [c]: 4 }, 2000),
      'annotations/LIVECell_dataset_size_split/0_train2percent.json': annotations({ [a]: 3 })
    }
    const { dataset, images } = await importFiles(single)
    expect(dataset).toMatchObject({ annotated: 3, cells: 9 })
    expect(images.map(({ split }) => split)).toEqual(['train', 'train', 'validation', undefined])
    const source = await writeSource(single)
    const part = join(source, 'annotations/LIVECell_dataset_size_split/0_train2percent.json')
    const target = await temporaryFolder()
    const request = ImportRequest.parse({ source, name: 'x', annotations: part })
    const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '' }
    expect((await importDataset(request, identity, target)).dataset).toMatchObject({ annotated: 1, cells: 3 })
  })

  test('keeps a picture of two splits out of training, and the fuller of two annotations', async () => {
    const { images, warnings } = await importFiles({
      ...pictures(),
      'annotations/LIVECell/livecell_coco_train.json': annotations({ [a]: 3, [b]: 2 }),
      'annotations/LIVECell/livecell_coco_val.json': annotations({ [a]: 1 }, 2000)
    })
    expect(images[0]).toMatchObject({ split: 'validation', cells: 3 })
    expect(images[1]).toMatchObject({ split: 'train', cells: 2 })
    const about = warnings.filter(({ file }) => file?.includes(a)).map(({ reason }) => reason)
    expect(about).toEqual([
      'It is in two splits, train and validation; it counts as validation.',
      'It is annotated twice, with 3 and with 1 cells; the larger annotation was kept, and the other left out.'
    ])
  })

  test('reads annotations that stand in any order, or under their ids', async () => {
    const { images, annotations: list, ...rest } = annotations({ [a]: 40, [b]: 40, [c]: 40 })
    const mixed = list.map((_, i) => list[(i * 67) % list.length])
    expect(new Set(mixed).size).toBe(120)
    const byId = Object.fromEntries(mixed.map((entry, i) => [`k"${i}`, entry]))
    for (const shuffled of [mixed, byId]) {
      const file = { ...rest, annotations: shuffled, images }
      const { dataset, target } = await importFiles({ ...pictures(), 'annotations/LIVECell/x_val.json': file })
      expect(dataset.cells).toBe(120)
      const areas = (await cellsOf(target, 2)).map(({ statedArea }) => statedArea)
      expect(areas).toEqual(Array.from({ length: 40 }, () => 9))
    }
  })

  test('gives the same whether threads take its images or not', async () => {
    const files: SourceFiles = {}
    const cells: Record<string, number> = {}
    for (let i = 0; i < 40; i++) {
      const name = `A172_Phase_A7_1_00d0${i % 4}h0${i % 6}m_${1 + (i % 4)}`.replace('_1_', `_${100 + i}_`)
      files[`images/livecell_train_val_images/${name}.png`] = i === 7 ? 'broken' : gray(i)
      cells[name] = i % 5
    }
    files['annotations/LIVECell/livecell_coco_train.json'] = annotations(cells)
    const source = await writeSource(files)
    const request = ImportRequest.parse({ source, name: 'x' })
    const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '' }
    const { workerPath } = defaultEnvironment()
    const results = []
    for (const options of [{}, { workerPath, workers: 2 }]) {
      const target = await temporaryFolder()
      const result = await importDataset(request, identity, target, options)
      const stored = await Promise.all(
        result.images.map(({ id }) => readFile(join(target, 'cells', `${id}.json`), 'utf8'))
      )
      results.push({ result, stored })
    }
    expect(results[0]).toEqual(results[1])
    expect(results[0]?.result.images).toHaveLength(39)
    expect(results[0]?.result.refused).toHaveLength(1)
  })
})
