import { expect, test } from 'vitest'
import { forecast } from '../../../../src/main/prepare/forecast.ts'
import { type DatasetImage } from '../../../../src/shared/datasets.ts'
import { ForecastRequest } from '../../../../src/shared/previews.ts'
import { plateDataset, plateImage } from '../../../support/plate-images.ts'

test('a forecast tells where the images of each time point go, the first comes first', () => {
  const images = Array.from({ length: 12 }, (_, i) => imageAt(i + 1, i < 10 ? [48, 6][i % 2] : undefined))
  const { classes } = forecast(plateDataset, images, ForecastRequest.parse({ dataset: 'plate', tile: 32 }))
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
  const { classes } = forecast(plateDataset, images, ForecastRequest.parse({ dataset: 'plate', tile: 32 }))
  expect(classes.map(({ times }) => times)).toEqual([undefined])
})

function imageAt(id: number, time: number | undefined): DatasetImage {
  const known = { side: 64, class: 'HeLa', group: String(id), cells: 2 }
  return plateImage(id, time === undefined ? known : { ...known, time })
}
