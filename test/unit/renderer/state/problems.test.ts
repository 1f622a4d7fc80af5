import { expect, test } from 'vitest'
import { Problems } from '../../../../src/renderer/state/problems.svelte.ts'
import { AppError } from '../../../../src/shared/errors.ts'

test('a problem stays with its subject until the work succeeds or it is dismissed', async () => {
  const problems = new Problems()
  const refusal = new AppError('input', 'No.', { next: 'Ask.', remedies: [{ action: 'choose-name' }] })
  expect(await problems.attempt('task s1', Promise.reject(refusal))).toBe(false)
  await problems.attempt('packs', Promise.reject(new AppError('resources', 'The disk is full.')))

  expect(await problems.attempt('sample', Promise.resolve())).toBe(true)
  expect(problems.of('task s1')).toBe(refusal)
  expect(problems.of('packs')).toMatchObject({ message: 'The disk is full.' })
  expect(problems.of('sample')).toBeUndefined()

  expect(await problems.attempt('task s1', Promise.resolve())).toBe(true)
  expect(problems.of('task s1')).toBeUndefined()
  problems.dismiss('packs')
  expect(problems.of('packs')).toBeUndefined()
})

test('what no one foresaw is a sentence, with the details for a report', async () => {
  const problems = new Problems()
  await problems.attempt('page', Promise.reject(new TypeError('x is not a function')))
  expect(problems.of('page')).toMatchObject({
    kind: 'defect',
    message: 'Something went wrong inside CytoLoom.',
    details: 'x is not a function'
  })
})
