import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { engineEnvironment } from '../../shared/engine-environment.ts'
import { AppError, fromWireError, invariant } from '../../shared/errors.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { type EngineCommand, type EngineJob, EngineMessage } from './engine-protocol.ts'
import { wishedMemory, wishedThreads } from './wished-limits.ts'
import { EngineOutOfMemory, kernelKills, saysOutOfMemory } from './out-of-memory.ts'

export interface EngineLauncher {
  /** Entry file of the engine process. */
  readonly enginePath: string
  /** The Node that runs it. */
  readonly nodePath: string
}

/** Which engine does a job, and what its process needs for it. */
export interface EnginePlace {
  readonly engine: EngineRequest
  /** Folder of the native pack, for the native engines. */
  readonly nativeEngine?: string | undefined
  /** Environment variables that must be there when the process starts. */
  readonly variables: Readonly<Record<string, string>>
  /** A process that takes longer is ended. */
  readonly mostSeconds?: number
}

/** The messages that end a job well, by job. */
const lastWords = {
  train: 'trained',
  trial: 'tried',
  generate: 'generated',
  evaluate: 'evaluated',
  segment: 'segmented',
  predict: 'predicted',
  probe: 'probed'
} as const

/** What is ended at once when it is stopped. */
const keepsNothing: ReadonlySet<EngineJob['job']> = new Set(['generate', 'evaluate', 'predict', 'trial'])

type LastWord<J extends EngineJob> = Extract<EngineMessage, { type: (typeof lastWords)[J['job']] }>

/** The engine process went away in the middle of a job: by the system, a driver, or a hand. What was saved is safe. */
export class EngineGone extends AppError {
  /** A signal's name or an exit status, as words. */
  readonly how: string

  constructor(how: string) {
    super('resources', `The engine process ended unexpectedly (${how}).`, {
      next: 'Try again; if it happens again, try another engine.',
      remedies: [{ action: 'choose-engine', engine: 'wasm' }]
    })
    this.name = 'EngineGone'
    this.how = how
  }
}

/** Of what the engine prints, this many of the last characters are kept: they may say why it ended. */
const keptOutput = 4000

/**
 * Runs one job on this engine, in a process of its own, and passes on what it says.
 *
 * Aborting asks an engine that trains to finish its step, save and stop; the outcome then arrives as usual. Making
 * and scoring pictures ends at once, with an AppError of kind `stopped`.
 *
 * @throws EngineOutOfMemory, EngineGone when the process ends before its last word; AppError as the engine reports it
 */
export async function runOnEngine<J extends EngineJob>(
  launcher: EngineLauncher,
  place: EnginePlace,
  job: J,
  onMessage: (message: EngineMessage) => void,
  signal: AbortSignal
): Promise<LastWord<J>['outcome']> {
  wishedMemory() // refused before anything begins where it cannot be read
  const killsBefore = kernelKills()
  const child = start(launcher, place.variables)
  const output = lastOutput(child)
  // Training comes to a safe point, a trial of an engine is short; the others are ended at once, and nothing of them is kept.
  const endsAtOnce = keepsNothing.has(job.job)
  const pause = (): void => {
    if (endsAtOnce) child.kill('SIGKILL')
    // One that has just ended does not hear it, and its end will be told.
    else if (child.connected) child.send({ command: 'pause' } satisfies EngineCommand, () => undefined)
  }
  const { mostSeconds } = place
  const timer = mostSeconds === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), mostSeconds * 1000)
  let last: EngineMessage | undefined
  let failure: { readonly thrown: unknown } | undefined
  try {
    const ended = new Promise<string>((resolve, reject) => {
      child.on('error', reject) // of several errors the first counts; none may go uncaught
      child.once('exit', (code, killedBy) => resolve(killedBy ?? `exit status ${String(code)}`))
    })
    child.on('message', (raw) => {
      // What the taker meets (a full disk under the catalogue) ends this job at its next safe point, and nothing else.
      try {
        const message = EngineMessage.parse(raw)
        last = message
        onMessage(message)
      } catch (thrown) {
        failure ??= { thrown }
        pause()
      }
    })
    child.send({ ...job, engine: place.engine, nativeEngine: place.nativeEngine } satisfies EngineJob)
    if (signal.aborted) pause()
    signal.addEventListener('abort', pause)
    const how = await ended
    if (failure !== undefined) throw failure.thrown
    if (endsAtOnce) refuseIfStopped(signal, last)
    if (isOutOfMemory(last, { how, output: output(), killsBefore })) {
      // Killed, it was the computer that had no more; what it says itself on wasm is that its own memory is at its end.
      throw new EngineOutOfMemory(place.engine === 'wasm' && how !== 'SIGKILL' ? 'webassembly' : 'computer')
    }
    return outcome(job, last, how)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', pause)
    if (child.exitCode === null) child.kill('SIGKILL')
  }
}

function start({ enginePath, nodePath }: EngineLauncher, variables: EnginePlace['variables']): ChildProcess {
  return fork(enginePath, [], {
    execPath: nodePath,
    execArgv: [],
    serialization: 'advanced',
    // A terminal's standard output belongs to the answer.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...engineEnvironment(wantedThreads()), ...variables }
  })
}

/** What the engine printed last. Developers may see all of it. */
function lastOutput({ stderr }: ChildProcess): () => string {
  let kept = ''
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (process.env['CYTOLOOM_ENGINE_LOG'] !== undefined) process.stderr.write(text)
    kept = (kept + text).slice(-keptOutput)
  })
  return () => kept
}

/** @throws AppError 'stopped' where the end came before the last word, and was wanted */
function refuseIfStopped(signal: AbortSignal, last: EngineMessage | undefined): void {
  if (!signal.aborted || (last !== undefined && 'outcome' in last)) return
  throw new AppError('stopped', 'The engine was stopped before its end.', { next: 'Start it again at any time.' })
}

interface Ending {
  readonly how: string
  readonly output: string
  readonly killsBefore: number
}

/** The engine said so itself, or died of it: killed by the system for its memory, or aborted by an allocator. */
function isOutOfMemory(last: EngineMessage | undefined, { how, output, killsBefore }: Ending): boolean {
  if (last?.type === 'out-of-memory') return true
  if (last !== undefined && 'outcome' in last) return false
  return (how === 'SIGKILL' && kernelKills() > killsBefore) || (how === 'SIGABRT' && saysOutOfMemory(output))
}

/** All cores, unless the user wants some for other work. */
export function wantedThreads(): number {
  return wishedThreads() ?? availableParallelism()
}

function outcome<J extends EngineJob>(job: J, last: EngineMessage | undefined, how: string): LastWord<J>['outcome'] {
  if (last?.type === 'failed') throw fromWireError(last.error)
  if (last?.type !== lastWords[job.job]) throw new EngineGone(how)
  invariant('outcome' in last, 'the last word of a job carries its outcome')
  // The check above ties the message to the job; the compiler does not follow a table look-up that far.
  return last.outcome as LastWord<J>['outcome']
}
