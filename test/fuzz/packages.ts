import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { importDataset } from '../../src/main/datasets/import-dataset.ts'
import { encodeGrayPng8 } from '../../src/main/images/png-encode.ts'
import { encodeTiff } from '../../src/main/images/tiff-encode.ts'
import { encodeCounts } from '../../src/main/masks/rle-string.ts'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { type PackageAbout } from '../../src/main/packages/packed-set.ts'
import { DatasetId, ImportRequest } from '../../src/shared/datasets.ts'
import { PackageFormat } from '../../src/shared/packages.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'

interface MadePackage {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Packages as the program makes them: of a data set in each of its formats, and of a generated set. */
export async function makePackages(): Promise<MadePackage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-fuzz-packages-'))
  try {
    const dataset = { folder: join(folder, 'dataset'), about: await makeDataset(join(folder, 'dataset')) }
    const generated = { folder: join(folder, 'generated'), about: await makeGenerated(join(folder, 'generated')) }
    const packages: MadePackage[] = []
    for (const format of PackageFormat.options) packages.push(await pack(dataset, [format]))
    for (const formats of [PackageFormat.options, ['labels'] as const]) packages.push(await pack(generated, formats))
    return packages
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Source {
  readonly folder: string
  readonly about: PackageAbout
}

async function pack({ folder, about }: Source, formats: readonly PackageFormat[]): Promise<MadePackage> {
  const out = `${folder}-${formats.join('-')}.zip`
  const words = { license: 'CC0-1.0', author: 'A. Scientist', software: 'CytoLoom' }
  await createPackage({ folder, about, out, formats, ...words, now: new Date('2025-03-02T00:00:00.000Z') })
  const what = about.kind === 'synthetic' ? 'generated set' : 'data set'
  return { name: `package of a ${what}, ${formats.join(' ')}`, bytes: await readFile(out) }
}

async function makeGenerated(folder: string): Promise<PackageAbout> {
  const about = await makeSyntheticSet(folder, 2, 12)
  const removed = [{ reason: 'too-small' as const, area: 4, counts: encodeCounts([30, 4, 110]) }]
  return { ...about, images: about.images.map((image) => ({ ...image, removed })) }
}

const [width, height] = [20, 16]

/** A picture of 8 bits and one of 16, with cells that overlap, and a crowd. */
async function makeDataset(folder: string): Promise<PackageAbout> {
  const pixels = Uint16Array.from({ length: width * height }, (_, i) => (i * 7919) % 65_536)
  const box = (left: number, top: number) => [[left, top, left + 6, top, left + 6, top + 6, left, top + 6]]
  const crowd = { size: [height, width], counts: [0, 40, width * height - 40] }
  const coco = {
    images: ['a.png', 'b.tif'].map((file, i) => ({ id: i + 1, file_name: file, width, height })),
    categories: ['round', 'long'].map((name, i) => ({ id: i + 1, name })),
    annotations: [
      { id: 1, image_id: 1, category_id: 1, segmentation: box(2, 2), iscrowd: 0 },
      { id: 2, image_id: 1, category_id: 1, segmentation: box(5, 5), iscrowd: 0 },
      { id: 3, image_id: 2, category_id: 2, segmentation: box(8, 4), iscrowd: 0, area: 35.5 },
      { id: 4, image_id: 2, category_id: 2, segmentation: crowd, iscrowd: 1 }
    ]
  }
  const source = `${folder}-source`
  for (const [name, content] of [
    ['images/a.png', encodeGrayPng8(Uint8Array.from(pixels), width, height)],
    ['images/b.tif', encodeTiff({ width, height, channels: 1, bits: 16, data: pixels })],
    ['cells.json', JSON.stringify(coco)]
  ] as const) {
    await mkdir(dirname(join(source, name)), { recursive: true })
    await writeFile(join(source, name), content)
  }
  const identity = { id: DatasetId.parse('d-fuzz'), name: 'real cells', created: '2025-03-01T10:00:00.000Z' }
  const { dataset, images } = await importDataset(
    ImportRequest.parse({ source, name: identity.name }),
    identity,
    folder
  )
  return { kind: 'dataset', version: 1, dataset, images }
}
