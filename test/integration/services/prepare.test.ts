import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
import { readLabelImage } from '../../../src/main/images/label-image.ts'
import { PreparedAbout } from '../../../src/shared/masks.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

describe('preparing the bundled sample', () => {
  let host: TestApp
  let workspace: string
  beforeAll(async () => {
    workspace = await temporaryFolder(afterAll)
    host = await openTestApp(workspace)
    await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels' })
  })
  afterAll(() => host.app.close())

  test('gives the same totals and the same masks whatever the number of workers', async () => {
    const results = []
    for (const workers of [1, 2]) {
      const input = { dataset: 'sample', name: `with ${workers}`, tile: 32, scale: 0.5, workers }
      results.push(await host.request('prepared.create', input))
    }
    const [one, two] = results
    expect(one?.totals).toEqual(two?.totals)
    expect(one?.roundTrip).toEqual(two?.roundTrip)
    const masks = async (id = ''): Promise<Buffer[]> => {
      const folder = join(workspace, 'prepared', id, 'masks')
      return Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name))))
    }
    expect(await masks(one?.prepared.id)).toEqual(await masks(two?.prepared.id))
  })

  test('keeps every nucleus apart from its neighbours, so that masks read back nearly whole', async () => {
    const result = await host.request('prepared.create', { dataset: 'sample', name: 'apart', tile: 64, scale: 0.5 })
    expect(result.totals.cells).toBe(1362)
    expect(result.totals.painted + result.totals.removedByCover + result.totals.droppedByCap).toBe(1362)
    expect(result.roundTrip.AP).toBeGreaterThan(0.95)
    expect(result.roundTripPaper.AP).toBeLessThan(result.roundTrip.AP)
  })

  test('writes label indices, not grays, and says for every image what became of its cells', async () => {
    const { prepared } = await host.request('prepared.create', {
      dataset: 'sample',
      name: 'indices',
      tile: 32,
      scale: 0.5
    })
    const folder = join(workspace, 'prepared', prepared.id)
    const about = PreparedAbout.parse(JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')))
    expect(about.images).toHaveLength(24)
    for (const { file, counts } of about.images.slice(0, 5)) {
      const { labels } = await readLabelImage(join(folder, 'masks', file))
      const highest = labels.reduce((most, label) => Math.max(most, label), 0)
      expect(highest).toBeLessThanOrEqual(4)
      expect(highest > 0).toBe(counts.painted > 0)
    }
  })

  test('refuses a name that exists, tiles larger than every image, and a data set that is not there', async () => {
    const input = { dataset: 'sample', name: 'indices', tile: 32, scale: 0.5 }
    await expect(host.request('prepared.create', input)).rejects.toMatchObject({ kind: 'input' })
    await expect(host.request('prepared.create', { ...input, name: 'large', tile: 512 })).rejects.toThrow(
      /holds a tile/
    )
    await expect(host.request('prepared.create', { ...input, dataset: 'no such' })).rejects.toThrow(
      /no data set called/
    )
    expect((await readdir(join(workspace, 'prepared'))).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('refuses a tile that no network takes, with those beside it, before any work', async () => {
    const input = { dataset: 'sample', name: 'odd', tile: 48, scale: 0.5 }
    await expect(host.request('prepared.create', input)).rejects.toMatchObject({
      kind: 'input',
      remedies: [32, 64].map((value) => ({ action: 'set-option', option: 'tile', value }))
    })
  })

  test('advises a tile or a scale that works where none fits', async () => {
    const input = { dataset: 'sample', name: 'large', tile: 128, scale: 0.25 }
    await expect(host.request('prepared.create', input)).rejects.toMatchObject({
      next: 'Choose tiles of 64 pixels or a scale of 1.',
      remedies: [
        { action: 'set-option', option: 'tile', value: 64 },
        { action: 'set-option', option: 'scale', value: 1 }
      ]
    })
    await expect(host.request('prepared.create', { ...input, tile: 2048, scale: 1 })).rejects.toMatchObject({
      remedies: [{ action: 'set-option', option: 'tile', value: expect.any(Number) as number }]
    })
  })

  test('leaves classes out and merges them where it is asked to', async () => {
    const input = { dataset: 'sample', tile: 32, scale: 0.5 }
    const without = await host.request('prepared.create', { ...input, name: 'without', leaveOut: ['stained'] })
    expect(without.prepared.classes).toEqual(['fluorescence'])
    expect(without.totals.images).toBe(14)
    const merged = await host.request('prepared.create', { ...input, name: 'merged', mergeClasses: true })
    expect(merged.prepared.classes).toEqual(['all'])
    expect(merged.totals.images).toBe(24)
    await expect(
      host.request('prepared.create', { ...input, name: 'none', leaveOut: ['stained', 'fluorescence'] })
    ).rejects.toThrow(/Nothing of "sample" remains/)
    await expect(host.request('prepared.create', { ...input, name: 'none', leaveOut: ['other'] })).rejects.toThrow(
      /has no class "other"/
    )
  })

  test('leaves nothing behind when it is stopped', async () => {
    const controller = new AbortController()
    const progress = (): void => controller.abort()
    const input = { dataset: 'sample', name: 'stopped', tile: 32, scale: 0.5, workers: 1 }
    const before = await readdir(join(workspace, 'prepared'))
    await expect(host.request('prepared.create', input, { signal: controller.signal, progress })).rejects.toMatchObject(
      { kind: 'stopped' }
    )
    expect(await readdir(join(workspace, 'prepared'))).toEqual(before)
  })
})

describe.skipIf(!hasSharedData)(`preparing LIVECell${withoutSharedData}`, () => {
  test('reads back at AP 0.95 or more with contact edges, and at 0.4 to 0.6 with the literal ones', async () => {
    const host = await openTestApp(await temporaryFolder())
    const source = dataPath('livecell-mini')
    const imported = await host.request('datasets.import', { source, name: 'livecell', format: 'livecell' })
    expect(imported.dataset).toMatchObject({ images: 47, annotated: 15, cells: 3398 })

    const result = await host.request('prepared.create', { dataset: 'livecell', name: 'prepared' })
    expect(result.totals).toMatchObject({ images: 15, cells: 3398, removedByCover: 4 })
    expect(result.roundTrip.AP).toBeGreaterThanOrEqual(0.95)
    expect(result.roundTripPaper.AP).toBeGreaterThan(0.4)
    expect(result.roundTripPaper.AP).toBeLessThan(0.6)

    const { images } = await host.request('masks.graph', { dataset: 'livecell' })
    for (const { overlaps, contacts, labels } of images) {
      for (const [u, v] of [...overlaps, ...contacts]) {
        const [a, b] = [labels[String(u)], labels[String(v)]]
        expect(a === undefined || a !== b).toBe(true)
      }
    }
    await host.app.close()
  })
})

describe('cells that somebody annotated in one place', () => {
  test('are refused by name, by prepare and by the overlap graph, while the program answers', async () => {
    const source = await temporaryFolder()
    const [size, count] = [64, 12_000]
    await writeFile(join(source, 'pile.png'), encodeGrayPng8(new Uint8Array(size * size), size, size))
    const annotations = Array.from({ length: count }, (_, i) => ({
      id: i + 1,
      image_id: 1,
      category_id: 1,
      segmentation: [[2, 2, 50, 2, 50, 50, 2, 50]]
    }))
    const coco = {
      images: [{ id: 1, file_name: 'pile.png', width: size, height: size }],
      categories: [{ id: 1, name: 'cell' }],
      annotations
    }
    await writeFile(join(source, 'pile.json'), JSON.stringify(coco))
    const host = await openTestApp(await temporaryFolder())
    await host.request('datasets.import', { source, name: 'pile', format: 'coco' })

    const refusal = {
      kind: 'input',
      message: expect.stringMatching(/^pile\.png: So many cells lie in one place/) as unknown
    }
    await expect(host.request('prepared.create', { dataset: 'pile', name: 'p', tile: 32 })).rejects.toMatchObject(
      refusal
    )

    let longest = 0
    let last = performance.now()
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 10)
    await expect(host.request('masks.graph', { dataset: 'pile' })).rejects.toMatchObject(refusal)
    clearInterval(clock)
    expect(longest).toBeLessThan(1000)
    await host.app.close()
  })
})
