import { expect, test } from 'vitest'
import { requireUnannotated } from '../../../../src/main/jobs/unannotated-images.ts'
import { type Prepared } from '../../../../src/shared/masks.ts'
import { preparedTiles } from '../../../support/prepared-tiles.ts'
import { tinyNetwork } from '../../../support/tiny-training.ts'

const half = (changes: Partial<Prepared> = {}) => preparedTiles({ scale: 0.5, ...changes })
const prepared = half()
const learning = { prepared, classes: ['a', 'b'], network: tinyNetwork({ discriminators: 'separate' }) }
const beside = (changes: Partial<Prepared> = {}) => half({ name: 'more', unannotated: true, ...changes })

test('images without annotation are taken where they were prepared alike', () => {
  expect(() => requireUnannotated(beside(), learning)).not.toThrow()
  expect(() => requireUnannotated(beside({ classes: ['a'] }), learning)).not.toThrow()
})

test.each([
  ['a set of annotated images', half({ name: 'more' }), learning, /"more" holds images with annotation/],
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
  const single = { ...learning, classes: ['cells'], prepared: half({ classes: ['cells'] }) }
  expect(() => requireUnannotated(beside({ classes: ['x', 'y'] }), single)).not.toThrow()
})
