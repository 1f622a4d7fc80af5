import { AppError } from '../../shared/errors.ts'
import { type Remedy } from '../../shared/remedies.ts'
import { type Run } from '../../shared/runs.ts'
import { EngineGone } from './engine-client.ts'
import { type MemoryPlan } from './engine-protocol.ts'
import { EngineOutOfMemory, waysToMoreMemory } from './out-of-memory.ts'

/**
 * What ended a run, with the ways to resume it. Another engine is never taken without the user's word: its
 * speed and its last digits differ.
 */
export function troubleOf(thrown: unknown, run: Run, memory: MemoryPlan | undefined): unknown {
  if (thrown instanceof EngineOutOfMemory) return outOfMemory(thrown, run, memory)
  if (thrown instanceof EngineGone) return engineFailed('resources', thrown.message, run, thrown)
  if (thrown instanceof AppError && thrown.kind === 'defect') return engineFailed('defect', thrown.message, run, thrown)
  return thrown
}

function outOfMemory(cause: EngineOutOfMemory, run: Run, memory: MemoryPlan | undefined): AppError {
  const size = memory === undefined ? '' : ` with ${memory.microBatch} samples at a time`
  const smaller = memory?.smallerMicroBatch
  const again = (microBatch?: number): Remedy => ({
    action: 'resume-run',
    run: run.name,
    ...(microBatch && { microBatch })
  })
  const message = `The engine ran out of memory${size}. The run is paused at its last safe point.`
  if (smaller !== undefined) {
    const next = 'Resume it with fewer samples at a time: the result stays the same.'
    return new AppError('resources', message, { next, remedies: [again(smaller)], cause })
  }
  const { next, remedies } = waysToMoreMemory(cause.limit)
  return new AppError('resources', message, { next, remedies: [again(), ...remedies], cause })
}

function engineFailed(kind: 'resources' | 'defect', message: string, run: Run, cause: unknown): AppError {
  const resume: Remedy = { action: 'resume-run', run: run.name }
  const used = run.engine?.name
  // wasm needs nothing that could be missing; plain JavaScript is what it can be told from.
  const engine = used === 'wasm' ? 'cpu' : 'wasm'
  return new AppError(kind, message, {
    next: 'The run is safe at its last safe point.',
    remedies: used === undefined || used === 'cpu' ? [resume] : [resume, { ...resume, engine }],
    cause
  })
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`
}
