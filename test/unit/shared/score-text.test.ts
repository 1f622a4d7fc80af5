import { expect, test } from 'vitest'
import { scoreText } from '../../../src/shared/score-text.ts'

test('a score is shown with the digits that mean something, and a distance never as negative', () => {
  expect([117.46, 10, 9.99, 0.4567, -0.003, 0].map(scoreText)).toEqual([
    '117.5',
    '10.0',
    '9.99',
    '0.46',
    '0.00',
    '0.00'
  ])
})
