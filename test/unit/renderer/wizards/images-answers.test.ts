import { describe, expect, test } from 'vitest'
import {
  answeredTo,
  changesBy,
  ImagesAnswers,
  isAsked,
  preparationOf,
  preparedAgain,
  sourceOf,
  stemOf,
  usualTile
} from '../../../../src/renderer/wizards/images/images-answers.ts'
import { freeName } from '../../../../src/renderer/wizards/free-name.ts'
import { knownAnswers } from '../../../../src/renderer/wizards/known-answers.ts'

test('answers of a draft that are damaged or of another version count as not given', () => {
  const answers = { source: '/data/plate', tile: 'large', maxCover: 0.7, unheard: true }
  expect(knownAnswers(ImagesAnswers, answers)).toEqual({ source: '/data/plate', maxCover: 0.7 })
})

describe('the usual tile', () => {
  test('is the largest power of two that the usual image holds, up to 256', () => {
    expect(usualTile([520, 520, 1040])).toBe(256)
    expect(usualTile([100, 100, 2000])).toBe(64)
    expect(usualTile([5])).toBe(8)
    expect(usualTile([])).toBe(256)
  })
})

test('what is prepared takes what was answered, and what is usual for the rest', () => {
  expect(preparationOf({ dataset: 'd-1', grayLevels: 6, leaveOut: [] }, 128)).toMatchObject({
    dataset: 'd-1',
    tile: 128,
    mask: { grayLevels: 6, maxCover: 0.7 }
  })
  expect(preparationOf({ dataset: 'd-1', mergeClasses: true, leaveOut: ['a'] }, 128)).toMatchObject({
    mergeClasses: true,
    leaveOut: ['a']
  })
})

test('the remedies of a forecast are answers of this form', () => {
  expect(preparedAgain({ action: 'prepare-again', leaveOut: ['BV2'] })).toEqual({ leaveOut: ['BV2'] })
  expect(preparedAgain({ action: 'prepare-again', mergeClasses: true })).toEqual({ mergeClasses: true })
  expect(preparedAgain({ action: 'prepare-again', mergeClasses: true, split: '0.8,0.1,0.1' })).toEqual({
    mergeClasses: true,
    split: [0.8, 0.1, 0.1]
  })
  expect(preparedAgain({ action: 'prepare-again' })).toBeUndefined()
  expect(preparedAgain({ action: 'empty-trash' })).toBeUndefined()
})

describe('Another answer that a remedy asks for', () => {
  const taken = { dataset: 'd-1', version: 'plate 64' }

  test('is of the files until they are taken in, and of their preparation afterwards', () => {
    expect(changesBy('z', 3, { planes: { axes: 'ZYX' } })).toEqual({ planes: { axes: 'ZYX', z: 3 } })
    expect(changesBy('annotations', '/cells.json', {})).toEqual({ annotations: '/cells.json' })
    expect(changesBy('tile', 64, taken)).toEqual({ tile: 64 })
    expect(changesBy('split', [0.8, 0.1, 0.1], taken)).toEqual({ split: [0.8, 0.1, 0.1] })
    expect([isAsked('z', {}), isAsked('z', taken), isAsked('tile', {}), isAsked('tile', taken)]).toEqual([
      true,
      false,
      false,
      true
    ])
  })

  test('is a name of the set, and then of the version', () => {
    expect([changesBy('name', 'plate 2', {}), answeredTo('name', { name: 'plate' })]).toEqual([
      { name: 'plate 2' },
      'plate'
    ])
    expect([changesBy('name', 'plate 65', taken), answeredTo('name', taken)]).toEqual([
      { version: 'plate 65' },
      'plate 64'
    ])
  })

  test('reaches what is read and prepared', () => {
    const answers = { source: '/plate', ...changesBy('images', '/pictures', {}), ...changesBy('drawnOn', 'stored', {}) }
    expect(sourceOf(answers)).toEqual({ source: '/plate', images: '/pictures', drawnOn: 'stored' })
    expect(preparationOf({ ...taken, ...changesBy('scale', 0.5, taken) }, 64)).toMatchObject({ scale: 0.5, tile: 64 })
  })

  test('that cannot be meant is a sentence', () => {
    expect(() => changesBy('tile', NaN, taken)).toThrow('cannot be meant so')
  })
})

test('names come from paths, and never collide', () => {
  expect(stemOf('/data/plate 3.zip')).toBe('plate 3')
  expect(stemOf('C:\\data\\plate 3\\')).toBe('plate 3')
  expect(freeName('plate', [{ name: 'Plate' }, { name: 'plate 2' }])).toBe('plate 3')
  expect(freeName('plate', [])).toBe('plate')
})
