import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { requests, type RequestName } from '../../../src/shared/api.ts'
import { fieldWords } from '../../../src/shared/field-words.ts'
import { inWords, sentencesOf } from '../../../src/shared/issue-words.ts'

function refusal(name: RequestName, input: object): string {
  const schema: z.ZodType = requests[name].input
  const { error } = schema.safeParse(input, { error: inWords(schema) })
  return error ? sentencesOf(error) : 'accepted'
}

describe('a value that a request does not take is refused in the words of the thing', () => {
  const generate = { run: 'r', name: 'n' }
  const prepare = { dataset: 'd', name: 'n' }
  const train = { prepared: 'p', name: 'n' }
  test.each<[RequestName, object, string]>([
    ['synthetic.generate', { ...generate, truncation: 3 }, 'The truncation must be a number from 0 to 2, not 3.'],
    ['synthetic.generate', { ...generate, truncation: -0.1 }, 'The truncation must be a number from 0 to 2, not -0.1.'],
    [
      'synthetic.generate',
      { ...generate, count: 0 },
      'The number of images must be a whole number from 1 to 1,000,000, not 0.'
    ],
    [
      'synthetic.generate',
      { ...generate, count: 1.5 },
      'The number of images must be a whole number from 1 to 1,000,000, not 1.5.'
    ],
    ['prepared.create', { ...prepare, scale: 0 }, 'The scale must be a number above 0 and up to 1, not 0.'],
    ['prepared.create', { ...prepare, tile: 4 }, 'The tile size must be a whole number from 8 to 2,048, not 4.'],
    [
      'prepared.create',
      { ...prepare, tile: 'big' },
      'The tile size must be a whole number from 8 to 2,048, not "big".'
    ],
    [
      'prepared.create',
      { ...prepare, split: [0.5, -1, 0.5] },
      'Each share of the split must be a number of at least 0, not -1.'
    ],
    ['prepared.create', { ...prepare, channels: 'cmyk' }, 'The channels must be one of "gray", "rgb", not "cmyk".'],
    ['prepared.create', { name: 'n' }, 'The data set is missing.'],
    ['prepared.create', { dataset: 'd', name: '' }, 'A name is needed.'],
    [
      'runs.train',
      { ...train, microBatch: 0 },
      'The number of samples at a time must be a whole number of at least 1, not 0.'
    ],
    ['runs.train', { ...train, learningRate: Number.NaN }, 'The learning rate must be a number above 0, not NaN.'],
    [
      'runs.train',
      { ...train, skipPath: { mergeKernel: 2 } },
      'The kernel of the merge must be one of "1", "3", not 2.'
    ],
    [
      'datasets.import',
      { source: 's', name: 'n', planes: { channels: [1, 2, 3, 4] } },
      'The channels must be a list of 1 to 3 entries.'
    ],
    ['engine.install', { files: [] }, 'The list of files must be a list of at least 1 entry.'],
    [
      'packages.create',
      { set: 's', out: 'o', formats: ['pdf'] },
      expect.stringContaining('The list of formats must be one of "coco"') as string
    ]
  ])('%s %o', (name, input, sentence) => {
    expect(refusal(name, input)).toEqual(sentence)
  })

  test('several at once are all said', () => {
    expect(refusal('prepared.create', { ...prepare, tile: 4, scale: 2 })).toBe(
      'The tile size must be a whole number from 8 to 2,048, not 4. The scale must be a number above 0 and up to 1, not 2.'
    )
  })
})

/** Every field of every request, also those of groups within it. */
function fieldsOf(schema: unknown): string[] {
  const {
    properties = {},
    items,
    prefixItems = [],
    anyOf = [],
    oneOf = []
  } = (schema ?? {}) as {
    readonly properties?: Readonly<Record<string, unknown>>
    readonly items?: unknown
    readonly prefixItems?: readonly unknown[]
    readonly anyOf?: readonly unknown[]
    readonly oneOf?: readonly unknown[]
  }
  const inside = [...Object.values(properties), items, ...prefixItems, ...anyOf, ...oneOf]
  return [...Object.keys(properties), ...inside.filter((part) => typeof part === 'object').flatMap(fieldsOf)]
}

test('every field of every request has words, and no words are left over', () => {
  const fields = Object.values(requests).flatMap(({ input }) =>
    fieldsOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))
  )
  expect(Object.keys(fieldWords).sort()).toEqual([...new Set(fields)].sort())
})

test.each(Object.keys(requests).map((name) => [name as RequestName]))(
  '%s refuses what no field takes without a word of the library',
  (name) => {
    const schema = z.toJSONSchema(requests[name].input, { io: 'input', unrepresentable: 'any' })
    const input = Object.fromEntries(Object.keys(schema.properties ?? {}).map((field) => [field, { no: 'such' }]))
    expect(refusal(name, input)).not.toMatch(/expected|received|invalid|too (?:big|small)|undefined|NaN|\[object/i)
  }
)
