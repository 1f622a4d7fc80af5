import { readFileSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import { type Remedy } from '../../shared/remedies.ts'

/** What had no more memory to give: WebAssembly, which ends at 4 GB, a limit that someone set, or the computer. */
export type MemoryLimit = 'webassembly' | 'chosen' | 'computer'

/** The engine had not enough memory. What was saved is safe. */
export class EngineOutOfMemory extends AppError {
  readonly limit: MemoryLimit

  constructor(limit: MemoryLimit) {
    const { next, remedies } = waysToMoreMemory(limit)
    super('resources', 'The engine ran out of memory. What was saved is safe.', { next, remedies })
    this.name = 'EngineOutOfMemory'
    this.limit = limit
  }
}

/** What gives an engine more memory. Where the limit is WebAssembly's own, closing other programs would not. */
export function waysToMoreMemory(limit: MemoryLimit): { readonly next: string; readonly remedies: readonly Remedy[] } {
  switch (limit) {
    case 'webassembly':
      return {
        next: 'WebAssembly can use no more than 4 GB, whatever the computer has. The processor pack has no such limit; smaller tiles need less.',
        remedies: [{ action: 'install-engine', engine: 'native-cpu' }, { action: 'prepare-again' }]
      }
    case 'chosen':
      return {
        next: 'The program was started with this limit on its memory: raise it, or prepare the data set with smaller tiles.',
        remedies: [{ action: 'prepare-again' }]
      }
    case 'computer':
      return {
        next: 'Close other programs, prepare the data set with smaller tiles, or use a computer with more memory.',
        remedies: [{ action: 'prepare-again' }]
      }
  }
}

/**
 * What engines and their libraries say when memory runs out: TensorFlow, its allocators and CUDA; WebAssembly, whose
 * memory ends at 4 GiB; Node for typed arrays and for its own heap; WebGPU.
 */
const complaints =
  /\bOOM\b|out of memory|cannot enlarge memory|memory access out of bounds|allocation failed|failed to allocate|bad_alloc|RESOURCE_EXHAUSTED|Invalid typed array length|could not allocate|memory limit/i

/** Whether an error's text, or what a process printed last, says that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return complaints.test(text)
}

/**
 * How many processes Linux has killed for want of memory since it started; elsewhere nobody counts, and 0.
 *
 * A killed engine says nothing, and a SIGKILL may come from a hand as well: the count tells the two apart.
 */
export function kernelKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
