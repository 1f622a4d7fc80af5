import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { closeDatabase, openDatabase } from '../../src/main/catalog/database.ts'
import { toWireError } from '../../src/shared/errors.ts'
import { sampleDataset, sampleDatasetImages } from '../support/catalog-samples.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function thrownBy(work: () => void): unknown {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  throw new Error('it did not throw')
}

test('a catalogue without room on its disk says so, keeps what it has, and goes on when there is room', async () => {
  const file = join(await temporaryFolder(), 'catalog.sqlite')
  const first = openCatalog(file)
  first.datasets.insert(sampleDataset(), sampleDatasetImages())
  first.close()
  const db = openDatabase(file, (opened) => opened)
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`)
  const fill = (): void => {
    db.exec('CREATE TABLE filler AS SELECT zeroblob(100000) AS bytes')
  }
  expect(toWireError(thrownBy(fill))).toMatchObject({
    kind: 'resources',
    message: expect.stringMatching(/full/) as string,
    next: expect.stringMatching(/space/) as string
  })
  db.pragma('max_page_count = 1000000')
  fill()
  db.exec('DROP TABLE filler')
  closeDatabase(db)
  const again = openCatalog(file)
  expect(again.datasets.list()).toStrictEqual([sampleDataset()])
  again.close()
})
