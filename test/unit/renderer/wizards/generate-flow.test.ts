import { expect, test } from 'vitest'
import { givenAnswers } from '../../../../src/renderer/wizards/generate/generate-flow.svelte.ts'

test('more like a picture is asked of its model with the seed that the address names', () => {
  expect(givenAnswers({ run: 'r-1', class: 'HeLa', seed: '8' })).toEqual({ run: 'r-1', seed: '8' })
  expect(givenAnswers({ run: 'r-1', checkpoint: '400' })).toEqual({ run: 'r-1', checkpoint: '400' })
  expect(givenAnswers({ draft: 'w-1' })).toEqual({})
})
