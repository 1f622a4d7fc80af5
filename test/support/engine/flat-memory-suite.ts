import { fork } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type BackendName } from '../../../src/main/engine/backend.ts'

const program = join(import.meta.dirname, 'steady-training.ts')

interface Look {
  readonly step: number
  readonly tensors: number
  readonly bytes: number
}

/** An engine's caches and its allocator's pools have filled by then. */
const settled = 100
/** Seen are 9 MB on wasm, of JavaScript's own heap; a leaked tensor of the smallest kind a step would be as much. */
const allowedGrowth = 20e6

export function describeFlatMemory(engine: BackendName): void {
  test(`training on ${engine} keeps its number of tensors, and its memory over 500 steps`, async () => {
    const looks = await watchTraining(engine)
    expect(looks.at(-1)?.step).toBe(600)
    expect(new Set(looks.map(({ tensors }) => tensors)).size).toBe(1)
    const later = looks.filter(({ step }) => step >= settled).map(({ bytes }) => bytes)
    expect(Math.max(...later.slice(-5)) - Math.min(...later.slice(0, 5))).toBeLessThan(allowedGrowth)
  }, 600_000)
}

function watchTraining(engine: BackendName): Promise<Look[]> {
  const child = fork(program, [engine], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const looks: Look[] = []
  child.on('message', (look) => looks.push(look as Look)) // what the program sends
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => resolve(looks))
  })
}
