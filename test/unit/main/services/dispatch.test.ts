import { expect, test } from 'vitest'
import { dispatch, type Handlers, type RequestContext } from '../../../../src/main/services/dispatch.ts'
import { refuse } from '../../../../src/shared/errors.ts'

const context: RequestContext = { signal: new AbortController().signal, progress: () => undefined }

/** Only what the tests below ask for: the others are never looked up. */
function handlers(some: Partial<Handlers>): Handlers {
  return some as Handlers // a table with gaps, for these requests alone
}

const logged: unknown[] = []
const log = (thrown: unknown): void => void logged.push(thrown)

test('answers with what the handler made of the parsed input', async () => {
  const table = handlers({ 'datasets.list': () => ({ datasets: [] }) })
  expect(await dispatch(table, 'datasets.list', undefined, context, log)).toEqual({ output: { datasets: [] } })
})

test('says which field of the input is wrong', async () => {
  const table = handlers({})
  const reply = await dispatch(table, 'datasets.show', { name: 7 }, context, log)
  expect(reply).toMatchObject({ error: { kind: 'usage', message: expect.stringContaining('name') as string } })
})

test('knows no request that is not in the table, nor one that every object has', async () => {
  for (const name of ['datasets.destroy', 'toString', '__proto__']) {
    expect(await dispatch(handlers({}), name, {}, context, log)).toMatchObject({ error: { kind: 'usage' } })
  }
})

test('passes an error on as data, with its file and next step', async () => {
  const thrown = refuse('a.tif is cut off.', { file: 'a.tif', next: 'Copy it again.' })
  const table = handlers({
    'datasets.list': () => {
      throw thrown
    }
  })
  expect(await dispatch(table, 'datasets.list', {}, context, log)).toEqual({
    error: { kind: 'input', message: 'a.tif is cut off.', file: 'a.tif', next: 'Copy it again.' }
  })
  expect(logged.at(-1)).toBe(thrown)
})

test('calls a full disk by its name', async () => {
  const table = handlers({
    'datasets.list': () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' })
    }
  })
  expect(await dispatch(table, 'datasets.list', {}, context, log)).toMatchObject({ error: { kind: 'resources' } })
})

test('lets no answer out that is not what the table promises', async () => {
  const answer: unknown = { datasets: [{ id: 1 }] }
  const table = handlers({ 'datasets.list': () => answer as never })
  expect(await dispatch(table, 'datasets.list', {}, context, log)).toMatchObject({ error: { kind: 'defect' } })
})
