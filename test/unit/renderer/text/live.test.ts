import { expect, test } from 'vitest'
import { type HealthFacts, healthSentence } from '../../../../src/renderer/text/live.ts'

const sound: HealthFacts = { realSign: 0.4, sinceBest: 0, scores: 5, variety: { kind: 'HeLa', value: 0.97 } }

test.each<[string, Partial<HealthFacts>, RegExp]>([
  ['as it should', {}, /as it should: nothing to do/],
  ['just begun', { realSign: undefined, variety: undefined }, /just begun: nothing to do/],
  ['without a variety', { variety: undefined }, /as it should: nothing to do/],
  ['repeating itself', { variety: { kind: 'HeLa', value: 0.44 } }, /^The variety of HeLa is low.*0\.44.*stop/],
  ['with a judge far ahead', { realSign: 0.98 }, /judge is far ahead/],
  ['no better for long', { sinceBest: 4 }, /has not become better in the last 4 measurements/]
])('a training %s is told of with what to do', (_, facts, sentence) => {
  expect(healthSentence({ ...sound, ...facts })).toMatch(sentence)
})
