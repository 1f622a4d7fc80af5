import { expect, test } from 'vitest'
import { trainableClasses } from '../../../../src/main/jobs/trainable-classes.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { type PreparedAbout } from '../../../../src/shared/masks.ts'
import { samplePrepared, samplePreparedImages } from '../../../support/catalog-samples.ts'

/** @param splits of the pictures of each class, all with cells: `ttv` has two for training and one for validation */
function prepared(splits: Readonly<Record<string, string>>): PreparedAbout {
  const { prepared: set, ...report } = samplePrepared()
  const [image] = samplePreparedImages()
  if (image === undefined) throw new Error('The sample has an image')
  const counts = { ...image.counts, painted: 2 }
  const images = Object.entries(splits).flatMap(([name, letters]) =>
    Array.from(letters, (letter, i) => {
      const split = letter === 't' ? ('train' as const) : ('validation' as const)
      return { ...image, file: `${name}-${i}.png`, class: name, split, counts }
    })
  )
  const [known] = report.classes
  if (known === undefined) throw new Error('The sample has a class')
  const classes = Object.entries(splits).map(([name, { length }]) => ({ ...known, name, images: length }))
  const result = { ...report, prepared: { ...set, dataset: 'ds1' }, classes }
  return { kind: 'prepared', version: 1, result, images, limits: [] }
}

function curesOf(splits: Readonly<Record<string, string>>): unknown {
  try {
    return trainableClasses(prepared(splits))
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.remedies : thrown
  }
}

const again = { action: 'prepare-again', dataset: 'ds1' }

test('classes with enough pictures are learned', () => {
  expect(curesOf({ a: 'ttt', b: 'tttv' })).toEqual(['a', 'b'])
})

test('a cure is offered only where it would leave enough to learn from', () => {
  const [leaveOut, merge] = [
    { ...again, leaveOut: ['b'] },
    { ...again, mergeClasses: true }
  ]
  expect(curesOf({ a: 'ttt', b: 'tvv' })).toEqual([leaveOut, merge, again])
  expect(curesOf({ a: 'ttt', b: 't' })).toEqual([leaveOut, merge]) // no shares make three of one
  expect(curesOf({ a: 't', b: 't' })).toEqual([])
  expect(curesOf({ a: 'tt', b: 't' })).toEqual([merge])
  expect(curesOf({ a: 'tvv' })).toEqual([again])
})
