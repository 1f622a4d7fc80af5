import { expect, test } from 'vitest'
import { remedyWords } from '../../../../src/renderer/text/remedies.ts'
import { everyRemedy } from '../../../support/remedies.ts'

test.each(everyRemedy.map((remedy) => [remedy.action, remedy] as const))(
  'the page words "%s" as a button and a sentence without a command',
  (_, remedy) => {
    const { button, sentence } = remedyWords(remedy)
    expect(button).toMatch(/^[A-Z].*[^.]$/)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
    expect(`${button} ${sentence}`).not.toMatch(/cytoloom |--[a-z]/)
  }
)

test('values stand in the words', () => {
  expect(remedyWords({ action: 'resume-run', run: 'my run', microBatch: 2 })).toEqual({
    button: 'Resume, computing 2 at a time',
    sentence: 'Resume “my run”, computing 2 at a time.'
  })
})
