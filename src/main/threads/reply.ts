import { fromWireError, toWireError, type WireError } from '../../shared/errors.ts'

/** Work as a thread of a pool gets it. */
export interface ThreadTask<Input> {
  readonly input: Input
  /** One number in shared memory, which the thread counts up when it begins, and later if it likes; 0 stops the clock. */
  readonly signs: Int32Array
}

/** What a thread or process answers: a thrown error would lose its class on the way. */
export type Reply<Outcome> = { readonly outcome: Outcome } | { readonly error: WireError }

/** In a thread of a pool: gives the first sign and does the work. */
export function answer<Input, Outcome>(
  { input, signs }: ThreadTask<Input>,
  work: (input: Input) => Promise<Outcome>
): Promise<Reply<Outcome>> {
  Atomics.add(signs, 0, 1)
  return replyOf(() => work(input))
}

/** Where work is done: its outcome, or what it threw. */
export async function replyOf<Outcome>(work: () => Promise<Outcome>): Promise<Reply<Outcome>> {
  try {
    return { outcome: await work() }
  } catch (thrown) {
    return { error: toWireError(thrown) }
  }
}

/** Where it was asked for. @throws what the work threw */
export function outcomeOf<Outcome>(reply: Reply<Outcome>): Outcome {
  if ('error' in reply) throw fromWireError(reply.error)
  return reply.outcome
}
