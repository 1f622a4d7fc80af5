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

test('what a library said goes into the details, and never stands for the sentence', () => {
  const library = new TypeError("Cannot read properties of undefined (reading 'x')")
  expect(toWireError(library)).toEqual({
    kind: 'defect',
    message: 'Something went wrong inside CytoLoom.',
    next: 'Try again. If it happens again, please report it with the details.',
    details: "Cannot read properties of undefined (reading 'x')"
  })
  const refusal = refuse('a.zip is damaged.', { cause: new Error('end of central directory record not found') })
  expect(toWireError(refuse('The set cannot be read.', { cause: fromWireError(toWireError(refusal)) }))).toEqual({
    kind: 'input',
    message: 'The set cannot be read.',
    details: 'end of central directory record not found'
  })
})

test.each([
  ['ENOENT', 'input', '/data/a.png is not there.'],
  ['EACCES', 'input', '/data/a.png may not be read or written.'],
  ['EROFS', 'input', '/data/a.png is on a disk that can only be read.'],
  ['EIO', 'resources', 'The disk did not answer: /data/a.png could not be read or written.'],
  ['ENOSPC', 'resources', 'The disk is full.'],
  ['ERR_INVALID_ARG_VALUE', 'input', '/data/a.png has a name that no file can have.'],
  ['EMFILE', 'resources', 'Too many files are open on this computer.'],
  ['SQLITE_BUSY_SNAPSHOT', 'resources', /^The catalogue of the workspace is still in use/],
  ['SQLITE_IOERR_WRITE', 'resources', /^The disk did not answer/],
  ['SQLITE_CONSTRAINT_UNIQUE', 'defect', /^Something went wrong/]
])('%s of the system is a sentence of kind %s', (code, kind, message) => {
  const thrown = new Error(`${code}: no words for people`)
  Object.defineProperties(thrown, { code: { value: code }, path: { value: '/data/a.png' } }) // hidden, as SQLite's are
  expect(toWireError(thrown)).toMatchObject({
    kind,
    message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    details: `${code}: no words for people`
  })
})
