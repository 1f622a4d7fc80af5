import { expect, test } from 'vitest'
import { planStudy, type StudyFacts } from '../../../src/main/studies/plan-study.ts'
import { requireUnseen } from '../../../src/main/study/leakage.ts'
import type { DatasetImage } from '../../../src/shared/datasets.ts'
import { PlanStudyRequest } from '../../../src/shared/studies.ts'
import { makeDataset, studyProgram } from '../../support/made-study.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function plan(
  changes: Partial<PlanStudyRequest>,
  change: (image: DatasetImage, i: number) => Partial<DatasetImage> = () => ({}),
  given?: StudyFacts['given']
) {
  const [dataset, images] = await makeDataset(await temporaryFolder(), 40)
  return planStudy(PlanStudyRequest.parse({ name: 'study', ...changes }), {
    dataset,
    images: images.map((image, i) => ({ ...image, ...change(image, i) })),
    given,
    program: studyProgram,
    created: '2026-01-01T00:00:00.000Z'
  })
}

test('a test image that is also in training is refused by name', async () => {
  const copies = (_: DatasetImage, i: number) => ({
    sha256: i < 2 ? 'same' : `other ${i}`,
    split: i % 2 === 0 ? 'train' : 'test'
  })
  await expect(plan({}, copies)).rejects.toThrow(/tested with.*also trained on/)
})

test('a test image whose well is trained on is refused by name', async () => {
  const split = (_: DatasetImage, i: number) => ({ split: i % 4 === 1 ? 'test' : 'train' })
  await expect(plan({ wells: 'filename:^(long|round)-0(\\d)' }, split)).rejects.toThrow('of the same well')
})

test('a class of one well is left out with a sentence in a small study, and refused in a full one', async () => {
  const names = { wells: 'filename:^(long)|round-\\d+(\\d)' }
  await expect(plan(names)).rejects.toThrow('All images of "long" are of one well')
  const small = await plan({ ...names, preset: 'small' })
  expect(small.classes).toEqual(['round'])
  expect(small.notes.join()).toContain('"long"')
})

test('a class that is missing in the split of a data set is refused', async () => {
  const split = ({ class: name }: DatasetImage, i: number) => ({
    split: name === 'long' && i % 4 === 0 ? 'test' : 'train'
  })
  await expect(plan({}, split)).rejects.toThrow('No test image is of "round"')
})

test('too few images for a share, and more than there are, are refused', async () => {
  await expect(plan({ design: 'table3', shares: [1, 100] })).rejects.toThrow('too few images for this share')
  await expect(plan({ sizes: [500] })).rejects.toThrow('cannot be drawn')
  await expect(plan({ sizes: [20], arms: ['more-real'], moreImages: 30 })).rejects.toThrow('more than the')
})

test('Table 4 without time points is refused', async () => {
  await expect(plan({ design: 'table4' }, () => ({ time: undefined }))).rejects.toThrow('has no time point')
})

test('a set with fewer pictures than the arms need is refused', async () => {
  const given = { id: 's', name: 'few', kind: 'synthetic', images: 3, leaks: 'one for all' } as const
  await expect(plan({ counts: [10] }, undefined, given)).rejects.toThrow('"few" has 3 pictures')
})

test('a generator that saw a test image, or its well, is refused', () => {
  const tested = [{ file: 'a.png', well: 'A1', sha256: 'one' }]
  expect(() => requireUnseen(tested, [{ file: 'x.png', well: 'B1', sha256: 'one' }], 'gan')).toThrow(
    'has seen the test image a.png'
  )
  expect(() => requireUnseen(tested, [{ file: 'b.png', well: 'A1', sha256: 'two' }], 'gan')).toThrow(
    'the well of the test image'
  )
  expect(() => requireUnseen(tested, [{ file: 'c.png', well: 'C1', sha256: 'three' }], 'gan')).not.toThrow()
})

test('a rule for wells that does not fit is refused', async () => {
  await expect(plan({ wells: 'filename:^well' })).rejects.toThrow('finds none in the name')
  await expect(plan({ wells: 'by hand' })).rejects.toThrow('is not a rule for wells')
})

test('nothing is said of wells in silence', async () => {
  expect((await plan({})).notes.join()).toContain('No rule of this study tells wells')
})
