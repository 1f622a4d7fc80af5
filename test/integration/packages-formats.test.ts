import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { Outlines } from '../../src/main/packages/outlines.ts'
import { openPackage, verifyPackage } from '../../src/main/packages/read-package.ts'
import { PackageFormat } from '../../src/shared/packages.ts'
import { readRawZip } from '../support/raw-zip.ts'
import { readBack } from '../support/read-back.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function packAll(change: (set: string) => Promise<void> = () => Promise.resolve()) {
  const folder = await temporaryFolder()
  const about = await makeSyntheticSet(join(folder, 'set'), 4)
  await change(join(folder, 'set'))
  const source = {
    folder: join(folder, 'set'),
    about,
    out: join(folder, 'all.zip'),
    formats: PackageFormat.options,
    license: 'CC-BY-4.0',
    author: 'A. Scientist',
    now: new Date('2025-03-02T00:00:00.000Z'),
    software: 'CytoLoom 0.1.0'
  }
  await createPackage(source)
  const entries = readRawZip(await readFile(source.out))
  return { folder, about, source, entries: new Map(entries.map(({ name, bytes }) => [name, Buffer.from(bytes)])) }
}

test('a package of every format is verified, opened, and the same when it is made again elsewhere', async () => {
  const { folder, source, about } = await packAll()
  expect(await verifyPackage(source.out)).toMatchObject({ verified: true, images: 4, cells: about.synthetic.cells })
  expect((await openPackage(source.out, join(folder, 'opened'))).about).toEqual(about)

  await cp(source.folder, join(folder, 'elsewhere'), { recursive: true })
  const again = { ...source, folder: join(folder, 'elsewhere'), out: join(folder, 'again.zip') }
  await createPackage({ ...again, formats: [...PackageFormat.options].reverse() })
  expect((await readFile(again.out)).equals(await readFile(source.out))).toBe(true)
})

test('a set whose outlines leave out the ways to holes, as older versions made them, is still packed', async () => {
  let cut = 0
  const withoutHoles = async (set: string) => {
    const file = join(set, 'outlines.coco.json')
    const outlines = Outlines.parse(JSON.parse(await readFile(file, 'utf8')))
    for (const annotation of outlines.annotations) {
      if (annotation.iscrowd === 1) continue
      // The outer ring of a block is its four corners.
      annotation.segmentation = annotation.segmentation.map((ring) => {
        if (ring.length > 8) cut++
        return ring.slice(0, 8)
      })
    }
    await writeFile(file, JSON.stringify(outlines))
  }
  const { source } = await packAll(withoutHoles)
  expect(cut).toBeGreaterThan(0)
  expect(await verifyPackage(source.out)).toMatchObject({ verified: true })
})

test('each of its folders for other programs imports as the same pictures, classes and cells', async () => {
  const { entries, about } = await packAll()
  for (const folder of ['cellpose', 'stardist', 'imagej', 'qupath', 'yolo', 'tissuenet']) {
    const { dataset, refused } = await readBack(entries, folder)
    expect({ folder, refused, images: dataset.images, cells: dataset.cells }).toEqual({
      ...{ folder, refused: [], images: 4, cells: about.synthetic.cells }
    })
  }
})

test('its README tells how to open each of them, in lines that fit on a screen', async () => {
  const { entries } = await packAll()
  const text = entries.get('README.txt')?.toString() ?? ''
  for (const words of [
    'cellpose --train',
    'StarDist',
    'Fiji',
    'QuPath',
    'data.yaml',
    'TissueNet',
    'previews/NAME.png'
  ]) {
    expect(text).toContain(words)
  }
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})
