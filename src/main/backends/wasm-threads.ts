import { createRequire } from 'node:module'
import os from 'node:os'
import { Worker, type Transferable } from 'node:worker_threads'

/**
 * tfjs ships a WebAssembly build with threads for browsers, and turns it off in Node: its workers are started from
 * addresses that only a browser can open. These start the same code from the package's files.
 *
 * The build's own start-up code says which kind of `Worker` it makes, and how many processors it sees (it takes half of
 * them); both are put in place while the backend starts, and taken away again.
 */
export async function withWasmThreads<T>(threads: number, start: () => Promise<T>): Promise<T> {
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const restoreWorker = offerWorker((error) => reject(error))
  const restoreProcessors = pretendProcessors(2 * threads)
  try {
    return await Promise.race([start(), failed])
  } finally {
    restoreProcessors()
    restoreWorker()
  }
}

/** Whether this thread may wait for others, as the build's main thread does after each parallel operation. */
export function canWaitForThreads(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

const build = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd'

function offerWorker(onError: (error: unknown) => void): () => void {
  const load = createRequire(import.meta.url)
  const script = load.resolve(`${build}.js`)
  const { wasmWorkerContents } = load(`${build}.worker.js`) as { wasmWorkerContents: string } // its one export
  const code = wasmWorkerContents.replaceAll('\n', String.raw`\n`) // it was written for a template string

  class WasmWorker extends Worker {
    constructor() {
      super(code, { eval: true })
      super.on('error', onError)
    }

    /** The build's own listener throws, which would end the process. */
    override on(event: string, listener: (...values: never[]) => void): this {
      return event === 'error' ? this : super.on(event, listener as (...values: unknown[]) => void)
    }

    /** A thread that waits for work must not keep the process alive. */
    override ref(): void {
      // It is started referenced, and let go by the build when it has loaded.
    }

    override postMessage(message: { readonly cmd?: string }, transfer?: readonly Transferable[]): void {
      super.postMessage(message.cmd === 'load' ? { ...message, urlOrBlob: script } : message, transfer)
    }
  }

  // The build assigns Node's own Worker to this name first: a setter that does nothing keeps ours.
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => WasmWorker, set: () => undefined })
  return () => Reflect.deleteProperty(globalThis, 'Worker')
}

function pretendProcessors(count: number): () => void {
  const original = os.cpus
  os.cpus = () => Array.from({ length: count }, () => original().slice(0, 1)).flat()
  return () => {
    os.cpus = original
  }
}
