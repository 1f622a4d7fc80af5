import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Input } from '../../../src/shared/api.ts'
import { coverSteps, toneSteps } from '../../../src/shared/previews.ts'
import { decodePng } from '../../../src/main/images/png-decode.ts'
import { writePlate } from '../../support/plate.ts'
import { openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

let folder: string
let host: TestApp

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-wizards-'))
  host = await openTestApp(join(folder, 'workspace'))
  await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
})

afterAll(async () => {
  await host.app.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('drafts', () => {
  test('outlive the program, and are gone once they are discarded', async () => {
    const workspace = join(folder, 'drafts')
    const first = await openTestApp(workspace)
    const { id } = await first.request('drafts.save', {
      wizard: 'images',
      title: 'plate 3',
      step: 'source',
      answers: { source: '/data/plate 3' }
    })
    const saved = await first.request('drafts.save', {
      id,
      wizard: 'images',
      title: 'plate 3',
      step: 'found',
      answers: { source: '/data/plate 3', channels: [2, 1] }
    })
    await first.app.close()

    const second = await openTestApp(workspace)
    expect(await second.request('drafts.list', {})).toEqual({ drafts: [saved] })
    expect((await second.request('drafts.show', { id })).answers).toEqual({ source: '/data/plate 3', channels: [2, 1] })
    await second.request('drafts.discard', { id })
    await expect(second.request('drafts.show', { id })).rejects.toThrow('This draft is no longer there')
    await second.app.close()
  })
})

describe('the list of files', () => {
  test('names folders first and what files are, and leaves hidden ones out', async () => {
    const place = join(folder, 'files')
    mkdirSync(join(place, 'plate 10'), { recursive: true })
    mkdirSync(join(place, 'plate 9'))
    for (const name of ['b.TIF', 'a.png', 'scan.czi', 'cells.json', 'all.zip', 'x.cytoloom', '.hidden', 'notes.txt']) {
      writeFileSync(join(place, name), 'content')
    }
    symlinkSync(place, join(place, 'circle'))
    symlinkSync(join(place, 'nowhere'), join(place, 'broken'))
    const { files, counts, way, more } = await host.request('files.list', { folder: place })
    expect(files.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'plate 9: folder',
      'plate 10: folder',
      'a.png: picture',
      'all.zip: archive',
      'b.TIF: picture',
      'cells.json: annotation',
      'notes.txt: other',
      'scan.czi: foreign',
      'x.cytoloom: package'
    ])
    expect(files.find(({ name }) => name === 'a.png')?.bytes).toBe(7)
    expect(counts).toMatchObject({ folder: 2, picture: 2, foreign: 1 })
    expect(way.at(-1)).toEqual({ name: 'files', path: place })
    expect(more).toBe(0)
  })

  test('says in a sentence why a folder cannot be listed', async () => {
    await expect(host.request('files.list', { folder: join(folder, 'gone') })).rejects.toThrow('is not there any more')
    await expect(host.request('files.list', { folder: join(sampleFolder, 'README.md') })).rejects.toThrow('is a file')
    await expect(host.request('files.list', { folder: 'relative' })).rejects.toThrow('whole path')
  })

  test.skipIf(process.getuid?.() === 0)('says where a person may not look', async () => {
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0)
    await expect(host.request('files.list', { folder: locked })).rejects.toThrow('may not be read by you')
    chmodSync(locked, 0o700)
  })
})

test('a peek shows pictures of a source with their outlines, and nothing stays of it', async () => {
  const { pictures } = await host.request('datasets.peek', { source: sampleFolder, pictures: 2 })
  expect(pictures).toHaveLength(2)
  for (const { picture, outlined, cells } of pictures) {
    expect(cells).toBeGreaterThan(0)
    for (const png of [picture, outlined ?? ''])
      expect(Buffer.from(png, 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect(outlined).not.toBe(picture)
  }
  const { datasets } = await host.request('datasets.list', {})
  expect(datasets).toHaveLength(1)
})

test('a peek shows pictures of 16 bits as each rule of brightness would have them', async () => {
  const source = writePlate(join(folder, 'bright'), { kinds: ['a'], wells: ['A1'], hours: [0, 1], isStack: true })
  const meanOf = async (brightness?: Input<'datasets.peek'>['brightness']): Promise<number> => {
    const planes = { channels: [2] }
    const asked = { source, planes, pictures: 2, ...(brightness && { brightness }) }
    const { pictures } = await host.request('datasets.peek', asked)
    return meanGray(pictures)
  }
  const [seen, full, each, alike] = [
    await meanOf(),
    await meanOf('full'),
    await meanOf('percentiles'),
    await meanOf('set')
  ]
  expect(full).toBeLessThan(0.5 * each) // the values end far below 65,535
  expect(Math.abs(each - alike)).toBeGreaterThan(0.1)
  expect(seen).toBeGreaterThan(full)
})

test('a preview shows each cell with its tone, and counts those that are found again', async () => {
  const { pictures } = await host.request('prepared.preview', { dataset: 'sample', pictures: 2, tile: 64 })
  expect(new Set(pictures.map((picture) => picture.class)).size).toBe(2)
  for (const { graph, counts, cells, foundAgain } of pictures) {
    expect(graph.cells).toHaveLength(cells)
    expect(graph.cells.filter(({ tone }) => tone > 0)).toHaveLength(counts.painted)
    expect(foundAgain).toBeLessThanOrEqual(cells)
    expect(foundAgain).toBeGreaterThan(0.8 * counts.painted)
    for (const [i, j] of graph.touching) expect(graph.cells[i]?.tone).not.toBe(graph.cells[j]?.tone)
  }
})

describe('a preview shows what was chosen', () => {
  const planes = { channels: [2] }
  const rules = { classFrom: 'filename:^(.+?)_', timeFrom: 'filename:_(\\d+)h_' }
  const plate = { kinds: ['a', 'b'], wells: ['A1'], hours: [0, 1, 2], isStack: true }

  beforeAll(async () => {
    const source = writePlate(join(folder, 'chosen'), plate)
    await host.request('datasets.import', { source, name: 'chosen', planes, ...rules })
  })

  test('of brightness, as the pictures come to 8 bits', async () => {
    const meanOf = async (brightness: Input<'prepared.preview'>['brightness']): Promise<number> =>
      meanGray((await host.request('prepared.preview', { dataset: 'chosen', tile: 32, brightness })).pictures)
    const [seen, full, each] = [await meanOf(undefined), await meanOf('full'), await meanOf('percentiles')]
    expect(full).toBeLessThan(0.5 * each) // the values end far below 65,535
    expect(seen).toBeGreaterThan(full)
    expect(await meanOf('set')).not.toBe(each)
  })

  test('of classes and time points: none that is left out, and each as it is called', async () => {
    const { pictures } = await host.request('prepared.preview', {
      ...{ dataset: 'chosen', tile: 32, pictures: 6, callClasses: { b: 'c' } },
      timePoints: [
        { class: 'a', hour: 0 },
        { class: 'a', hour: 2 }
      ]
    })
    expect(pictures.map((picture) => `${picture.class} ${picture.file}`).sort()).toEqual([
      expect.stringMatching(/^a .*a_A1_1h/),
      expect.stringMatching(/^c .*b_A1_0h/),
      expect.stringMatching(/^c .*b_A1_1h/),
      expect.stringMatching(/^c .*b_A1_2h/)
    ])
  })
})

function meanGray(pictures: readonly { readonly picture: string }[]): number {
  const grays = pictures.flatMap(({ picture }) => [...decodePng('picture', Buffer.from(picture, 'base64')).data])
  return grays.reduce((sum, gray) => sum + gray, 0) / grays.length
}

test('the table of tones agrees with a preparation, and more tones never keep fewer cells', async () => {
  const table = await host.request('masks.table', { dataset: 'sample' })
  const { totals } = await host.request('prepared.create', { dataset: 'sample', name: 'compared', tile: 16, scale: 1 })
  const usual = table.rows[coverSteps.indexOf(0.7)]
  expect(usual?.kept[toneSteps.indexOf(4)]).toBe(totals.painted)
  expect(table).toMatchObject({ images: 16, allImages: 16, cells: totals.cells, allCells: totals.cells })
  for (const { kept } of table.rows) expect(kept).toEqual(kept.toSorted((a, b) => a - b))
  expect(table.worst.length).toBeGreaterThan(0)
})

describe('the forecast of a preparation', () => {
  test('counts the images of each class in each part of the split', async () => {
    const { classes, troubles, cellsPerTile, image } = await host.request('prepared.forecast', {
      dataset: 'sample',
      tile: 32,
      split: [0.5, 0.25, 0.25]
    })
    for (const row of classes) expect(row.train + row.validation + row.test).toBe(row.images)
    expect(troubles).toEqual([])
    expect(cellsPerTile).toBeGreaterThan(0)
    expect(image?.width).toBeGreaterThan(0)
  })

  test('says beforehand which class is too small to train on, with a cure that works', async () => {
    const { classes, troubles } = await host.request('prepared.forecast', {
      dataset: 'sample',
      tile: 32,
      split: [0, 0.5, 0.5]
    })
    expect(classes.every(({ isPoor }) => isPoor)).toBe(true)
    expect(troubles[0]?.message).toContain('Too few training pictures')
    expect(troubles[0]?.remedies.map(({ action }) => action)).toContain('set-option')
    const cured = await host.request('prepared.forecast', { dataset: 'sample', tile: 32, split: [0.8, 0.1, 0.1] })
    expect(cured.troubles).toEqual([])
  })

  test('says that no tile fits, and which would', async () => {
    const { troubles } = await host.request('prepared.forecast', { dataset: 'sample', tile: 2048 })
    expect(troubles[0]?.message).toContain('holds a tile of 2048×2048')
    expect(troubles[0]?.remedies[0]).toMatchObject({ action: 'set-option', option: 'tile' })
  })
})
