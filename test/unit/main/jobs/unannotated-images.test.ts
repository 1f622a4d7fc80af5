import { expect, test } from 'vitest'
import { requireUnannotated } from '../../../../src/main/jobs/unannotated-images.ts'
import { defaultMaskSettings, type Prepared, PreparedId } from '../../../../src/shared/masks.ts'
import { tinyNetwork } from '../../../support/tiny-training.ts'

function preparedSet(changes: Partial<Prepared>): Prepared {
  return {
    id: PreparedId.parse('p1'),
    name: 'tiles',
    created: '2026-01-01T00:00:00Z',
    dataset: 'd1',
    tile: 64,
    scale: 0.5,
    channels: 'gray',
    grayLevels: 4,
    mask: defaultMaskSettings,
    seed: 0,
    classes: ['a', 'b'],
    roundTrip: { AP: 1, AP50: 1, AP75: 1 },
    ...changes
  }
}

const prepared = preparedSet({})
const learning = { prepared, classes: ['a', 'b'], network: tinyNetwork({ discriminators: 'separate' }) }
const beside = (changes: Partial<Prepared> = {}) => preparedSet({ name: 'more', unannotated: true, ...changes })

test('images without annotation are taken where they were prepared alike', () => {
  expect(() => requireUnannotated(beside(), learning)).not.toThrow()
  expect(() => requireUnannotated(beside({ classes: ['a'] }), learning)).not.toThrow()
})

test.each([
  ['a set of annotated images', preparedSet({ name: 'more' }), learning, /"more" holds images with annotation/],
  ['other tiles', beside({ tile: 32 }), learning, /it has tiles of 32 pixels, not of 64/],
  ['another scale and colours', beside({ scale: 1, channels: 'rgb' }), learning, /scale of 1, not of 0.5, and colour/],
  ['classes that the run has not', beside({ classes: ['a', 'c'] }), learning, /"more" has images of "c"/],
  [
    'one discriminator for both',
    beside(),
    { ...learning, network: tinyNetwork({ discriminators: 'joint' }) },
    /sees the image alone/
  ],
  [
    'a run without masks',
    beside(),
    { ...learning, network: tinyNetwork({ discriminators: 'separate', maskChannels: 0 }) },
    /sees the image alone/
  ]
])('%s is refused with a sentence', (_, set, run, sentence) => {
  expect(() => requireUnannotated(set, run)).toThrow(sentence)
})

test('where a run has one class, images of any class belong to it', () => {
  const single = { ...learning, classes: ['cells'], prepared: preparedSet({ classes: ['cells'] }) }
  expect(() => requireUnannotated(beside({ classes: ['x', 'y'] }), single)).not.toThrow()
})
