import type { z } from 'zod'
import { type RequestName, requests } from '../../shared/api.ts'
import { AppError } from '../../shared/errors.ts'
import { inWords, sentencesOf, unknownSentence } from '../../shared/issue-words.ts'

/**
 * What a request is asked with, checked and complete. A field that it does not know is refused: whoever misspells one would
 * get something else than asked for.
 *
 * @throws AppError 'usage' where the input is not what the request takes
 */
export function parseInput(name: RequestName, input: unknown): unknown {
  return parseBy(requests[name].input, input)
}

/** The same by a schema. */
export function parseBy(schema: z.ZodType, input: unknown): unknown {
  const parsed = parsedBy(schema, input)
  const unknown = unknownFields(input, parsed)
  if (unknown.length > 0) throw new AppError('usage', unknownSentence(unknown))
  return parsed
}

/**
 * The same for an input that was stored by another version: what that version knew and this one does not is dropped.
 *
 * @throws AppError 'usage' where the input is not what the request takes
 */
export function parseStored(name: RequestName, input: unknown): unknown {
  return parsedBy(requests[name].input, input)
}

function parsedBy(schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input, { error: inWords(schema) })
  if (!parsed.success) throw new AppError('usage', sentencesOf(parsed.error))
  return parsed.data
}

/** The paths of what was given and did not come through the schema. */
function unknownFields(given: unknown, parsed: unknown): string[] {
  // Where a schema takes anything, it hands on the very same value.
  if (given === parsed || !isGroup(given) || !isGroup(parsed)) return []
  return Object.entries(given).flatMap(([field, value]) => {
    if (value === undefined) return []
    if (!Object.hasOwn(parsed, field)) return [field]
    return unknownFields(value, parsed[field]).map((inner) => `${field}.${inner}`)
  })
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
