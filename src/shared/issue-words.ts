import { z } from 'zod'
import { fieldWords } from './field-words.ts'

/**
 * Makes a schema refuse a value in the words of the thing: "The truncation must be a number from 0 to 2, not 3." To be
 * given to `safeParse` as its `error`. Sentences that the schema states itself are kept.
 */
export function inWords(schema: z.ZodType): (issue: Issue) => string {
  return (issue) => sentenceOf(schema, issue)
}

/** What such a refusal says, once each. */
export function sentencesOf(error: z.ZodError): string {
  return [...new Set(error.issues.map(({ message }) => message))].join(' ')
}

/**
 * What a request is told that does not know these fields: "The batch and the seed cannot be chosen here."
 *
 * @param fields their paths
 */
export function unknownSentence(fields: readonly string[]): string {
  const words = fields.slice(0, namedFields).map((field, i) => {
    const word = wordsOf(field)
    return i === 0 ? word : word.replace(/^The\b/, 'the')
  })
  const more = fields.length - words.length
  const all = more === 0 ? words : [...words, `${more} more`]
  return `${new Intl.ListFormat('en-GB').format(all)} cannot be chosen here.`
}

const namedFields = 8

function wordsOf(field: string): string {
  const words = Object.hasOwn(fieldWords, field) ? fieldWords[field] : undefined
  return words ?? quoted(field)
}

/** Where a stored file does not hold what it should, for the end of a sentence: `"entries.0.bytes"`. */
export function placeOf(error: z.ZodError): string {
  return `"${error.issues[0]?.path.join('.') ?? ''}"`
}

type Issue = z.core.$ZodRawIssue

function sentenceOf(schema: z.ZodType, issue: Issue): string {
  const path = (issue.path ?? []).map(String)
  const field = path.findLast((step) => !/^\d+$/.test(step))
  const subject = field === undefined ? 'The input' : wordsOf(field)
  if (issue.input === undefined && issue.code === 'invalid_type') return `${subject} is missing.`
  const value = shown(issue.input)
  return `${subject} must be ${demand(limitsOf(schema, path), issue)}${value === undefined ? '' : `, not ${value}`}.`
}

/** What a value must be: from its limits where it has some, since a person wants to know both ends of a range. */
function demand(limits: Limits | undefined, issue: Issue): string {
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  const isOfLimits = ['too_small', 'too_big', 'invalid_type'].includes(issue.code)
  return isOfLimits && limits !== undefined ? kindWithLimits(limits) : 'of another form'
}

/** As JSON Schema states them. */
interface Limits {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly enum?: readonly unknown[]
}

function kindWithLimits(limits: Limits): string {
  const { type = 'object', minLength, maxLength, minItems, maxItems } = limits
  if (limits.enum) return oneOf(limits.enum.map(String))
  const kinds = new Map([
    ['integer', `a whole number${rangeOf(limits)}`],
    ['number', `a number${rangeOf(limits)}`],
    ['string', `text${extent(minLength, maxLength, 'character')}`],
    ['array', `a list${extent(minItems, maxItems, 'entry', 'entries')}`],
    ['boolean', 'yes or no']
  ])
  return kinds.get(type) ?? 'a group of choices'
}

/** "" · " of at least 1" · " from 0 to 2" · " above 0 and up to 1" */
function rangeOf({ type, minimum, maximum, exclusiveMinimum }: Limits): string {
  const above = type === 'integer' ? undefined : exclusiveMinimum
  const low = real(type === 'integer' && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : minimum)
  const high = real(maximum)
  if (low !== undefined) return high === undefined ? ` of at least ${low}` : ` from ${low} to ${number(high)}`
  if (above !== undefined) return high === undefined ? ` above ${above}` : ` above ${above} and up to ${number(high)}`
  return high === undefined ? '' : ` up to ${number(high)}`
}

/** A whole number ends somewhere in every language; that limit is no one's choice. */
function real(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined
}

function extent(least: number | undefined, most: number | undefined, one: string, many = `${one}s`): string {
  const count = (size: number) => `${size} ${size === 1 ? one : many}`
  if (least !== undefined && most !== undefined)
    return ` of ${least === most ? count(most) : `${least} to ${count(most)}`}`
  if (least !== undefined) return ` of at least ${count(least)}`
  return most === undefined ? '' : ` of at most ${count(most)}`
}

function oneOf(choices: readonly string[]): string {
  if (choices.length === 1) return `"${choices[0] ?? ''}"`
  return `one of ${choices.map((choice) => `"${choice}"`).join(', ')}`
}

function shown(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined
}

function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
}

function number(value: number): string {
  return value.toLocaleString('en-GB')
}

/** What the schema says of the value at this path. */
function limitsOf(schema: z.ZodType, path: readonly string[]): Limits | undefined {
  let place: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const step of path) place = stepInto(place, step)
  return place as Limits | undefined // JSON Schema as zod writes it
}

function stepInto(place: unknown, step: string): unknown {
  const {
    properties,
    prefixItems,
    items,
    oneOf: kinds
  } = (place ?? {}) as {
    readonly properties?: Readonly<Record<string, unknown>>
    readonly prefixItems?: readonly unknown[]
    readonly items?: unknown
    readonly oneOf?: readonly unknown[]
  }
  const ofKind = kinds?.map((kind) => stepInto(kind, step)).find((found) => found !== undefined)
  return properties?.[step] ?? prefixItems?.[Number(step)] ?? items ?? ofKind
}
