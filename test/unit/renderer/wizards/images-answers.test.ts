import { describe, expect, test } from 'vitest'
import {
  ImagesAnswers,
  mended,
  preparationOf,
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
  expect(mended({ action: 'prepare-again', leaveOut: ['BV2'] })).toEqual({ leaveOut: ['BV2'] })
  expect(mended({ action: 'prepare-again', mergeClasses: true })).toEqual({ mergeClasses: true })
  expect(mended({ action: 'prepare-again', mergeClasses: true, split: '0.8,0.1,0.1' })).toEqual({
    mergeClasses: true,
    split: [0.8, 0.1, 0.1]
  })
  expect(mended({ action: 'prepare-again' })).toBeUndefined()
  expect(mended({ action: 'set-option', option: 'tile', value: 64 })).toEqual({ tile: 64 })
  expect(mended({ action: 'set-option', option: 'split', value: '0.8,0.1,0.1' })).toEqual({ split: [0.8, 0.1, 0.1] })
  expect(mended({ action: 'empty-trash' })).toBeUndefined()
})

test('names come from paths, and never collide', () => {
  expect(stemOf('/data/plate 3.zip')).toBe('plate 3')
  expect(stemOf('C:\\data\\plate 3\\')).toBe('plate 3')
  expect(freeName('plate', [{ name: 'Plate' }, { name: 'plate 2' }])).toBe('plate 3')
  expect(freeName('plate', [])).toBe('plate')
})
