import { readFileSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'

/** The engine had not enough memory. What was saved is safe. */
export class EngineOutOfMemory extends AppError {
  constructor() {
    super('resources', 'The engine ran out of memory.', {
      next: 'Close other programs, or choose a smaller size; what was saved is safe.'
    })
    this.name = 'EngineOutOfMemory'
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
