import fc, { type Arbitrary } from 'fast-check'
import { type z } from 'zod'

/** Any value of a schema of stored things, optional fields now present, now absent. */
export function anyValueOf<Value>(schema: z.ZodType<Value>): Arbitrary<Value> {
  return anyOf(schema).map((value) => schema.parse(value))
}

/** Any value that a schema takes in, as JSON: before its defaults and changes. */
export function anyJsonOf(schema: z.ZodType): Arbitrary<unknown> {
  return anyOf(schema)
}

/** By the type of a schema. */
const makers: Readonly<Record<string, (schema: never) => Arbitrary<unknown>>> = {
  object: (schema: z.ZodObject) => anyObject(schema.shape).filter((value) => schema.safeParse(value).success),
  array: (schema: z.ZodArray) =>
    fc.array(anyOf(schema.element), { maxLength: 3 }).filter((list) => schema.safeParse(list).success),
  tuple: ({ def: { items } }: z.ZodTuple) => fc.tuple(...items.map(anyOf)),
  union: ({ options }: z.ZodUnion) => fc.oneof(...options.map(anyOf)),
  record: ({ valueType }: z.ZodRecord) => fc.dictionary(fc.string({ minLength: 1 }), anyOf(valueType), { maxKeys: 3 }),
  enum: ({ options }: z.ZodEnum) => fc.constantFrom(...options),
  literal: ({ values }: z.ZodLiteral) => fc.constantFrom(...values),
  boolean: () => fc.boolean(),
  unknown: () => fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))), // JSON has no −0
  string: anyString,
  number: anyNumber,
  optional: (schema: z.ZodOptional) => anyOf(schema.unwrap()),
  default: (schema: z.ZodDefault) => anyOf(schema.unwrap()),
  prefault: (schema: z.ZodPrefault) => anyOf(schema.unwrap()),
  readonly: (schema: z.ZodReadonly) => anyOf(schema.unwrap())
}

function anyOf(schema: z.core.$ZodType): Arbitrary<unknown> {
  const { type } = schema._zod.def
  const make = makers[type]
  if (make === undefined) throw new Error(`There is no example of a schema of type ${type} yet`)
  return make(schema as never) // of the type that it was looked up by
}

function anyObject(shape: Readonly<Record<string, z.core.$ZodType>>): Arbitrary<object> {
  const fields = Object.entries(shape)
  const required = fields.filter(([, type]) => type._zod.optin !== 'optional').map(([field]) => field)
  return fc.record(Object.fromEntries(fields.map(([field, type]) => [field, anyOf(type)])), {
    requiredKeys: required,
    noNullPrototype: true
  })
}

/** Also such as mean something to SQL or JSON; but no half of a character, which no file name or text has. */
function anyString(type: z.ZodString): Arbitrary<string> {
  const [pattern] = type.def.checks?.flatMap(({ _zod: { def } }) => ('pattern' in def ? [def.pattern] : [])) ?? []
  const texts = pattern instanceof RegExp ? fc.stringMatching(pattern) : fc.string({ unit: 'binary' })
  return texts.filter((value) => type.safeParse(value).success)
}

function anyNumber(type: z.ZodNumber): Arbitrary<number> {
  const range = { min: bounded(type.minValue), max: bounded(type.maxValue) }
  const numbers =
    type.format === 'safeint' ? fc.integer(range) : fc.double({ ...range, noNaN: true }).map((value) => value + 0)
  return numbers.filter((value) => type.safeParse(value).success)
}

/** The largest number that a whole one can be is as far as any of ours goes. */
function bounded(limit: number | null): number {
  const most = Number.MAX_SAFE_INTEGER
  return Math.min(most, Math.max(-most, limit ?? most))
}
