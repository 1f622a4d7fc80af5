/**
 * Entry of the process that reads files from outside for one request. It watches over the thread that does the work, and
 * is lost without harm where a file brings down all of it.
 */
import { flushCompileCache } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
import type { Progress } from '../../shared/api.ts'
import { toWireError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { GuardedPool } from '../datasets/guarded-pool.ts'
import type { FromReader, ToReader } from './reader.ts'

const { port1: here, port2: there } = new MessageChannel()
here.on('message', (progress: Progress) => tell({ progress }))
here.unref()

process.on('message', (message: ToReader) => {
  if (message === 'stop') here.postMessage('stop')
  else void work(message)
})
process.once('disconnect', () => process.exit()) // nobody is left to read for
if (!process.connected) process.exit() // nor was, by the time that all of this was loaded
flushCompileCache() // once it has answered, the process is killed

async function work({ name, input, file, workerPath }: Exclude<ToReader, 'stop'>): Promise<void> {
  const pool = new GuardedPool({ workerPath, threads: 1, heapMebibytes: limits.thread.requestHeapMebibytes[name] })
  try {
    const task = { name, input, port: there }
    const { seconds } = limits.thread
    tell({ outcome: await pool.run(task, { name: 'readerWork', file, seconds, transfer: [there] }) })
  } catch (thrown) {
    tell({ error: toWireError(thrown) })
  } finally {
    await pool.close()
  }
}

function tell(message: FromReader): void {
  process.send?.(message)
}
