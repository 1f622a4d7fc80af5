/**
 * Entry of the process that reads files from outside for one request. It watches over the thread that does the work, and
 * is lost without harm where a file brings down all of it.
 */
import { flushCompileCache } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
import type { Progress } from '../../shared/api.ts'
import { limits } from '../../shared/limits.ts'
import { ThreadPool } from '../threads/pool.ts'
import { replyOf } from '../threads/reply.ts'
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

/** Their longest step without a sign is the mask of one image. */
const paintsMasks: ReadonlySet<string> = new Set(['graph', 'previews', 'tones'])

async function work({ name, input, file, workerPath }: Exclude<ToReader, 'stop'>): Promise<void> {
  const pool = new ThreadPool({ workerPath, threads: 1, heapMebibytes: limits.thread.requestHeapMebibytes[name] })
  const guard = { file, seconds: paintsMasks.has(name) ? limits.thread.maskSeconds : limits.thread.seconds }
  const task = { name, input, port: there }
  tell(await replyOf(() => pool.run(task, { name: 'readerWork', guard, transfer: [there] })))
  await pool.close()
}

function tell(message: FromReader): void {
  process.send?.(message)
}
