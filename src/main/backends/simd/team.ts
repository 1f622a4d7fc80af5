import { Worker } from 'node:worker_threads'
import { invariant } from '../../../shared/errors.ts'
import { wasmBuffers, type WasmBackend } from '../buffers.ts'
import { type CallList } from './calls.ts'
import { kernels } from './kernels.ts'
import { moduleBytes } from './module.ts'

/** What tfjs's backend keeps of its WebAssembly module: the build with threads names its memory, the other exports it. */
export interface SimdHost {
  readonly wasm: {
    readonly wasmMemory?: Memory
    readonly asm: { readonly memory?: Memory }
    readonly tfjs: { readonly getThreadsCount?: () => number }
  }
}

interface Memory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
}

type CallAll = (listAddress: number) => void

/** The part of the language's own WebAssembly that is used here; Node's types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}

/**
 * Makes all calls on as many threads as tfjs uses: those of one list in order, the lists side by side. So one list must not
 * write what another one reads or writes.
 */
export function runCalls(backend: WasmBackend & SimdHost, some: readonly CallList[]): void {
  const lists = some.filter(({ isEmpty }) => !isEmpty)
  const room = lists.reduce((sum, { numbers }) => sum + numbers.length, 0)
  const place = wasmBuffers.allocate(backend, [room])
  const team = teamOf(backend)
  const address = wasmBuffers.view(backend, place).byteOffset
  for (let first = 0; first < lists.length; first += mostLists) team.run(lists.slice(first, first + mostLists), address)
  backend.disposeData(place.dataId)
}

const teams = new WeakMap<Memory, Team>()

function teamOf({ wasm }: SimdHost): Team {
  const memory = wasm.wasmMemory ?? wasm.asm.memory
  invariant(memory !== undefined, "the backend's memory can be reached")
  let team = teams.get(memory)
  if (team === undefined) {
    team = new Team(memory, isShared(memory) ? (wasm.tfjs.getThreadsCount?.() ?? 1) : 1)
    teams.set(memory, team)
  }
  return team
}

/** The numbers that threads share, by name; from `lists` on, the address of each list. */
const words = { next: 0, end: 1, done: 2, failed: 3, lists: 4 } as const
const mostLists = 32

/**
 * Our own WebAssembly in the memory of tfjs's, and the threads that call it.
 *
 * Lists of calls have running numbers, and whoever is free takes the next one. The calling thread takes part, and waits only
 * for lists that others have begun: so nothing depends on how many others there are, or whether they have started yet.
 */
class Team {
  readonly #memory: Memory
  readonly #callAll: CallAll
  readonly #shared = new Int32Array(new SharedArrayBuffer(4 * (words.lists + mostLists)))

  /** @param threads including the calling one */
  constructor(memory: Memory, threads: number) {
    const module = new WebAssembly.Module(moduleBytes(kernels, isShared(memory)))
    this.#memory = memory
    this.#callAll = instantiate(module, memory)
    for (let i = 1; i < threads; i++) startWorker({ module, memory, shared: this.#shared, layout })
  }

  /** @param address where there is room for the calls */
  run(lists: readonly CallList[], address: number): void {
    const shared = this.#shared
    const first = shared[words.end] ?? 0
    const end = (first + lists.length) | 0 // running numbers begin anew after 2³²
    for (const [i, { numbers }] of lists.entries()) {
      new Int32Array(this.#memory.buffer, address, numbers.length).set(numbers)
      shared[words.lists + ((first + i) & (mostLists - 1))] = address
      address += Int32Array.BYTES_PER_ELEMENT * numbers.length
    }
    Atomics.store(shared, words.end, end)
    if (lists.length > 1) Atomics.notify(shared, words.end)

    takeLists(shared, this.#callAll, layout)
    for (let looks = 0; looks < patience && Atomics.load(shared, words.done) !== end; looks++);
    for (let ready; (ready = Atomics.load(shared, words.done)) !== end;) Atomics.wait(shared, words.done, ready)
    invariant(shared[words.failed] === 0, 'no kernel leaves the memory')
  }
}

/** Looks that a thread takes before it sleeps: some microseconds, where to be woken takes ten times as many. */
const patience = 2000

const layout = { words, mostLists, patience }

interface WorkerData {
  readonly module: object
  readonly memory: Memory
  readonly shared: Int32Array
  readonly layout: typeof layout
}

/** The code of a worker is the text of three functions, so that no packaging tool has to know of a file. */
function startWorker(workerData: WorkerData): void {
  const code = `(${work.toString()})(${instantiate.toString()}, ${takeLists.toString()})`
  const worker = new Worker(code, { eval: true, workerData })
  worker.on('error', () => undefined) // the others do its share
  worker.unref()
}

// The functions below also run in workers by their text alone, and so name nothing outside themselves.

function work(makeCallAll: typeof instantiate, take: typeof takeLists): void {
  const data: unknown = process.getBuiltinModule('node:worker_threads').workerData
  const { module, memory, shared, layout } = data as WorkerData // as `startWorker` sends it
  const callAll = makeCallAll(module, memory)
  for (;;) {
    const seen = Atomics.load(shared, layout.words.end)
    take(shared, callAll, layout)
    for (let looks = 0; looks < layout.patience && Atomics.load(shared, layout.words.end) === seen; looks++);
    Atomics.wait(shared, layout.words.end, seen)
  }
}

function instantiate(module: object, memory: Memory): CallAll {
  const { exports } = new WebAssembly.Instance(module, { host: { memory } })
  return exports['callAll'] as CallAll
}

/** Takes one list after another until none is left. */
function takeLists(shared: Int32Array, callAll: CallAll, { words, mostLists }: typeof layout): void {
  for (;;) {
    const taken = Atomics.load(shared, words.next)
    if (((Atomics.load(shared, words.end) - taken) | 0) <= 0) return
    if (Atomics.compareExchange(shared, words.next, taken, (taken + 1) | 0) !== taken) continue
    try {
      callAll(shared[words.lists + (taken & (mostLists - 1))] ?? 0)
    } catch {
      Atomics.store(shared, words.failed, 1)
    }
    const done = (Atomics.add(shared, words.done, 1) + 1) | 0
    if (done === Atomics.load(shared, words.end)) Atomics.notify(shared, words.done)
  }
}

function isShared({ buffer }: Memory): boolean {
  return buffer instanceof SharedArrayBuffer
}
