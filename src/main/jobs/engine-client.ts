import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { engineEnvironment } from '../../shared/engine-environment.ts'
import { AppError, fromWireError, invariant } from '../../shared/errors.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { type EngineCommand, type EngineJob, EngineMessage } from './engine-protocol.ts'

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
}

/** The messages that end a job well, by job. */
const lastWords = { train: 'trained', generate: 'generated', evaluate: 'evaluated', probe: 'probed' } as const

type LastWord<J extends EngineJob> = Extract<EngineMessage, { type: (typeof lastWords)[J['job']] }>

/** The engine process went away in the middle of a job: by the system, a driver, or a hand. What was saved is safe. */
export class EngineGone extends AppError {
  constructor(how: string) {
    super('defect', `The engine process ended unexpectedly (${how}).`, {
      next: 'What was saved is safe: the run can go on from its last safe point.'
    })
    this.name = 'EngineGone'
  }
}

/**
 * Runs one job on this engine, in a process of its own, and passes on what it says.
 *
 * Aborting asks the engine to finish its step, save and stop; the outcome then arrives as usual.
 *
 * @throws EngineGone when the process ends before its last word; AppError as the engine reports it.
 */
export async function runOnEngine<J extends EngineJob>(
  launcher: EngineLauncher,
  place: EnginePlace,
  job: J,
  onMessage: (message: EngineMessage) => void,
  signal: AbortSignal
): Promise<LastWord<J>['outcome']> {
  const child = start(launcher, place.variables)
  const pause = (): void => void child.send({ command: 'pause' } satisfies EngineCommand)
  let last: EngineMessage | undefined
  try {
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, killedBy) => resolve(killedBy ?? `exit status ${String(code)}`))
    })
    child.on('message', (raw) => {
      const message = EngineMessage.parse(raw)
      last = message
      onMessage(message)
    })
    child.send({ ...job, engine: place.engine, nativeEngine: place.nativeEngine } satisfies EngineJob)
    if (signal.aborted) pause()
    signal.addEventListener('abort', pause)
    const how = await ended
    return outcome(job, last, how)
  } finally {
    signal.removeEventListener('abort', pause)
    if (child.exitCode === null) child.kill('SIGKILL')
  }
}

function start({ enginePath, nodePath }: EngineLauncher, variables: EnginePlace['variables']): ChildProcess {
  return fork(enginePath, [], {
    execPath: nodePath,
    execArgv: [],
    serialization: 'advanced',
    // What the engine prints is for developers; a terminal's standard output belongs to the answer.
    stdio: ['ignore', 'ignore', process.env['CYTOLOOM_ENGINE_LOG'] === undefined ? 'ignore' : 'inherit', 'ipc'],
    env: { ...process.env, ...engineEnvironment(wantedThreads()), ...variables }
  })
}

/** All cores, unless the user wants some for other work. */
function wantedThreads(): number {
  const wished = Number(process.env['CYTOLOOM_THREADS'] ?? 0)
  return Number.isInteger(wished) && wished > 0 ? wished : availableParallelism()
}

function outcome<J extends EngineJob>(job: J, last: EngineMessage | undefined, how: string): LastWord<J>['outcome'] {
  if (last?.type === 'failed') throw fromWireError(last.error)
  if (last?.type !== lastWords[job.job]) throw new EngineGone(how)
  invariant('outcome' in last, 'the last word of a job carries its outcome')
  // The check above ties the message to the job; the compiler does not follow a table look-up that far.
  return last.outcome as LastWord<J>['outcome']
}
