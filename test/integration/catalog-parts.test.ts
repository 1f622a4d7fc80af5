import SQLite from 'better-sqlite3'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Catalog, openCatalog } from '../../src/main/catalog/catalog.ts'
import { sampleDataset, sampleDatasetImages } from '../support/catalog-samples.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** More than are written at a time. */
const count = 5000
const image = sampleDatasetImages()[0] ?? expect.fail('there is a sample')
const images = Array.from({ length: count }, (_, i) => ({ ...image, id: i + 1, file: `${i}.png` }))
const dataset = { ...sampleDataset(), images: count }

async function catalogFile(): Promise<string> {
  return join(await temporaryFolder(), 'catalog.sqlite')
}

/** How many rows of pictures there are, of whatever. */
function rowsIn(file: string): number {
  const db = new SQLite(file, { readonly: true })
  const rows = db.prepare<[], number>('SELECT count(*) FROM images').pluck().get()
  db.close()
  return rows ?? NaN
}

async function isWhole({ datasets }: Catalog): Promise<boolean> {
  return datasets.list().length === 1 && (await datasets.images(dataset.id)).length === count
}

test('pictures that are written ahead of their set give others their turn, and are in it when it comes', async () => {
  const file = await catalogFile()
  const catalog = openCatalog(file)
  let isWritten = false
  const writing = catalog.datasets.parts.ahead(dataset.id, images).write()
  void writing.then(() => (isWritten = true))
  catalog.datasets.insert({ ...sampleDataset('ds2', 'another'), images: 1 }, images.slice(0, 1))
  expect(isWritten).toBe(false)
  await writing
  expect(catalog.datasets.list().map(({ name }) => name)).toEqual(['another'])
  catalog.datasets.insert(dataset, images)
  expect(await catalog.datasets.images(dataset.id)).toStrictEqual(images)
  catalog.datasets.remove(dataset.id)
  expect(rowsIn(file)).toBe(1)
  expect(() => catalog.datasets.parts.complete('nobody', images)).toThrow(/FOREIGN KEY/)
  catalog.close()
})

test('pictures whose set never came are gone with the next start', async () => {
  const file = await catalogFile()
  const catalog = openCatalog(file)
  await catalog.datasets.parts.ahead(dataset.id, images).write()
  catalog.close()
  expect(rowsIn(file)).toBe(count)
  openCatalog(file).close()
  expect(rowsIn(file)).toBe(0)
})

test('a set is whole though another program was opened while its pictures were written', async () => {
  const file = await catalogFile()
  const catalog = openCatalog(file)
  const writing = catalog.datasets.parts.ahead(dataset.id, images).write()
  openCatalog(file).close() // knows nothing of the set that comes
  await writing
  expect(rowsIn(file)).toBeLessThan(count)
  catalog.datasets.insert(dataset, images)
  expect(await isWhole(catalog)).toBe(true)
  catalog.close()
})

test('of a set that is not entered, nothing stays', async () => {
  const file = await catalogFile()
  const catalog = openCatalog(file)
  const ahead = catalog.datasets.parts.ahead(dataset.id, images)
  await ahead.write()
  ahead.forget()
  catalog.close()
  expect(rowsIn(file)).toBe(0)
})
