import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeLivecellArchive } from '../../../../scripts/livecell/archive.ts'
import { imageHeight, imageWidth } from '../../../../scripts/livecell/outlines.ts'
import { encodeLzwTiff } from '../../../../scripts/livecell/tiff-lzw.ts'
import { sha256 } from '../../../../src/main/files/checksum.ts'
import { decodePicture } from '../../../../src/main/images/read.ts'
import { decodeTiff, openTiff } from '../../../../src/main/images/tiff.ts'
import { RandomStream } from '../../../../src/shared/random.ts'
import { take } from '../../../support/taken-source.ts'
import { openTestApp } from '../../../support/test-app.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const settings = { images: 64, cells: 30, seed: 3 }

async function checksums(folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Promise.all(paths.map(async (path) => `${path.slice(folder.length)} ${sha256(await readFile(path))}`))
}

describe('an archive that is made in the layout of LIVECell', () => {
  let folder: string
  let made: Awaited<ReturnType<typeof makeLivecellArchive>>
  beforeAll(async () => {
    folder = join(await temporaryFolder(afterAll), 'made')
    made = await makeLivecellArchive(folder, settings)
  })

  test('comes in with its types, splits, hours and cells, and with nothing refused', async () => {
    const { dataset, images, refused, warnings } = await take(folder)
    expect(refused).toEqual([])
    expect(dataset).toMatchObject({ format: 'livecell', images: 64, annotated: 64, cells: made.cells })
    expect(dataset.classes.map(({ name, images: count }) => [name, count])).toEqual(
      ['A172', 'BT-474', 'BV-2', 'Huh7', 'MCF7', 'SH-SY5Y', 'SK-OV-3', 'SkBr3'].map((name) => [name, 8])
    )
    expect(new Set(images.map(({ split }) => split))).toEqual(new Set(['train', 'validation', 'test']))
    expect(new Set(images.map(({ time }) => time)).size).toBeGreaterThan(1)
    expect(images.every(({ width, height }) => width === imageWidth && height === imageHeight)).toBe(true)
    const twice = warnings.filter(({ reason }) => reason.startsWith('It is annotated twice'))
    expect(twice.length > 0).toBe(made.annotations > made.cells)
  })

  test('says the same in its files for single types, and never tests in a well that it trains in', async () => {
    const single = await take(folder, {
      annotations: join(folder, 'LIVECell_dataset_2021/annotations/LIVECell_single_cells')
    })
    expect(single.dataset.cells).toBe(made.cells)
    const wells = (wanted: string) =>
      new Set(
        single.images.flatMap(({ file, split }) => (split === wanted ? (/^.*_Phase_[A-H]\d+/.exec(file) ?? []) : []))
      )
    expect(wells('test').size).toBe(8)
    const trained = wells('train')
    expect([...wells('test')].filter((well) => trained.has(well))).toEqual([])
  })

  test('is prepared by its own split, or by shares that are asked for', async () => {
    const host = await openTestApp(await temporaryFolder())
    try {
      await host.request('datasets.import', { source: folder, name: 'made', maxImages: 24 })
      const { images } = await host.request('datasets.show', { name: 'made' })
      const published = { train: 0, validation: 0, test: 0 }
      for (const { split } of images) published[split as keyof typeof published]++ // one of the three, as imported
      const small = { dataset: 'made', tile: 64, scale: 0.25 }
      const own = await host.request('prepared.create', { ...small, name: 'own' })
      expect(own).toMatchObject({ splits: published, splitFrom: 'source' })
      const dealt = await host.request('prepared.create', { ...small, name: 'dealt', split: [1, 0, 0] })
      expect(dealt).toMatchObject({ splits: { train: 24, validation: 0, test: 0 }, splitFrom: 'shares' })
    } finally {
      await host.app.close()
    }
  })

  test('is the same, byte for byte, for the same seed, and another for another', async () => {
    const again = join(await temporaryFolder(), 'again')
    await makeLivecellArchive(again, { ...settings, images: 16 })
    const third = join(await temporaryFolder(), 'third')
    await makeLivecellArchive(third, { ...settings, images: 16 })
    expect(await checksums(third)).toEqual(await checksums(again))
    const other = join(await temporaryFolder(), 'other')
    await makeLivecellArchive(other, { ...settings, images: 16, seed: 4 })
    expect(await checksums(other)).not.toEqual(await checksums(again))
  })

  test('is never written over something', async () => {
    const before = await checksums(folder)
    await expect(makeLivecellArchive(folder, settings)).rejects.toThrow(/EEXIST/)
    expect(await checksums(folder)).toEqual(before)
  })
})

test('its TIFF files are read by two libraries as the pixels that were written, however they repeat', async () => {
  const random = new RandomStream(1, 'pixels')
  const [width, height] = [300, 200]
  const pictures = {
    noise: Uint8Array.from({ length: width * height }, () => random.integer(256)),
    flat: new Uint8Array(width * height).fill(7),
    stripes: Uint8Array.from({ length: width * height }, (_, i) => (i % 3) * 90 + random.integer(4))
  }
  for (const [name, pixels] of Object.entries(pictures)) {
    const bytes = encodeLzwTiff(pixels, width, height)
    const fast = await decodePicture(`${name}.tif`, bytes)
    expect(fast.picture.data, name).toEqual(pixels)
    const exact = await decodeTiff(`${name}.tif`, await openTiff(`${name}.tif`, bytes))
    expect(Uint8Array.from(exact?.data ?? []), name).toEqual(pixels)
  }
})
