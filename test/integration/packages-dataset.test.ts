import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeGrayPng8, encodeLabelPng16 } from '../../src/main/images/png-encode.ts'
import { readPicture } from '../../src/main/images/read.ts'
import { encodeTiff } from '../../src/main/images/tiff-encode.ts'
import { createPackage } from '../../src/main/packages/create-package.ts'
import { writeArchive } from '../../src/main/packages/write-archive.ts'
import { sha256 } from '../../src/main/files/checksum.ts'
import { Manifest, PackageFormat } from '../../src/shared/packages.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { exportPicture, side } from '../support/export-pictures.ts'
import { readRawZip } from '../support/raw-zip.ts'
import { iousOfLargeCells, labelsOf, readBack } from '../support/read-back.ts'
import { cellsOf, type SourceFiles, writeSource } from '../support/taken-source.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const [width, height] = [48, 40]
const random = new RandomStream(5, 'pixels')
const deep = Uint16Array.from({ length: width * height }, () => random.integer(65_536))
const plain = Uint8Array.from({ length: width * height }, () => random.integer(256))
const box = (x: number, y: number, side: number) => [[x, y, x + side, y, x + side, y + side, x, y + side]]

/** Pictures of several kinds, with cells that overlap, one that hides another, and a crowd. */
function overlappingSource(): SourceFiles {
  const annotation = (id: number, image: number, segmentation: unknown, more = {}) => ({
    ...{ id, image_id: image, category_id: 1 + (image % 2), segmentation, iscrowd: 0 },
    ...more
  })
  const crowd = { size: [height, width], counts: [0, 200, width * height - 200] }
  return {
    'images/Zelle ä.tif': encodeTiff({ width, height, channels: 1, bits: 16, data: deep }),
    'images/plain.png': encodeGrayPng8(plain, width, height),
    'images/CON.png': encodeGrayPng8(plain, width, height),
    'images/nobody drew on it.png': encodeGrayPng8(plain, width, height),
    'annotations.json': {
      images: ['Zelle ä.tif', 'plain.png', 'CON.png'].map((file, i) => ({ id: i + 1, file_name: file, width, height })),
      categories: [
        { id: 1, name: 'round' },
        { id: 2, name: 'long' }
      ],
      annotations: [
        annotation(7_000_001, 1, box(4, 4, 20)),
        annotation(7_000_002, 1, box(14, 14, 20)),
        annotation(7_000_003, 1, box(14, 14, 20), { area: 401.5 }),
        annotation(7_000_004, 1, crowd, { iscrowd: 1 }),
        annotation(7_000_005, 2, box(2, 2, 9)),
        annotation(7_000_006, 3, box(20, 10, 12)),
        annotation(7_000_007, 3, box(31, 10, 8))
      ]
    }
  }
}

/** Of `outlines.coco.json`, what is changed here. */
interface Outlined {
  annotations: [{ segmentation: [[number]] }]
}

async function checksums(folder: string): Promise<string[]> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = found.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Promise.all(paths.map(async (path) => `${path.slice(folder.length)} ${sha256(await readFile(path))}`))
}

/** The package with another entry, of which manifest and seal say the same. */
async function forgedPackage(file: string, path: string, change: (bytes: Buffer) => Uint8Array): Promise<string> {
  const [first, ...others] = readRawZip(await readFile(file))
  const contents = others.map(({ name, bytes }) => ({ path: name, bytes: name === path ? change(bytes) : bytes }))
  const entries = contents.map(({ path, bytes }) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }))
  const manifest = { ...Manifest.parse(JSON.parse(first?.bytes.toString() ?? '')), entries }
  const forged = join(await temporaryFolder(), 'forged.zip')
  await writeArchive(
    forged,
    (async function* () {
      await Promise.resolve()
      yield { path: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) }
      yield* contents
    })()
  )
  return forged
}

describe('a package of a data set', () => {
  let host: TestApp
  let workspace: string
  let out: string
  beforeAll(async () => {
    workspace = await temporaryFolder(afterAll)
    host = await openTestApp(workspace)
    const source = await writeSource(overlappingSource(), afterAll)
    await host.request('datasets.import', { source, name: 'real' })
    out = join(workspace, 'real.zip')
  })
  afterAll(() => host.app.close())

  test('has every format, says what it leaves out, and is on the list of packages', async () => {
    const made = await host.request('packages.create', { set: 'real', out, formats: PackageFormat.options })
    expect(made.warnings).toEqual([
      '1 images without annotation are not in the package.',
      '1 cells lie entirely below others: they are in the outlines and run-length masks, but not visible in the masks.'
    ])
    const { packages, datasets } = await host.request('workspace.show', {})
    expect(packages).toMatchObject([{ file: out, dataset: datasets[0]?.id }])
    expect(packages[0]).not.toHaveProperty('synthetic')

    const entries = new Map(readRawZip(await readFile(out)).map(({ name, bytes }) => [name, Buffer.from(bytes)]))
    const manifest = Manifest.parse(JSON.parse(entries.get('manifest.json')?.toString() ?? ''))
    expect(manifest).toMatchObject({ synthetic: false, name: 'real', images: 3, cells: 7 })
    expect(manifest).not.toHaveProperty('seed')
    expect([...entries.keys()].filter((name) => /^(?:images|cells)/.test(name))).toEqual([
      'cells/Zelle__.json',
      'cells/_CON.json',
      'cells/plain.json',
      'images/Zelle__.tif',
      'images/_CON.png',
      'images/plain.png'
    ])
    const readme = entries.get('README.txt')?.toString() ?? ''
    expect(readme).toMatch(/^real: 3 microscopy pictures with 7 outlined cells/)
    expect(readme).not.toMatch(/SYNTHETIC|neural/)
    for (const file of ['outlines.coco.json', 'masks.coco.json']) {
      const { annotations } = JSON.parse(entries.get(file)?.toString() ?? '') as { annotations: { iscrowd: number }[] }
      expect(annotations.map(({ iscrowd }) => iscrowd)).toEqual([0, 0, 0, 0, 0, 0, 1])
    }
  })

  test('is the same, byte for byte, when it is made again from a copy of the set', async () => {
    const { dataset, images } = await host.request('datasets.show', { name: 'real' })
    const folder = await temporaryFolder()
    await cp(join(workspace, 'datasets', dataset.id), join(folder, 'copy'), { recursive: true })
    const source = {
      about: { kind: 'dataset' as const, version: 1 as const, dataset, images },
      license: 'CC-BY-4.0',
      author: 'A. Scientist',
      now: new Date('2025-03-02T00:00:00.000Z'),
      software: 'CytoLoom 0.1.0'
    }
    const [one, two] = [join(folder, 'one.zip'), join(folder, 'two.zip')]
    const original = join(workspace, 'datasets', dataset.id)
    await createPackage({ ...source, folder: original, out: one, formats: PackageFormat.options })
    const reversed = [...PackageFormat.options].reverse()
    await createPackage({ ...source, folder: join(folder, 'copy'), out: two, formats: reversed })
    expect((await readFile(two)).equals(await readFile(one))).toBe(true)
  })

  test('keeps every original name when it is opened and packed again, and tells nothing of the computers it was on', async () => {
    const { datasets } = await host.request('workspace.show', {})
    await host.request('things.note', { thing: datasets[0]?.id ?? '', note: 'For my eyes only.' })
    const mine = join(workspace, 'noted.cytoloom')
    await host.request('packages.create', { set: 'real', out: mine })
    expect((await host.request('workspace.show', {})).packages.map(({ name }) => name)).toContain('noted')
    let file = mine
    for (let round = 0; round < 2; round++) {
      const other = await openTestApp(await temporaryFolder())
      try {
        const { dataset } = await other.request('packages.open', { file })
        expect(dataset).toMatchObject({ name: 'real', source: file })
        expect(dataset).not.toHaveProperty('note')
        const { images } = await other.request('datasets.show', { name: 'real' })
        expect(images.map(({ file: name, source }) => [name, source])).toEqual([
          ['_CON.png', undefined],
          ['Zelle__.tif', 'Zelle ä.tif'],
          ['plain.png', undefined]
        ])
        file = join(other.app.workspace, 'again.cytoloom')
        await other.request('packages.create', { set: 'real', out: file })
        const about = readRawZip(await readFile(file)).find(({ name }) => name === 'about.json')
        expect(about?.bytes.toString()).not.toMatch(/cytoloom-test|my eyes/)
      } finally {
        await other.app.close()
      }
    }
  })

  test.each([
    ['a corner of a cell', (file: Outlined) => (file.annotations[0].segmentation[0][0] += 1), 'differs from cell'],
    ['a cell', (file: Outlined) => file.annotations.shift(), 'cells in'],
    ['a crowd', (file: Outlined) => file.annotations.pop(), 'other regions to be ignored']
  ])('is refused when the outlines have another: %s', async (_, change, sentence) => {
    const forged = await forgedPackage(out, 'outlines.coco.json', (bytes) => {
      const outlines = JSON.parse(bytes.toString()) as Outlined
      change(outlines)
      return Buffer.from(JSON.stringify(outlines))
    })
    await expect(host.request('packages.verify', { file: forged })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(sentence) as string
    })
  })

  test('opens elsewhere as the same data set: values, classes, cells and crowds', async () => {
    const other = await openTestApp(await temporaryFolder())
    try {
      expect(await other.request('packages.verify', { file: out })).toMatchObject({ kind: 'dataset', cells: 7 })
      const opened = await other.request('packages.open', { file: out })
      expect(opened.synthetic).toBeUndefined()
      const id = opened.dataset?.id ?? ''
      const there = await other.request('datasets.show', { name: 'real' })
      const here = await host.request('datasets.show', { name: 'real' })
      const annotated = here.images.filter((image) => image.annotated)
      const facts = (images: typeof annotated) =>
        images.map(({ class: name, cells, bits, sha256: sum }) => [name, cells, bits, sum].join(' ')).sort()
      expect(facts(there.images)).toEqual(facts(annotated))
      const folder = other.app.workspace
      for (const image of there.images) {
        const original = annotated.find(({ file }) => file.replace(/[^\w.-]/g, '_') === image.file)
        const pixels = (await readPicture(join(folder, 'datasets', id, 'images', image.file))).data
        expect(Array.from(pixels)).toEqual(Array.from(image.bits === 16 ? deep : plain))
        const mine = await cellsOf(join(workspace, 'datasets', here.dataset.id), original?.id ?? 0)
        expect(await cellsOf(join(folder, 'datasets', id), image.id)).toEqual(mine)
      }
      await expect(other.request('packages.open', { file: out })).rejects.toMatchObject({ kind: 'input' })
    } finally {
      await other.app.close()
    }
  })

  test.each([
    [
      'masks/plain.png',
      'does not show the cells of cells/plain.json',
      encodeLabelPng16(new Uint16Array(width * height), width, height)
    ],
    ['images/plain.png', 'pixels where about.json says', encodeGrayPng8(new Uint8Array(4), 2, 2)],
    ['cells/plain.json', 'has 0 cells where about.json counts 1', Buffer.from('[]')],
    ['cells/plain.json', 'cannot be read', Buffer.from('[{"id":1,"counts":"zzzz~~"}]')],
    ['outlines.coco.json', 'other pictures', Buffer.from('{"images":[],"annotations":[],"categories":[]}')]
  ])('is refused when %s is another (%s)', async (path, sentence, bytes) => {
    const forged = await forgedPackage(out, path, () => bytes)
    const other = await openTestApp(await temporaryFolder())
    try {
      await expect(other.request('packages.open', { file: forged })).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringContaining(sentence) as string
      })
      expect((await other.request('workspace.show', {})).datasets).toEqual([])
      expect(await readdir(join(other.app.workspace, 'datasets'))).toEqual([])
    } finally {
      await other.app.close()
    }
  })

  test('is refused when it states what the catalogue does not take, and the workspace opens again', async () => {
    const forged = await forgedPackage(out, 'about.json', (about) =>
      Buffer.from(about.toString().replace(/"channels": \d/, '"channels": 0'))
    )
    const workspace = await temporaryFolder()
    const other = await openTestApp(workspace)
    await expect(other.request('packages.open', { file: forged })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('about.json does not hold what it should at "images.0.channels"') as string
    })
    await other.app.close()
    expect(await readdir(join(workspace, 'datasets'))).toEqual([])
    const again = await openTestApp(workspace)
    expect((await again.request('workspace.show', {})).datasets).toEqual([])
    await again.app.close()
  })

  test('is refused for a set without annotation, and for a name that two sets have or none', async () => {
    const source = await writeSource({
      'images/a.png': encodeGrayPng8(plain, width, height),
      'annotations.json': { images: [{ id: 1, file_name: 'a.png' }], annotations: [], categories: [] }
    })
    await host.request('datasets.import', { source, name: 'bare', format: 'coco' })
    const wish = { out: join(workspace, 'bare.zip') }
    await expect(host.request('packages.create', { ...wish, set: 'bare' })).rejects.toMatchObject({
      kind: 'input',
      message: 'No image of "bare" is annotated, so there is nothing to pack.'
    })
    await expect(host.request('packages.create', { ...wish, set: 'none' })).rejects.toMatchObject({ kind: 'input' })
    expect(await readdir(workspace)).not.toContain('bare.zip')
  })
})

describe('label images with numbers up to 65,535, as a data set that is packed', () => {
  const pictures = [0, 1].map((index) => exportPicture(index))
  let entries: Map<string, Buffer>
  beforeAll(async () => {
    const files: SourceFiles = {}
    for (const { file, bytes, labels } of pictures) {
      files[`images/${file}`] = bytes
      files[`masks/${file}`] = encodeLabelPng16(labels, side, side)
    }
    const workspace = await temporaryFolder(afterAll)
    const host = await openTestApp(workspace)
    const source = await writeSource(files, afterAll)
    const before = await checksums(source)
    await host.request('datasets.import', { source, name: 'labels' })
    const out = join(workspace, 'labels.zip')
    await host.request('packages.create', { set: 'labels', out, formats: PackageFormat.options })
    await host.app.close()
    expect(await checksums(source)).toEqual(before)
    entries = new Map(readRawZip(await readFile(out)).map(({ name, bytes }) => [name, Buffer.from(bytes)]))
  })

  test.each(['cellpose', 'stardist', 'tissuenet'])('come back identical through %s', async (folder) => {
    const { images, refused } = await readBack(entries, folder)
    expect(refused).toEqual([])
    expect(images.map((back) => Array.from(labelsOf(back)))).toEqual(pictures.map(({ labels }) => Array.from(labels)))
  })

  test('come back identical as the masks, as TIFF and as COCO runs', async () => {
    const folder = await temporaryFolder()
    for (const { file, labels } of pictures) {
      const name = file.replace('.png', '.tif')
      await writeFile(join(folder, name), entries.get(`masks-tiff/${name}`) ?? '')
      const { data, bits } = await readPicture(join(folder, name))
      expect(bits).toBe(16)
      expect(Array.from(data)).toEqual(Array.from(labels))
    }
    await writeFile(join(folder, 'mask.png'), entries.get('masks/000000.png') ?? '')
    expect(Array.from((await readPicture(join(folder, 'mask.png'))).data)).toEqual(
      Array.from(pictures[0]?.labels ?? [])
    )
    const files = new Map(
      [...entries].filter(([name]) => /^images|^masks\.coco/.test(name)).map(([name, bytes]) => [`coco/${name}`, bytes])
    )
    const { images } = await readBack(files, 'coco', { format: 'coco' })
    for (const [i, back] of images.entries()) {
      expect(iousOfLargeCells(pictures[i] ?? exportPicture(0), back).every((iou) => iou === 1)).toBe(true)
      expect(back.cells).toHaveLength(pictures[i]?.cells.length ?? 0)
    }
  })

  test.each(['imagej', 'qupath', 'yolo'])('come back through %s with an IoU of at least 0.99', async (folder) => {
    const { images } = await readBack(entries, folder)
    for (const [i, back] of images.entries()) {
      const ious = iousOfLargeCells(pictures[i] ?? exportPicture(0), back)
      expect(ious.length).toBeGreaterThan(5)
      expect(Math.min(...ious)).toBeGreaterThanOrEqual(0.99)
    }
  })
})
