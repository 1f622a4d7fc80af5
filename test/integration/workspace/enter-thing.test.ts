import SQLite from 'better-sqlite3'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { sampleDataset } from '../../support/catalog-samples.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, sampleFolder } from '../../support/test-app.ts'

test('an import whose name was taken while it went on leaves nothing that comes back under another name', async () => {
  const folder = await temporaryFolder()
  const host = await openTestApp(folder)
  const catalog = openCatalog(join(folder, 'catalog.sqlite'))
  const progress = (): void => {
    if (!catalog.datasets.nameTaken('twins')) catalog.datasets.insert(sampleDataset('d-first', 'twins'), [])
  }
  const request = { source: sampleFolder, name: 'twins', format: 'labels', maxImages: 4 } as const
  await expect(host.request('datasets.import', request, { progress })).rejects.toMatchObject({
    kind: 'input',
    message: 'There is already a data set called "twins".'
  })
  catalog.close()
  await host.app.close()

  expect(await readdir(join(folder, 'datasets'))).toEqual([])
  const again = await openTestApp(folder)
  expect((await again.request('datasets.list', {})).datasets.map(({ name }) => name)).toEqual(['twins'])
  await again.app.close()
  expect(ownersOfImages(join(folder, 'catalog.sqlite'))).toEqual([])
})

/** Of which sets the catalogue has pictures. */
function ownersOfImages(file: string): unknown[] {
  const db = new SQLite(file, { readonly: true })
  const owners = db.prepare('SELECT DISTINCT dataset_id FROM images').pluck().all()
  db.close()
  return owners
}
