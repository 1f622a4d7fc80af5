import { AppError } from '../../shared/errors.ts'
import { type Run } from '../../shared/runs.ts'
import { EngineGone } from '../jobs/engine-client.ts'
import { type MemoryPlan } from '../jobs/engine-protocol.ts'
import { EngineOutOfMemory } from '../jobs/out-of-memory.ts'

/**
 * What ended a run, with the command that goes on with it. Another engine is never taken without the user's word: its
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
  return new AppError('resources', `The engine ran out of memory${size}. The run is paused at its last safe point.`, {
    next:
      smaller === undefined
        ? `Close other programs, then go on: ${resume(run)}. It cannot be made smaller but by smaller tiles or networks.`
        : `Go on with less at a time, which changes nothing in the result: ${resume(run)} --micro-batch ${smaller}.`,
    cause
  })
}

function engineFailed(kind: 'resources' | 'defect', message: string, run: Run, cause: unknown): AppError {
  const used = run.engine?.name
  // wasm needs nothing that could be missing; plain JavaScript is what it can be told from.
  const next = used === 'wasm' ? 'cpu' : 'wasm'
  const other = used === undefined || used === 'cpu' ? '' : `, or with another engine: ${resume(run)} --engine ${next}`
  return new AppError(kind, message, { next: `Go on from the last safe point: ${resume(run)}${other}.`, cause })
}

function resume({ name }: Run): string {
  return `cytoloom train --resume "${name}"`
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`
}
