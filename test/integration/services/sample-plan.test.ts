import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

test('learning on makes no second set of first pictures where there is one, and packs what it made', async () => {
  const workspace = await temporaryFolder()
  await makeSyntheticSet(join(workspace, 'synthetic/s-test'), 4)
  const host = await openTestApp(workspace)
  const partsOf = async (input: object) => {
    const plan = await host.request('tasks.start', { kind: 'sample', input })
    await host.request('tasks.cancel', { id: plan.id })
    const { tasks } = await host.request('tasks.list', {})
    const parts = tasks.filter((task) => task.plan === plan.id)
    return { parts, names: parts.map(({ name }) => name) }
  }
  const whole = await partsOf({ minutes: 0.1 })
  expect(whole.names).toContain('first')
  const onward = await partsOf({ minutes: 0.1, first: 's-test' })
  expect(onward.names).not.toContain('first')
  expect(onward.parts).toHaveLength(whole.parts.length - 1)
  const gone = await partsOf({ minutes: 0.1, first: 's-gone' })
  expect(gone.names).toContain('first')
  for (const { parts } of [whole, onward, gone]) {
    const beforeLast = parts.length - 2 // where the pictures are made that are packed
    expect(parts.find(({ name }) => name === 'package')?.input).toMatchObject({ set: { outcomeOf: beforeLast } })
  }
  await host.app.close()
})
