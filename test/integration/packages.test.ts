import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPackage, type PackageSource } from '../../src/main/packages/create-package.ts'
import { openPackage, verifyPackage } from '../../src/main/packages/read-package.ts'
import { writeArchive } from '../../src/main/packages/write-archive.ts'
import { Manifest, type PackageFormat } from '../../src/shared/packages.ts'
import { type SyntheticAbout } from '../../src/shared/synthetic.ts'
import { readRawZip } from '../support/raw-zip.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Desk {
  readonly folder: string
  readonly source: PackageSource & { readonly about: SyntheticAbout }
}

async function desk(formats: readonly PackageFormat[] = ['coco', 'labels'], pictures = 4): Promise<Desk> {
  const folder = await temporaryFolder()
  const set = join(folder, 'set')
  const about = await makeSyntheticSet(set, pictures)
  const source = {
    folder: set,
    about,
    out: join(folder, 'blocks.zip'),
    formats,
    license: 'CC-BY-4.0',
    author: 'A. Scientist, Institute of Cells',
    now: new Date('2025-03-02T00:00:00.000Z'),
    software: 'CytoLoom 0.1.0'
  }
  return { folder, source }
}

async function filesBelow(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const files = names.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(folder.length + 1), (await readFile(path)).toString('base64')] as const
  })
  return Object.fromEntries((await Promise.all(files)).sort(([a], [b]) => (a < b ? -1 : 1)))
}

describe('a package', () => {
  test('opens as the set that was packed, byte for byte', async () => {
    const { folder, source } = await desk()
    const made = await createPackage(source)
    const opened = await openPackage(source.out, join(folder, 'opened'))

    const [before, after] = [await filesBelow(source.folder), await filesBelow(join(folder, 'opened'))]
    expect({ ...after, 'about.json': '' }).toStrictEqual({ ...before, 'about.json': '' })
    expect(opened.about).toStrictEqual(source.about)
    expect(opened.verified).toStrictEqual({
      verified: true,
      kind: 'synthetic',
      entries: 17,
      images: 4,
      cells: source.about.synthetic.cells,
      name: 'Block cells',
      sha256: made.sha256,
      origin: {
        author: source.author,
        license: source.license,
        created: source.now.toISOString(),
        software: source.software,
        classes: source.about.synthetic.classes
      },
      unchecked: []
    })
    expect(await verifyPackage(source.out)).toStrictEqual(opened.verified)
    expect(made).toMatchObject({ file: source.out, bytes: (await stat(source.out)).size, entries: 17 })
  })

  test('is the same, byte for byte, when it is made again', async () => {
    const { folder, source } = await desk()
    await createPackage(source)
    await createPackage({ ...source, out: join(folder, 'again.zip'), formats: ['labels', 'coco'] })

    expect((await readFile(source.out)).equals(await readFile(join(folder, 'again.zip')))).toBe(true)
  })

  test('without outlines gets them back from its masks', async () => {
    const { folder, source } = await desk(['labels'])
    await createPackage(source)
    expect(readRawZip(await readFile(source.out)).map(({ name }) => name)).not.toContain('outlines.coco.json')
    await openPackage(source.out, join(folder, 'opened'))

    const [before, after] = [await filesBelow(source.folder), await filesBelow(join(folder, 'opened'))]
    expect(after['outlines.coco.json']).toBe(before['outlines.coco.json'])
  })

  test('holds the masks even where only outlines are asked for, because polygons lose holes', async () => {
    const { folder, source } = await desk(['coco'])
    await createPackage(source)
    await createPackage({ ...source, formats: ['coco', 'labels'], out: join(folder, 'both.zip') })

    expect((await readFile(source.out)).equals(await readFile(join(folder, 'both.zip')))).toBe(true)
  })

  test('begins with a manifest that lists everything and states origin, licence and author', async () => {
    const { source } = await desk()
    await createPackage(source)
    const [first, ...others] = readRawZip(await readFile(source.out))
    const manifest = Manifest.parse(JSON.parse(first?.bytes.toString() ?? ''))

    expect(first?.name).toBe('manifest.json')
    expect(manifest.entries.map(({ path }) => path)).toEqual(others.map(({ name }) => name))
    expect(manifest).toMatchObject({
      synthetic: true,
      license: 'CC-BY-4.0',
      author: 'A. Scientist, Institute of Cells',
      created: '2025-03-02T00:00:00.000Z',
      seed: 7,
      formats: ['coco', 'labels']
    })
  })

  test('explains itself to somebody who has only a zip program', async () => {
    const { source } = await desk()
    await createPackage(source)
    const readme = readRawZip(await readFile(source.out)).find(({ name }) => name === 'README.txt')
    const text = readme?.bytes.toString() ?? ''

    for (const sentence of [
      'THESE PICTURES ARE SYNTHETIC',
      'CC-BY-4.0',
      'A. Scientist, Institute of Cells',
      'A picture and its mask have the same name.',
      `The field "label" of an annotation is the cell's value in the mask.`,
      'consent',
      'sha256sum images/NAME.png'
    ]) {
      expect(text).toContain(sentence)
    }
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  test('of no picture at all opens too', async () => {
    const { folder, source } = await desk(['labels'], 0)
    await createPackage(source)
    const { about } = await openPackage(source.out, join(folder, 'opened'))

    expect(about.images).toEqual([])
    expect(await readdir(join(folder, 'opened'))).toEqual(['about.json', 'images', 'masks', 'outlines.coco.json'])
  })
})

describe('making a package', () => {
  test('never overwrites a file', async () => {
    const { source } = await desk()
    await writeFile(source.out, 'mine')

    await expect(createPackage(source)).rejects.toMatchObject({
      kind: 'input',
      message: `${source.out} exists already.`
    })
    expect(await readFile(source.out, 'utf8')).toBe('mine')
  })

  test('says so when its folder is not there', async () => {
    const { folder, source } = await desk()
    await expect(createPackage({ ...source, out: join(folder, 'no', 'x.zip') })).rejects.toMatchObject({
      kind: 'input',
      message: `There is no folder ${join(folder, 'no')}.`
    })
  })

  test('names the file that a set lacks, and leaves nothing behind', async () => {
    const { folder, source } = await desk()
    await rm(join(source.folder, 'masks', '000002.png'))

    await expect(createPackage(source)).rejects.toMatchObject({
      kind: 'input',
      file: join(source.folder, 'masks', '000002.png')
    })
    expect(await readdir(folder)).toEqual(['set'])
  })

  test('refuses a set whose mask was changed by hand', async () => {
    const { folder, source } = await desk()
    const other = await readFile(join(source.folder, 'masks', '000001.png'))
    await writeFile(join(source.folder, 'masks', '000000.png'), other)

    await expect(createPackage(source)).rejects.toThrow(/do not fit together: .*blocks\.zip .* the mask of 000000\.png/)
    expect(await readdir(folder)).toEqual(['set'])
  })

  test('stops on request without leaving anything', async () => {
    const { folder, source } = await desk()
    const controller = new AbortController()
    const onProgress = (done: number) => done === 14 && controller.abort()

    await expect(createPackage(source, { signal: controller.signal, onProgress })).rejects.toMatchObject({
      kind: 'stopped'
    })
    expect(await readdir(folder)).toEqual(['set'])
  })

  test('tells how far it is, from the first entry to the last', async () => {
    const { source } = await desk()
    const told: number[] = []
    await createPackage(source, { onProgress: (done, total) => told.push(done / total) })

    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(1)
  })

  test('reads a set no faster than the disk takes it, so that its size does not matter', async () => {
    const out = join(await temporaryFolder(), 'big.zip')
    const picture = Buffer.alloc(4 * 2 ** 20, 'noise')
    let furthestAhead = 0
    async function* pictures() {
      for (let i = 0; i < 40; i++) {
        const written = await stat(out).catch(() => ({ size: 0 }))
        furthestAhead = Math.max(furthestAhead, i * picture.length - written.size)
        yield { path: `images/${i}.png`, bytes: picture }
      }
    }
    await writeArchive(out, pictures())

    expect((await stat(out)).size).toBeGreaterThan(40 * picture.length)
    expect(furthestAhead).toBeLessThan(32 * 2 ** 20)
  })
})
