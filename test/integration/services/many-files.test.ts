import { copyFile, link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { foundSentence } from '../../../src/renderer/text/images.ts'
import { DatasetId } from '../../../src/shared/datasets.ts'
import { writePlate } from '../../support/plate.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

/** Pictures, and as many label images. */
const pictures = 50_000

let folder: string
let host: TestApp

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  host = await openTestApp(join(folder, 'workspace'))
})
afterAll(() => host.app.close())

/** A hundred thousand names of two files: what is slow about so many is not what is in them. */
async function manyFiles(): Promise<string> {
  const [one, many] = [join(folder, 'one'), join(folder, 'many')]
  writePlate(one, { kinds: ['HeLa'], wells: ['A1'], hours: [0], side: 16 })
  for (const side of ['images', 'labels']) {
    await mkdir(join(many, side), { recursive: true })
    const file = join(one, side, 'HeLa_A1_0h_f1.png')
    await nameOften(file, pictures, (i) => join(many, side, `${i}_${i % 97}h.png`))
  }
  return many
}

/** A file under many names; of those a file system allows some ten thousand. */
async function nameOften(file: string, count: number, nameOf: (i: number) => string): Promise<void> {
  let named = file
  for (let i = 0; i < count; i++) {
    if (i % 20_000 === 0) {
      await copyFile(file, nameOf(i))
      named = nameOf(i)
    } else await link(named, nameOf(i))
  }
}

/** The longest that the app's own thread did not look up, in milliseconds of processor time, while it was asked. */
async function withLongestTurn<Answer>(ask: () => Promise<Answer>): Promise<{ answer: Answer; longest: number }> {
  let [longest, last] = [0, process.threadCpuUsage()]
  const timer = setInterval(() => {
    const used = process.threadCpuUsage(last)
    longest = Math.max(longest, (used.user + used.system) / 1000)
    last = process.threadCpuUsage()
  }, 5)
  const answer = await ask()
  clearInterval(timer)
  return { answer, longest }
}

test('a folder of a hundred thousand files is looked at, counted in a sentence, and keeps nobody waiting', async () => {
  const source = await manyFiles()
  await host.request('datasets.inspect', { source: join(folder, 'one') }) // what is loaded at the first time is loaded
  const input = { source, timeFrom: 'filename:_(\\d+)h' }
  const { answer, longest } = await withLongestTurn(() => host.request('datasets.inspect', input))
  expect(answer.totals).toMatchObject({ files: pictures, usable: pictures, annotated: pictures })
  expect(foundSentence(answer)).toContain('50,000 images of 50,000 files')
  expect(longest).toBeLessThan(120) // 50 on a quiet computer
  expect(process.memoryUsage().rss).toBeLessThan(1e9)

  const { dataset } = await host.request('datasets.import', { ...input, name: 'some', maxImages: 100 })
  expect(dataset.images).toBe(100)
})

test('a hundred thousand pictures are entered into the catalogue without keeping anybody waiting', async () => {
  const { dataset, images } = await host.request('datasets.show', { name: 'some' })
  const image = images[0] ?? expect.fail('some were imported')
  const many = Array.from({ length: 2 * pictures }, (_, i) => ({ ...image, id: i + 1, file: `${i}.png` }))
  const catalog = openCatalog(join(folder, 'many.sqlite'))
  const { datasets } = catalog
  const id = DatasetId.parse('d-many')
  const { longest } = await withLongestTurn(async () => {
    await datasets.parts.ahead(id, many).write()
    datasets.insert({ ...dataset, id, name: 'many', images: many.length }, many)
  })
  expect(longest).toBeLessThan(120) // at once it would be some hundreds
  expect(await datasets.images(id)).toHaveLength(2 * pictures)
  catalog.close()
})

test('a folder of a hundred thousand files that are no pictures is refused with their number', async () => {
  const notes = join(folder, 'notes')
  await mkdir(notes)
  await writeFile(join(folder, 'note.txt'), 'nothing to see')
  await nameOften(join(folder, 'note.txt'), 2 * pictures, (i) => join(notes, `${i}.txt`))
  const { answer, longest } = await withLongestTurn(() =>
    host.request('datasets.inspect', { source: notes }).catch((thrown: unknown) => thrown)
  )
  expect(answer).toMatchObject({
    kind: 'input',
    message: `${notes} contains no annotated images in a known format; it has 100000 files: files of the kind ".txt".`
  })
  expect(longest).toBeLessThan(120)
})
