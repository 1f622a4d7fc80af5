import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { ShownStudy } from '../../../../src/renderer/state/shown-study.svelte.ts'
import { type StudyResult } from '../../../../src/shared/studies.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'
import { makeStudied } from '../../../support/made-study.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../../support/test-app.ts'

let host: TestApp

beforeAll(async () => {
  const root = await temporaryFolder(afterAll)
  await makeStudied(root, 1)
  host = await openTestApp(root)
})
afterAll(() => host.app.close())

/** The page's study, with an app that takes predictions in its own way. */
async function open(take: (result: StudyResult, input: unknown) => StudyResult) {
  const board = await host.request('study.board', { study: 'study' })
  const result = await host.request('study.show', { study: 'study' })
  const transport = new FakeTransport({
    'study.board': () => ({ ...board, plan: { ...board.plan, notes: ['Planned so.'] } }),
    'study.show': () => result,
    'study.predictions': (input) => take(result, input)
  })
  const shown = new ShownStudy(new Bridge(transport), 'study')
  await shown.load()
  return { shown, transport }
}

test('predictions of another program change the table that is shown, and what was left out of them is told', async () => {
  const { shown, transport } = await open((result) => ({
    ...result,
    table: { ...result.table, rows: ['Cellpose-SAM (made elsewhere)'] },
    notes: ['Planned so.', 'Some were left out.']
  }))
  expect(await shown.takePredictions('/data/sam.json', 'Cellpose-SAM')).toEqual(['Some were left out.'])
  expect(shown.result?.table.rows).toEqual(['Cellpose-SAM (made elsewhere)'])
  expect(transport.sent.at(-1)).toEqual({
    name: 'study.predictions',
    input: { study: 'study', file: '/data/sam.json', name: 'Cellpose-SAM' }
  })
})

test('predictions that are refused leave the table as it is', async () => {
  const { shown } = await open(() => {
    throw new Error('no')
  })
  const before = shown.result
  await expect(shown.takePredictions('/data/sam.json', 'sam')).rejects.toThrow()
  expect(shown.result).toBe(before)
})
