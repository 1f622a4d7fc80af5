import { expect, test } from 'vitest'
import { type StarterFacts, verdictsOn } from '../../../scripts/starter/verdicts.ts'

const real = { pictures: 200, empty: 0.3, cells: 3, medianArea: 40, maskFit: 0.8 }
const good: StarterFacts = {
  resolution: 64,
  megabytes: 6,
  classes: [{ name: 'nuclei', generated: real, real, otsu: { polarity: 'bright', generated: 0.7, real: 0.7 } }],
  farFromTraining: 0.96
}

function failures(change: Partial<StarterFacts>): string[] {
  return verdictsOn({ ...good, ...change })
    .filter(({ holds }) => !holds)
    .map(({ says }) => says)
}

function withClass(change: Partial<StarterFacts['classes'][number]>): Partial<StarterFacts> {
  return { classes: good.classes.map((known) => ({ ...known, ...change })) }
}

test('a model like its training tiles may be shipped', () => {
  expect(failures({})).toEqual([])
  expect(failures({ megabytes: undefined })).toEqual([])
})

test.each([
  [{ resolution: 32 }, 'pictures of 32 pixels'],
  [{ megabytes: 8.2 }, '8.2 MB'],
  [{ farFromTraining: 0.94 }, '94.0 % of the pictures are as far'],
  [{ farFromTraining: undefined }, 'nothing of the pictures'],
  [withClass({ generated: { ...real, empty: 0.41 } }), 'nuclei: 41.0 % without a cell'],
  [withClass({ generated: { ...real, cells: 4 } }), 'nuclei: 4.0 cells a picture'],
  [withClass({ generated: { ...real, medianArea: 27 } }), 'nuclei: median area 27'],
  [withClass({ generated: { pictures: 200, empty: 0.3, cells: 3, maskFit: 0.8 } }), 'nuclei: median area none'],
  [withClass({ otsu: { polarity: 'bright', generated: 0.59, real: 0.7 } }), "nuclei: Otsu's foreground agrees 59.0 %"],
  [withClass({ generated: { ...real, maskFit: 0.67 } }), 'nuclei: mask fit 67.0 %']
] as const)('one demand that does not hold is said alone: %o', (change, words) => {
  const [failure, ...others] = failures(change)
  expect(others).toEqual([])
  expect(failure).toContain(words)
})
