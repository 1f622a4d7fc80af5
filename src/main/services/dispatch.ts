import {
  type Output,
  type ParsedInput,
  type Progress,
  type Reply,
  type RequestName,
  requests
} from '../../shared/api.ts'
import { AppError, toWireError } from '../../shared/errors.ts'
import { type Wish } from '../../shared/tasks.ts'
import { parseInput } from './parse-input.ts'

/** What a handler gets besides its input: a way to be stopped and a way to say how far it is. */
export interface RequestContext {
  readonly signal: AbortSignal
  readonly progress: (progress: Progress) => void
  /** A sentence the user should see although the work goes on. */
  readonly notice?: (text: string) => void
  /** Tells the id of what the work makes or trains, so that it can be followed, and found after a crash. */
  readonly thingBegun?: (id: string) => void
  /** Why `signal` was aborted. */
  readonly wish?: () => Wish | undefined
}

export type Handlers = {
  readonly [N in RequestName]: (input: ParsedInput<N>, context: RequestContext) => Output<N> | Promise<Output<N>>
}

/** The one door into the app. It never throws: every host sends its reply as it stands. */
export async function dispatch(
  handlers: Handlers,
  name: string,
  input: unknown,
  context: RequestContext,
  log: (thrown: unknown) => void
): Promise<Reply> {
  try {
    return { output: await handle(handlers, name, input, context) }
  } catch (thrown) {
    log(thrown)
    return { error: toWireError(thrown) }
  }
}

async function handle(handlers: Handlers, name: string, input: unknown, context: RequestContext): Promise<unknown> {
  if (!isRequest(name)) throw new AppError('usage', `There is no request called "${name}".`)
  // The table pairs each name with its own input; a looked-up handler loses that pairing for the compiler.
  const handler = handlers[name] as (input: unknown, context: RequestContext) => unknown
  return requests[name].output.parse(await handler(parseInput(name, input ?? {}), context))
}

function isRequest(name: string): name is RequestName {
  return Object.hasOwn(requests, name)
}
