import { describe, expect, test } from 'vitest'
import { estimateSentences, roughly, waySentence } from '../../../src/shared/estimate-words.ts'
import { type Estimate } from '../../../src/shared/estimates.ts'

const estimate: Estimate = {
  seconds: 7200,
  finish: '2026-03-04T12:00:00.000Z',
  diskBytes: 3e6,
  diskFreeBytes: 5e9,
  memory: { neededBytes: 1.5e9, availableBytes: 3.8e9, limit: 'webassembly' },
  fits: true,
  secondsPerIteration: 0.43,
  iterations: 4000,
  notes: ['Good to know.']
}

describe('an estimate in words', () => {
  test('says how long, when it ends, and what it takes', () => {
    expect(estimateSentences(estimate)).toEqual([
      expect.stringMatching(/^It would take about 2 hours and end on Wednesday 4 March at \d\d:\d\d\.$/),
      '4,000 iterations at 0.43 seconds each.',
      'It needs about 1.5 GB of memory; 3.8 GB is available.',
      'It takes up to 3 MB on the disk, where 5.0 GB is free.',
      'Good to know.'
    ])
  })

  test('says first that it does not fit, and nothing of its time', () => {
    const sentences = estimateSentences({ ...estimate, fits: false })
    expect(sentences[0]).toBe('It does not fit on this computer.')
    expect(sentences.join(' ')).not.toMatch(/would take/)
  })

  test('of a way that fits tells the change, the time and the end', () => {
    const way = { neededBytes: 1, seconds: 86_400 * 20, finish: '2026-03-24T12:00:00.000Z' }
    const remedy = { action: 'install-engine', engine: 'native-cpu' } as const
    expect(waySentence({ ...way, remedy, engine: 'native-cpu' })).toMatch(
      /^With the processor pack it would fit and take about 20 days and end on Tuesday 24 March/
    )
    expect(waySentence({ ...way, remedy: { action: 'prepare-again', tile: 64 }, tile: 64 })).toMatch(
      /^With tiles of 64 pixels/
    )
  })

  test.each([
    [0.4, 'a second'],
    [42.4, '42 seconds'],
    [600, '10 minutes'],
    [5400, '1.5 hours'],
    [36_000, '10 hours'],
    [86_400 * 12.2, '12 days'],
    [86_400 * 1500, '1,500 days']
  ])('%s seconds are %s', (seconds, words) => {
    expect(roughly(seconds)).toBe(words)
  })
})
