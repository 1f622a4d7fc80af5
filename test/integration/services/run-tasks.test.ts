import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { keepRun } from '../../../src/main/services/run-tasks.ts'
import { fakeTask } from '../../support/fake-demo.ts'
import { fakeRun } from '../../support/fake-run.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('a paused run is kept as it is, unless it was cut off before it could say how far it is', async () => {
  const catalog = openCatalog(join(await temporaryFolder(), 'catalog.sqlite'))
  const app = { catalog, emit: () => undefined }
  catalog.runs.insert({ ...fakeRun, state: 'paused' })
  const cutOff = fakeTask('t-1', 'train', { state: 'paused', thing: fakeRun.id })

  expect(() => keepRun(app, cutOff)).toThrow('cut off before it could say how far it is')
  expect(catalog.runs.require(fakeRun.id).state).toBe('paused')

  const run = { ...fakeRun, state: 'stopped' as const }
  expect(keepRun(app, { ...cutOff, outcome: { seed: 7 } })).toEqual({ seed: 7, run })
  expect(catalog.runs.require(fakeRun.id).state).toBe('stopped')
  catalog.close()
})
