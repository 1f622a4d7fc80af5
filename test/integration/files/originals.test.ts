import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differences, hashFiles } from '../../support/originals.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('a file that was changed, added or removed is noticed, and nothing else', async () => {
  const folder = await temporaryFolder()
  for (const name of ['same', 'changed', 'gone']) await writeFile(join(folder, name), name)
  const before = hashFiles([folder])
  await writeFile(join(folder, 'changed'), 'changed!')
  await writeFile(join(folder, 'new'), '')
  await rm(join(folder, 'gone'))
  const after = hashFiles([folder, join(folder, 'not-there')])
  expect(differences(before, before)).toEqual([])
  expect(differences(before, after)).toEqual([
    `${join(folder, 'gone')} is gone`,
    `${join(folder, 'changed')} was changed`,
    `${join(folder, 'new')} is new`
  ])
})
