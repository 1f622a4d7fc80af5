import { type ChildProcess, fork } from 'node:child_process'
import type { Progress } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import type { Environment } from '../environment.ts'
import { outcomeOf, type Reply } from '../threads/reply.ts'
import type { ReaderInput, ReaderOutcome, ReaderWorkName, Surroundings } from './reader-work.ts'

/** What the process that reads is told. */
export type ToReader =
  | { readonly name: ReaderWorkName; readonly input: unknown; readonly file: string; readonly workerPath: string }
  | 'stop'

/** What it tells: how far it is, and once how it ended. */
export type FromReader = { readonly progress: Progress } | Reply<unknown>

/**
 * Does a piece of work with files from outside in a process of its own, so that the program answers meanwhile and
 * outlives whatever is in them.
 *
 * @param file to blame when the process is lost
 * @throws what the work throws; AppError of kind `input` where it took too much time or memory
 */
export async function runInReader<Name extends ReaderWorkName>(
  { environment: { readerPath, nodePath, workerPath } }: { readonly environment: Environment },
  work: { readonly name: Name; readonly input: ReaderInput<Name>; readonly file: string },
  { signal, progress }: Pick<Surroundings, 'signal' | 'progress'>
): Promise<ReaderOutcome<Name>> {
  const reader = fork(readerPath, [], {
    execPath: nodePath,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
  const stop = (): void => {
    if (reader.connected) reader.send('stop' satisfies ToReader)
  }
  try {
    reader.send({ ...work, workerPath } satisfies ToReader)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const last = await lastWord(reader, progress)
    if (last === undefined) throw lost(work.file)
    return outcomeOf(last) as ReaderOutcome<Name> // of the work that was sent
  } finally {
    signal.removeEventListener('abort', stop)
    await end(reader)
  }
}

/** `undefined` where the process was lost before it. */
function lastWord(reader: ChildProcess, progress: (progress: Progress) => void): Promise<Reply<unknown> | undefined> {
  return new Promise((resolve, reject) => {
    reader.on('message', (message: FromReader) => {
      if ('progress' in message) progress(message.progress)
      else resolve(message)
    })
    reader.once('error', reject)
    reader.once('exit', () => resolve(undefined))
  })
}

/** Waits until nothing is written any more. */
async function end(reader: ChildProcess): Promise<void> {
  if (reader.exitCode !== null || reader.signalCode !== null || reader.pid === undefined) return
  const ended = new Promise((resolve) => reader.once('exit', resolve))
  reader.kill('SIGKILL')
  await ended
}

function lost(file: string): Error {
  return refuse(`${file} needs more memory to read than is allowed, or is damaged in a way that stops the reader.`, {
    file,
    next: 'Nothing was taken from it. If it is sound, split it into smaller parts and try them one by one.'
  })
}
