import { MessageChannel } from 'node:worker_threads'
import { GuardedPool } from '../datasets/guarded-pool.ts'
import { limits } from '../../shared/limits.ts'
import { type AppContext } from './app-context.ts'
import { type ApartInput, type ApartName, type ApartOutcome, type FromApart } from './apart-work.ts'
import { type RequestContext } from './dispatch.ts'

/**
 * Does a piece of work with files from outside in a thread of its own, so that the program answers meanwhile and
 * outlives whatever is in them.
 *
 * @param file to blame when the thread takes too much memory or goes silent
 * @throws what the work throws; AppError of kind `input` where the thread was ended
 */
export async function doApart<Name extends ApartName>(
  app: AppContext,
  work: { readonly name: Name; readonly input: ApartInput<Name>; readonly file: string },
  { signal, progress }: Pick<RequestContext, 'signal' | 'progress'>
): Promise<ApartOutcome<Name>> {
  const { name, input, file } = work
  const { port1: here, port2: there } = new MessageChannel()
  here.on('message', (message: FromApart) => progress(message))
  const stop = () => here.postMessage('stop')
  const pool = new GuardedPool({
    workerPath: app.environment.prepareWorkerPath,
    threads: 1,
    heapMebibytes: limits.thread.requestHeapMebibytes[name]
  })
  try {
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    return await pool.run<ApartOutcome<Name>>(
      { name, input, port: there },
      { name: 'apart', file, seconds: limits.thread.seconds, transfer: [there] }
    )
  } finally {
    signal.removeEventListener('abort', stop)
    here.close()
    await pool.close()
  }
}
