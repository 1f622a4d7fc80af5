import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
import { findCopies as search } from '../../../src/main/workspace/picture-copies.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { viewPath } from '../../../src/shared/pictures.ts'

function findCopies(pictures: string[], training: { name: string; file: string }[]) {
  return search({ pictures, training }, new Int32Array(1))
}

/** A square of a gray picture, as it is in a mirror. */
function cutMirrored({ data, width }: ReturnType<typeof decode>, left: number, top: number, side: number): Uint8Array {
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [side - 1 - (at % side), Math.floor(at / side)]
    return data[(top + y) * width + left + x] ?? 0
  })
}

function noise(seed: number, side: number): Uint8Array {
  const random = new RandomStream(seed, 'noise')
  return Uint8Array.from({ length: side * side }, () => random.integer(256))
}

async function writeAll(at: string, pictures: readonly Uint8Array[]): Promise<string[]> {
  const files = pictures.map((_, i) => join(at, `${i}.png`))
  for (const [i, pixels] of pictures.entries()) await writeFile(files[i] ?? '', encodeGrayPng8(pixels, 64, 64))
  return files
}

let folder: string
let host: TestApp
let dataset: string
let version: string

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  await makeSyntheticSet(join(folder, 'synthetic/s-test'), 12)
  host = await openTestApp(folder)
  await addSampleTiles(host)
  dataset = (await host.request('datasets.show', { name: 'sample' })).dataset.id
  version = (await host.request('workspace.show', {})).prepared[0]?.id ?? ''
})
afterAll(() => host.app.close())

async function view(path: string) {
  const file = await host.app.picturePath(path)
  return file === undefined ? undefined : decode(await readFile(file))
}

describe('A picture to look at', () => {
  test('of an image set has the size of the picture, small ones fit a grid, and outlines are clear elsewhere', async () => {
    const { pictures } = await host.request('pictures.list', { collection: 'datasets', set: dataset })
    const [first] = pictures
    expect(pictures).toHaveLength(16)
    expect(await view(viewPath('datasets', dataset, 0, 'picture'))).toMatchObject({
      width: first?.width,
      height: first?.height
    })
    const small = await view(viewPath('datasets', dataset, 0, 'thumbnail'))
    expect(Math.max(small?.width ?? 0, small?.height ?? 0)).toBeLessThanOrEqual(256)
    const outlines = await view(viewPath('datasets', dataset, 0, 'thumbnail-outlines'))
    const opacity = outlines?.data.filter((_, i) => i % 4 === 3) ?? []
    expect(outlines?.channels).toBe(4)
    expect([...new Set(opacity)].sort((a, b) => a - b)).toEqual([0, 255])
  })

  test('is stretched to be seen, and its file stays as it is', async () => {
    const images = await host.request('datasets.show', { name: dataset })
    const file = join(folder, 'datasets', dataset, 'images', images.images[0]?.file ?? '')
    const before = await readFile(file)
    const shown = await view(viewPath('datasets', dataset, 0, 'picture'))
    const plain = await view(viewPath('datasets', dataset, 0, 'plain'))
    expect(Array.from(shown?.data ?? []).reduce((most, value) => Math.max(most, value), 0)).toBe(255)
    expect(plain?.data).not.toEqual(shown?.data)
    expect(await readFile(file)).toEqual(before)
  })

  test('of a version and of a synthetic set is asked for in the same way', async () => {
    for (const look of ['thumbnail', 'labels'] as const) {
      expect(await view(viewPath('prepared', version, 0, look))).toBeDefined()
      expect(await view(viewPath('synthetic', 's-test', 0, look))).toBeDefined()
    }
  })

  test('is drawn once', async () => {
    const path = viewPath('synthetic', 's-test', 3, 'thumbnail')
    const file = (await host.app.picturePath(path)) ?? ''
    await writeFile(file, 'as it was left')
    expect(await host.app.picturePath(path)).toBe(file)
    expect(await readFile(file, 'utf8')).toBe('as it was left')
  })

  test.each([
    viewPath('synthetic', 's-test', 99, 'thumbnail'),
    viewPath('synthetic', 's-other', 0, 'thumbnail'),
    'synthetic/s-test/views/0-huge.png',
    'synthetic/s-test/views/../about.json',
    'runs/s-test/views/0-thumbnail.png'
  ])('is not there where none is (%s)', async (path) => {
    expect(await host.app.picturePath(path)).toBeUndefined()
  })

  test('is not there where its file is damaged, or leads out of the workspace', async () => {
    const images = join(folder, 'synthetic/s-test/images')
    const [tenth, eleventh] = [join(images, '000010.png'), join(images, '000011.png')]
    const before = [await readFile(tenth), await readFile(eleventh)] as const
    await writeFile(tenth, 'no picture')
    await rm(eleventh)
    await symlink('/etc/hostname', eleventh)
    expect(await host.app.picturePath(viewPath('synthetic', 's-test', 10, 'thumbnail'))).toBeUndefined()
    expect(await host.app.picturePath(viewPath('synthetic', 's-test', 11, 'thumbnail'))).toBeUndefined()
    await rm(eleventh)
    await writeFile(tenth, before[0])
    await writeFile(eleventh, before[1])
  })
})

/** Every eighth pixel of every eighth row. */
function gridOf({ width = 0, height = 0 }: { readonly width?: number; readonly height?: number } = {}) {
  const every = (length: number) => Array.from({ length: Math.ceil(length / 8) }, (_, i) => 8 * i)
  return every(height).flatMap((y) => every(width).map((x) => ({ x, y })))
}

describe('A cell', () => {
  test('is known by a pixel of it: its number, area and those that touch it, of every kind of set', async () => {
    const { dataset: found, images } = await host.request('datasets.show', { name: dataset })
    const graph = await host.request('masks.graph', { dataset: found.name, image: images[0]?.file ?? '' })
    const areas = new Map(graph.images[0]?.cells.map(({ id, area }) => [id, area]))
    const pixels = gridOf(images[0])
    const seen = new Set<number>()
    for (const pixel of pixels) {
      const { cell } = await host.request('pictures.cell', {
        collection: 'datasets',
        set: dataset,
        position: 0,
        ...pixel
      })
      if (cell === undefined) continue
      seen.add(cell.id)
      expect(cell.area).toBe(areas.get(cell.id))
      expect(cell.neighbours.filter((other) => !areas.has(other))).toEqual([])
    }
    expect(seen.size).toBeGreaterThan(0)
    const [id] = seen
    expect(await view(viewPath('datasets', dataset, 0, `cell-${id ?? 0}`))).toMatchObject({ channels: 4 })
  })

  test('is none where there is background, or beyond the picture', async () => {
    const question = { collection: 'synthetic', set: 's-test', position: 0, x: 5000, y: 5000 } as const
    expect(await host.request('pictures.cell', question)).toEqual({})
  })
})

describe('Near-copies', () => {
  test('in a set are found by what they show, whatever their brightness', async () => {
    const own = await temporaryFolder()
    await makeSyntheticSet(join(own, 'synthetic/s-test'), 6)
    const images = join(own, 'synthetic/s-test/images')
    const { data, width, height } = decode(await readFile(join(images, '000001.png')))
    const darker = Uint8Array.from(data, (value) => 5 + value / 2)
    await writeFile(join(images, '000004.png'), encodeGrayPng8(darker, width, height))
    const other = await openTestApp(own)
    const found = await other.request('pictures.copies', { set: 's-test' })
    expect(found).toEqual({ copies: [{ position: 4, of: 'another', other: 1 }], training: 0 })
    await other.app.close()
  })

  test('of what a model learned from are found, also where they are mirrored', async () => {
    const own = await temporaryFolder()
    const other = await openTestApp(own)
    await other.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 6 })
    await other.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 64, scale: 0.5 })
    const { prepared } = await other.request('workspace.show', {})
    const folderOf = join(own, 'prepared', prepared[0]?.id ?? '', 'images')
    const { pictures } = await other.request('pictures.list', { collection: 'prepared', set: prepared[0]?.id ?? '' })
    const learned = pictures.find(({ split }) => split === 'train')?.name ?? ''
    const tile = cutMirrored(decode(await readFile(join(folderOf, learned))), 21, 13, 64)
    const others = [20, 21, 22].map((seed) => noise(seed, 64))
    const found = await findCopies(
      await writeAll(own, [...others, tile]),
      pictures.filter(({ split }) => split === 'train').map(({ name }) => ({ name, file: join(folderOf, name) }))
    )
    expect(found).toEqual([{ position: 3, of: 'training', name: learned }])
    await other.app.close()
  })
})

describe('A verdict on generated pictures', () => {
  test('keeps what is rejected out of packages, and stays when the catalogue is made anew', async () => {
    const positions = [1, 2, 10, 11]
    const judge = { set: 's-test', positions, verdict: 'rejected' } as const
    expect(await host.request('synthetic.judge', judge)).toEqual({ rejected: 4, pictures: 12 })
    await host.request('synthetic.judge', { set: 's-test', positions: [0], verdict: 'accepted' })

    const out = join(folder, 'accepted.zip')
    await host.request('packages.create', { set: 's-test', out, formats: ['coco', 'labels', 'cellpose'] })
    const { images } = await host.request('synthetic.show', { name: 's-test' })
    const kept = images.filter(({ verdict }) => verdict !== 'rejected')
    expect(await host.request('packages.verify', { file: out })).toMatchObject({
      images: 8,
      cells: kept.reduce((sum, { cells }) => sum + cells, 0)
    })

    await host.request('app.rebuild', {})
    const { pictures } = await host.request('pictures.list', { collection: 'synthetic', set: 's-test' })
    const verdictsOf = (verdict: string) =>
      pictures.filter((each) => each.verdict === verdict).map((each) => each.position)
    expect(verdictsOf('rejected')).toEqual(positions)
    expect(verdictsOf('accepted')).toEqual([0])
  })

  test('can be taken back', async () => {
    await host.request('synthetic.judge', { set: 's-test', positions: [0, 1, 2] })
    const { pictures } = await host.request('pictures.list', { collection: 'synthetic', set: 's-test' })
    expect(pictures.filter(({ verdict }) => verdict !== undefined).map(({ position }) => position)).toEqual([10, 11])
  })

  test('given many times at once stands in the folder as in the catalogue', async () => {
    const said = Array.from({ length: 8 }, (_, position) =>
      host.request('synthetic.judge', { set: 's-test', positions: [position], verdict: 'rejected' })
    )
    await Promise.all(said)
    const text = await readFile(join(folder, 'synthetic/s-test/verdicts.json'), 'utf8')
    const { images } = await host.request('synthetic.show', { name: 's-test' })
    const known = images.flatMap(({ file, verdict }) => (verdict === undefined ? [] : [[file, verdict]]))
    expect(known).toHaveLength(10) // two more were rejected before
    expect(JSON.parse(text)).toEqual(Object.fromEntries(known))
    await host.request('synthetic.judge', { set: 's-test', positions: Array.from({ length: 12 }, (_, i) => i) })
  })

  test('on a picture that is not there is refused, and changes nothing', async () => {
    const judge = { set: 's-test', positions: [3, 12], verdict: 'rejected' as const }
    await expect(host.request('synthetic.judge', judge)).rejects.toThrow('none at place 12')
    const { pictures } = await host.request('pictures.list', { collection: 'synthetic', set: 's-test' })
    expect(pictures[3]?.verdict).toBeUndefined()
  })

  test('that leaves nothing lets nothing be packed', async () => {
    const positions = Array.from({ length: 12 }, (_, i) => i)
    await host.request('synthetic.judge', { set: 's-test', positions, verdict: 'rejected' })
    const packing = host.request('packages.create', { set: 's-test', out: join(folder, 'none.zip') })
    await expect(packing).rejects.toThrow('All pictures of "Block cells" were rejected')
    await host.request('synthetic.judge', { set: 's-test', positions })
  })
})
