import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { importDataset } from '../../../../src/main/datasets/import-dataset.ts'
import { sha256File } from '../../../../src/main/files/checksum.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'
import { Dataset, DatasetId, DatasetImage, ImportRequest, StoredCell } from '../../../../src/shared/datasets.ts'
import { dataPath, goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const identity = { id: DatasetId.parse('d-1'), name: 'x', created: '2025-01-02T03:04:05.000Z' }

async function take(source: string, options: Partial<ImportRequest> = {}) {
  const folder = await temporaryFolder()
  const result = await importDataset(ImportRequest.parse({ source, name: 'x', ...options }), identity, folder)
  return { ...result, folder }
}

async function cellsOf(folder: string, id: number): Promise<StoredCell[]> {
  return z.array(StoredCell).parse(JSON.parse(await readFile(join(folder, 'cells', `${id}.json`), 'utf8')))
}

describe.skipIf(!hasSharedData)(`importing real data${withoutSharedData}`, () => {
  test('LIVECell comes in with its classes, hours, frames and every cell', async () => {
    const { dataset, images, refused, folder } = await take(dataPath('livecell-mini'), { format: 'livecell' })
    expect(dataset).toMatchObject({ format: 'livecell', images: 47, annotated: 15, cells: 3398 })
    expect(dataset.classes.map(({ name, annotated, cells }) => [name, annotated, cells])).toEqual([
      ['A172', 2, 310],
      ['BT-474', 3, 597],
      ['BV-2', 0, 0],
      ['Huh7', 2, 120],
      ['MCF7', 3, 1587],
      ['SH-SY5Y', 1, 357],
      ['SK-OV-3', 3, 199],
      ['SkBr3', 1, 228]
    ])
    expect(refused).toEqual([])
    const hours = dataset.classes.flatMap((c) => c.hours ?? [])
    expect(hours.reduce((sum, { images: n }) => sum + n, 0)).toBe(47)
    expect(Math.max(...hours.map(({ hour }) => hour))).toBeGreaterThan(80)

    // Every row holds what the folder holds.
    for (const image of images) {
      expect(await sha256File(join(folder, 'images', image.file))).toBe(image.sha256)
      expect(await cellsOf(folder, image.id)).toHaveLength(image.cells)
    }
    const about: unknown = JSON.parse(await readFile(join(folder, 'about.json'), 'utf8'))
    const About = z.object({ dataset: Dataset, images: z.array(DatasetImage) })
    expect(About.parse(about)).toEqual({ dataset, images })
  })

  test('its outlines become the pixels that pycocotools finds, and keep the area that the source states', async () => {
    const { images, folder } = await take(dataPath('livecell-mini'))
    const golden = z
      .object({
        images: z.array(z.object({ file_name: z.string(), annotation_ids: z.array(z.int()), areas: z.array(z.int()) }))
      })
      .parse(JSON.parse(await readFile(goldenPath('masks/graphs.json'), 'utf8')))
    expect(golden.images).toHaveLength(15)
    for (const { file_name: file, annotation_ids: ids, areas } of golden.images) {
      const image = images.find((other) => other.file === file)
      const cells = image ? await cellsOf(folder, image.id) : []
      const found = cells.map(({ id, counts }) => [id, rleArea(rleFromString(counts, 520, 704))])
      expect(new Map(found.map(([id, area]) => [id, area]))).toEqual(new Map(ids.map((id, i) => [id, areas[i]])))
      expect(cells.every(({ statedArea }) => statedArea !== undefined && statedArea > 0)).toBe(true)
    }
  })

  test('label images come in with every nucleus; gray RGBA is gray and stained tissue keeps its colour', async () => {
    const { dataset, images, refused } = await take(dataPath('dsb2018-mini'))
    expect(dataset).toMatchObject({ format: 'labels', images: 312, annotated: 312, cells: 8980 })
    expect(dataset.classes.map(({ name, images: n, cells }) => [name, n, cells])).toEqual([
      ['fluorescence', 279, 7779],
      ['stained', 33, 1201]
    ])
    expect(refused).toEqual([])
    expect(images.filter(({ channels }) => channels === 1)).toHaveLength(279)
    expect(images.filter(({ class: name, channels }) => name === 'stained' && channels === 3)).toHaveLength(33)
  })

  test('one mask a cell: every mask file becomes a cell', async () => {
    const source = dataPath('dsb2018-mini/stage1_layout')
    const { dataset, images } = await take(source)
    expect(dataset).toMatchObject({ format: 'masks', images: 6, annotated: 6 })
    for (const image of images) {
      const masks = await readdir(join(source, image.file.replace(/\.png$/, ''), 'masks'))
      expect(image.cells).toBe(masks.length)
    }
  })

  test('originals are only read', async () => {
    const source = dataPath('label-tiff')
    const files = (await readdir(source, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const before = await Promise.all(files.map(sha256File))
    const { dataset } = await take(source)
    expect(dataset).toMatchObject({ images: 2, cells: 190 })
    expect(await Promise.all(files.map(sha256File))).toEqual(before)
  })

  test('a part of the images is spread over all of them', async () => {
    const { images, warnings } = await take(dataPath('livecell-mini'), { maxImages: 8 })
    expect(images).toHaveLength(8)
    expect(new Set(images.map((image) => image.class)).size).toBeGreaterThan(4)
    expect(warnings.some(({ reason }) => reason.includes('8 of 47'))).toBe(true)
  })
})
