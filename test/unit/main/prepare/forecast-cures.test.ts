import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecast } from '../../../../src/main/prepare/forecast.ts'
import { choiceIn } from '../../../../src/renderer/state/answering.ts'
import {
  changesBy,
  type ImagesAnswers,
  isAsked,
  preparationOf,
  preparedAgain
} from '../../../../src/renderer/wizards/images/images-answers.ts'
import { type DatasetImage } from '../../../../src/shared/datasets.ts'
import { type Forecast, ForecastRequest } from '../../../../src/shared/previews.ts'
import { type Remedy } from '../../../../src/shared/remedies.ts'
import { plateDataset, plateImage } from '../../../support/plate-images.ts'

interface Known {
  readonly class: string
  readonly side: number
  readonly cells: number
  readonly group: string
  readonly split?: string | undefined
}

function imagesOf(known: readonly Known[]): DatasetImage[] {
  return known.map((image, i) => plateImage(i + 1, image))
}

function forecastOf(images: readonly DatasetImage[], answers: ImagesAnswers): Forecast {
  const request = ForecastRequest.parse(preparationOf({ ...answers, dataset: 'plate' }, 64))
  return forecast(plateDataset, images, request)
}

/** What the page makes of a cure that is pressed. */
function pressed(answers: ImagesAnswers, remedy: Remedy): ImagesAnswers {
  const { choice, answer } = choiceIn(remedy) ?? {}
  const prepared = { ...answers, dataset: 'plate' }
  const isTaken = choice !== undefined && answer !== undefined && isAsked(choice, prepared)
  const changes = preparedAgain(remedy) ?? (isTaken ? changesBy(choice, answer, prepared) : undefined)
  expect(changes).toBeDefined() // else it would be no button
  return { ...answers, ...changes }
}

const anyImage = fc.record({
  class: fc.constantFrom('A172', 'BV2', 'MCF7'),
  side: fc.constantFrom(20, 40, 64, 100, 200),
  cells: fc.integer({ min: 0, max: 3 }),
  group: fc.constantFrom('w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8'),
  split: fc.constantFrom(undefined, 'train', 'validation', 'test')
})
const anyAnswers = fc.record(
  {
    tile: fc.constantFrom(32, 64, 128, 100),
    leaveOut: fc.subarray(['A172', 'BV2', 'MCF7', 'gone']),
    mergeClasses: fc.boolean(),
    split: fc.constantFrom<[number, number, number]>([0.8, 0.1, 0.1], [0, 0, 1], [0.2, 0.4, 0.4])
  },
  { requiredKeys: [] }
)

test('each cure of each trouble mends it when it is pressed', () => {
  const offered = new Set<string>()
  fc.assert(
    fc.property(fc.array(anyImage, { minLength: 1, maxLength: 24 }), anyAnswers, (known, answers) => {
      const images = imagesOf(known)
      for (const { message, remedies } of forecastOf(images, answers).troubles) {
        for (const remedy of remedies) {
          const { troubles } = forecastOf(images, pressed(answers, remedy))
          expect(troubles.map((trouble) => trouble.message)).not.toContain(message)
          // What is offered against too few of a kind leaves none behind it.
          if (message.startsWith('Too few')) expect(troubles).toEqual([])
          offered.add(remedy.action === 'set-option' ? remedy.option : Object.keys(remedy).sort().join(' '))
        }
      }
    }),
    { seed: 7, numRuns: 1500 }
  )
  expect([...offered].sort()).toEqual([
    'action dataset leaveOut',
    'action dataset mergeClasses',
    'action dataset mergeClasses split',
    'split',
    'tile'
  ])
})

test('a published split without a training image is divided anew, all kinds together where each has too few', () => {
  const known = ['A172', 'A172', 'BV2', 'BV2', 'MCF7'].map((name, i) => ({
    class: name,
    side: 64,
    cells: 3,
    group: `w${i}`,
    split: i % 2 === 0 ? 'test' : 'validation'
  }))
  const [trouble] = forecastOf(imagesOf(known), {}).troubles
  expect(trouble?.remedies).toEqual([
    { action: 'prepare-again', dataset: 'plate', mergeClasses: true, split: '0.8,0.1,0.1' }
  ])
})

test('where no cure would help, more images are asked for', () => {
  const [trouble] = forecastOf(imagesOf([{ class: 'BV2', side: 64, cells: 3, group: 'w1' }]), {}).troubles
  expect(trouble).toMatchObject({ remedies: [], next: 'Import more annotated images.' })
})
