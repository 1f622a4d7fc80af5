import { describe, expect, test } from 'vitest'
import { parseInput, parseStored } from '../../../../src/main/services/parse-input.ts'
import { type RequestName } from '../../../../src/shared/api.ts'

const train = { prepared: 'p', name: 'n' }

describe('a field that a request does not know is refused in a sentence', () => {
  test.each<[RequestName, unknown, string]>([
    ['runs.resume', { run: 'r', batch: 8, seed: 1 }, 'The batch and the seed cannot be chosen here.'],
    ['runs.train', { ...train, learningrate: 1 }, '"learningrate" cannot be chosen here.'],
    ['runs.train', { ...train, skipPath: { mergeKernels: 3 } }, '"skipPath.mergeKernels" cannot be chosen here.'],
    ['workspace.show', { all: true }, 'The choice of all cannot be chosen here.'],
    ['datasets.show', JSON.parse('{ "name": "d", "__proto__": {} }'), '"__proto__" cannot be chosen here.'],
    [
      'datasets.list',
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}`.padStart(4, 'x').padEnd(200, '.'), i])),
      expect.stringMatching(/^.{500,700} and 292 more cannot be chosen here\.$/) as string
    ]
  ])('%s %o', (name, input, sentence) => {
    expect(() => parseInput(name, input)).toThrow(expect.objectContaining({ kind: 'usage', message: sentence }))
  })

  test('but not one that was left undefined', () => {
    expect(parseInput('datasets.show', { name: 'd', kind: undefined })).toEqual({ name: 'd' })
  })

  test('and what a task is started with is looked at by the kind of task, not by the start', () => {
    const start = { kind: 'verify', input: { file: 'f', any: { depth: 1 } } }
    expect(parseInput('tasks.start', start)).toMatchObject(start)
  })
})

test('what comes out of a request goes in again as it is', () => {
  const once = parseInput('runs.train', train)
  expect(parseInput('runs.train', once)).toEqual(once)
})

test('what another version stored is taken without the fields that are not known any more', () => {
  const old = { ...train, smoothing: 3, skipPath: { mergeKernel: 1, gone: true } }
  expect(parseStored('runs.train', old)).toEqual(parseInput('runs.train', { ...train, skipPath: { mergeKernel: 1 } }))
})
