import { z } from 'zod'
import { fromWireError, WireError } from '../../shared/errors.ts'

const Reply = z.union([z.object({ output: z.unknown() }), z.object({ error: WireError })])

/** @throws AppError with the sentence of the reply if the request failed. */
export function outputOf(reply: unknown): unknown {
  const parsed = Reply.parse(reply)
  if ('error' in parsed) throw fromWireError(parsed.error)
  return parsed.output
}
