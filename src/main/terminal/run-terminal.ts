import { CommanderError } from 'commander'
import { type Input, type Output, type RequestName } from '../../shared/api.ts'
import { AppError, type ErrorDetails, fromWireError, toWireError, type WireError } from '../../shared/errors.ts'
import { plainJson, plainly, plainText } from '../../shared/plain-text.ts'
import { defaultEnvironment } from '../environment.ts'
import { dispatch } from '../services/dispatch.ts'
import { createProgram } from './commands.ts'
import { type Host } from './host.ts'
import { exitStatus } from './exit-status.ts'
import { createProgressDisplay } from './progress-display.ts'
import { adviceLines } from './remedies.ts'

/**
 * Runs one command.
 *
 * @param words the command line after the program's name
 * @returns the exit status
 */
export async function runTerminal(words: readonly string[]): Promise<number> {
  const asJson = words.includes('--json')
  try {
    await createProgram(createHost(asJson)).parseAsync(words, { from: 'user' })
    return 0
  } catch (thrown) {
    if (thrown instanceof CommanderError) return afterCommander(thrown, asJson)
    const error = toWireError(thrown)
    report(error, asJson, thrown instanceof RefusedAnswer ? thrown.answer : {})
    if (error.kind === 'defect' && thrown instanceof Error && process.env['CYTOLOOM_DEBUG'] !== undefined) {
      process.stderr.write(`${thrown.stack ?? ''}\n`)
    }
    return exitStatus[error.kind]
  }
}

/** Commander has printed help, the version or a complaint already. */
function afterCommander(thrown: CommanderError, asJson: boolean): number {
  if (thrown.exitCode === 0) return 0
  if (asJson) report({ kind: 'usage', message: thrown.message.replace(/^error: /, '') }, true)
  return exitStatus.usage
}

function report(thrown: WireError, asJson: boolean, answer: object = {}): void {
  const error = asJson ? thrown : plainly(thrown)
  if (asJson) {
    process.stdout.write(`${plainJson({ ...answer, error })}\n`)
    return
  }
  const file = error.file !== undefined && !error.message.includes(error.file) ? `\n  File: ${error.file}` : ''
  const forReport = error.kind === 'defect' && error.details !== undefined ? [`Details: ${error.details}`] : []
  const lines = [...adviceLines(error), ...forReport].map((line) => `\n  ${line}`)
  process.stderr.write(`${error.message}${file}${lines.join('')}\n`)
}

function createHost(asJson: boolean): Host {
  return {
    async request<N extends RequestName>(name: N, input: Input<N>, workspace: string | undefined): Promise<Output<N>> {
      const thrown: unknown[] = []
      const log = (error: unknown): void => void thrown.push(error)
      const { createApp } = await import('../app.ts') // help needs none
      const app = await createApp(defaultEnvironment({ log, ...(workspace === undefined ? {} : { workspace }) }))
      const display = createProgressDisplay(process.stderr, asJson)
      app.notices.forEach(display.notice)
      const interruption = interruptible(display.notice, asJson)
      try {
        const context = { signal: interruption.signal, progress: display.show, notice: display.notice }
        const reply = await dispatch(app.handlers, name, input, context, log)
        display.end()
        if ('error' in reply) throw thrown.at(-1) instanceof Error ? thrown.at(-1) : fromWireError(reply.error)
        // dispatch has parsed the output with this request's schema.
        return (asJson ? reply.output : plainly(reply.output)) as Output<N>
      } finally {
        interruption.end()
        await app.close()
      }
    },
    async withoutWorkspace(work) {
      const display = createProgressDisplay(process.stderr, asJson)
      const interruption = interruptible(display.notice, asJson)
      try {
        return await work(defaultEnvironment(), { signal: interruption.signal, progress: display.show })
      } finally {
        display.end()
        interruption.end()
      }
    },
    print(answer, sentences) {
      process.stdout.write(asJson ? `${plainJson(answer)}\n` : `${plainText(sentences)}\n`)
    },
    refused(answer, message, details) {
      throw new RefusedAnswer(answer, message, details)
    },
    stopped(message, next) {
      throw new AppError('stopped', message, { next })
    }
  }
}

/** An answer that says that nothing was done, and why. */
class RefusedAnswer extends AppError {
  readonly answer: object

  constructor(answer: object, message: string, details: ErrorDetails) {
    super('input', message, details)
    this.answer = answer
  }
}

/** Ctrl-C once: finish the step, save, stop. Twice: at once. */
function interruptible(notice: (text: string) => void, asJson: boolean): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) {
      report({ kind: 'stopped', message: 'Stopped at once. What was saved before is safe.' }, asJson)
      process.exit(exitStatus.stopped)
    }
    notice('Stopping at the next safe point. Ctrl-C again stops at once, and loses what is not saved yet.')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  return {
    signal: controller.signal,
    end() {
      for (const signal of signals) process.off(signal, stop)
    }
  }
}
