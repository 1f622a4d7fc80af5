import { expect, test } from 'vitest'
import { forecast } from '../../../../src/main/prepare/forecast.ts'
import { Dataset, DatasetImage } from '../../../../src/shared/datasets.ts'
import { ForecastRequest } from '../../../../src/shared/previews.ts'

const dataset = Dataset.parse({
  id: 'd-1',
  name: 'plate',
  created: '2026-01-01T00:00:00.000Z',
  format: 'labels',
  images: 12,
  annotated: 12,
  cells: 24,
  classes: []
})

test('a forecast tells where the images of each time point go, the first comes first', () => {
  const images = Array.from({ length: 12 }, (_, i) => imageAt(i + 1, i < 10 ? [48, 6][i % 2] : undefined))
  const { classes } = forecast(dataset, images, ForecastRequest.parse({ dataset: 'plate', tile: 32 }))
  const [row] = classes
  expect(row?.times?.map(({ hour, images: count }) => [hour, count])).toEqual([
    [6, 5],
    [48, 5]
  ])
  for (const { images: count, train, validation, test: held } of row?.times ?? []) {
    expect(train + validation + held).toBe(count)
  }
})

test('a forecast of images that tell no time has no time points', () => {
  const images = Array.from({ length: 4 }, (_, i) => imageAt(i + 1, undefined))
  const { classes } = forecast(dataset, images, ForecastRequest.parse({ dataset: 'plate', tile: 32 }))
  expect(classes.map(({ times }) => times)).toEqual([undefined])
})

function imageAt(id: number, time: number | undefined): DatasetImage {
  return DatasetImage.parse({
    id,
    file: `${id}.png`,
    width: 64,
    height: 64,
    channels: 1,
    bits: 8,
    class: 'HeLa',
    ...(time !== undefined && { time }),
    group: String(id),
    annotated: true,
    cells: 2,
    sha256: ''
  })
}
