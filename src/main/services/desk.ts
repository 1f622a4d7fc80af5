import type { Reply } from '../../shared/api.ts'
import { type DeskOutput, type DeskParsed, type DeskRequest, deskRequests } from '../../shared/desk.ts'
import { toWireError } from '../../shared/errors.ts'
import { parseBy } from './parse-input.ts'

export type DeskHandlers = {
  readonly [N in DeskRequest]: (input: DeskParsed<N>) => DeskOutput<N> | Promise<DeskOutput<N>>
}

export function isOfDesk(name: string): name is DeskRequest {
  return Object.hasOwn(deskRequests, name)
}

/** What `dispatch` is for the app, for what only the place that shows the page can do. It never throws. */
export async function answerDesk(
  handlers: DeskHandlers,
  name: DeskRequest,
  input: unknown,
  log: (thrown: unknown) => void
): Promise<Reply> {
  try {
    // The table pairs each name with its own input; a looked-up handler loses that pairing for the compiler.
    const handler = handlers[name] as (input: unknown) => unknown
    const { input: asked, output } = deskRequests[name]
    return { output: output.parse(await handler(parseBy(asked, input ?? {}))) }
  } catch (thrown) {
    log(thrown)
    return { error: toWireError(thrown) }
  }
}
