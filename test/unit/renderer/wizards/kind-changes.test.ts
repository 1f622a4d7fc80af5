import { expect, test } from 'vitest'
import { forecast } from '../../../../src/main/prepare/forecast.ts'
import { type ImagesAnswers, preparationOf } from '../../../../src/renderer/wizards/images/images-answers.ts'
import { asOne, type ChosenRows, undosOf, withoutRows } from '../../../../src/renderer/wizards/images/kind-changes.ts'
import { Dataset, DatasetImage } from '../../../../src/shared/datasets.ts'
import { type Forecast, ForecastRequest } from '../../../../src/shared/previews.ts'

const dataset = Dataset.parse({
  id: 'd-1',
  name: 'plate',
  created: '2026-01-01T00:00:00.000Z',
  format: 'labels',
  images: 48,
  annotated: 48,
  cells: 96,
  classes: []
})
/** Four wells of each kind at four hours. */
const images = ['A549', 'HeLa', 'hela'].flatMap((kind, k) =>
  [0, 6, 23, 24].flatMap((time, t) =>
    ['A1', 'B2', 'C3', 'D4'].map((well, w) =>
      DatasetImage.parse({
        id: 16 * k + 4 * t + w + 1,
        file: `${kind}_${well}_${time}.png`,
        width: 64,
        height: 64,
        channels: 1,
        bits: 8,
        class: kind,
        time,
        group: `${kind} ${well}`,
        annotated: true,
        cells: 2,
        sha256: ''
      })
    )
  )
)

function matrix(answers: ImagesAnswers): Forecast['classes'] {
  const request = ForecastRequest.parse(preparationOf({ ...answers, dataset: 'plate' }, 32))
  return forecast(dataset, images, request).classes
}

function shape(answers: ImagesAnswers): Record<string, [number, number][]> {
  return Object.fromEntries(
    matrix(answers).map(({ name, times = [] }) => [name, times.map(({ hour, images: count }) => [hour, count])])
  )
}

const nothing: ChosenRows = { kinds: [], times: [] }

test('chosen kinds are left out or taken as one, and taken back, each by itself', () => {
  const joined = asOne({}, matrix({}), { ...nothing, kinds: ['HeLa', 'hela'] })
  expect(matrix(joined).map(({ name, of, images: count }) => [name, of, count])).toEqual([
    ['A549', ['A549'], 16],
    ['HeLa', ['HeLa', 'hela'], 32]
  ])
  const both = { ...joined, ...withoutRows(joined, matrix(joined), { ...nothing, kinds: ['HeLa'] }) }
  expect(Object.keys(shape(both))).toEqual(['A549'])
  const undos = undosOf(both)
  expect(undos.map(({ label }) => label)).toEqual(['Take back HeLa', 'Take back hela', 'Tell HeLa, hela apart again'])
  const back = undos.reduce<ImagesAnswers>((answers) => ({ ...answers, ...undosOf(answers)[0]?.changes }), both)
  expect(shape(back)).toEqual(shape({}))
})

test('chosen time points are left out or taken as one, and so are those that count as them', () => {
  const late = [23, 24].map((hour) => ({ kind: 'HeLa', hour }))
  const joined = asOne({}, matrix({}), { ...nothing, times: late })
  expect(shape(joined)['HeLa']).toEqual([
    [0, 4],
    [6, 4],
    [23, 8]
  ])
  expect(shape(joined)['A549']).toEqual(shape({})['A549'])
  const out = { ...joined, ...withoutRows(joined, matrix(joined), { ...nothing, times: [{ kind: 'HeLa', hour: 23 }] }) }
  expect(shape(out)['HeLa']).toEqual([
    [0, 4],
    [6, 4]
  ])
  const [undo] = undosOf(out)
  expect(undo?.label).toBe('Take back 2 time points of HeLa')
  expect(shape({ ...out, ...undo?.changes })).toEqual(shape({}))
})

test('time points of kinds that were taken as one are left out of all of them', () => {
  const joined = asOne({}, matrix({}), { ...nothing, kinds: ['HeLa', 'hela'] })
  const out = { ...joined, ...withoutRows(joined, matrix(joined), { ...nothing, times: [{ kind: 'HeLa', hour: 0 }] }) }
  expect(shape(out)['HeLa']).toEqual([
    [6, 8],
    [23, 8],
    [24, 8]
  ])
  const all = { mergeClasses: true }
  const early = { ...all, ...withoutRows(all, matrix(all), { ...nothing, times: [{ kind: 'all', hour: 0 }] }) }
  expect(shape(early)['all']?.[0]).toEqual([6, 12])
})

test('the matrix tells what stays together, and no well is parted by the split', () => {
  for (const { groups } of matrix({})) {
    expect(groups?.count).toBe(4)
    for (const { images: count, train, validation, test: held } of groups?.largest ?? []) {
      expect(Math.max(train, validation, held)).toBe(count)
    }
  }
})
