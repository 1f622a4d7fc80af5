import { expect, test } from 'vitest'
import { fromWireError, refuse, toWireError, WireError } from '../../../src/shared/errors.ts'

test('an error keeps its file, advice and remedies across a process border', () => {
  const thrown = refuse('The tiles are too large.', {
    file: 'a.png',
    next: 'Choose smaller ones.',
    remedies: [{ action: 'set-option', option: 'tile', value: 256 }]
  })
  const carried = WireError.parse(JSON.parse(JSON.stringify(toWireError(thrown))))
  const { kind, message, file, next, remedies } = fromWireError(carried)
  expect({ kind, message, file, next, remedies }).toEqual({
    kind: 'input',
    message: 'The tiles are too large.',
    file: 'a.png',
    next: 'Choose smaller ones.',
    remedies: [{ action: 'set-option', option: 'tile', value: 256 }]
  })
})

test('an error without remedies says nothing of them', () => {
  expect(toWireError(refuse('It is empty.'))).toEqual({ kind: 'input', message: 'It is empty.' })
})

test('a remedy whose values do not fit its action does not cross', () => {
  const error = { kind: 'input', message: 'It stopped.', remedies: [{ action: 'resume-run' }] }
  expect(WireError.safeParse(error).success).toBe(false)
})
