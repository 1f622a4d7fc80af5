import { fork } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type BackendName } from '../../../src/main/backends/backend.ts'
import { predictIterations } from '../../../src/main/engine/memory-model.ts'
import { tinyTraining } from '../tiny-training.ts'

const program = join(import.meta.dirname, 'steady-training.ts')

interface Look {
  readonly step: number
  readonly tensors: number
  readonly bytes: number
}

/** An engine's caches and its allocator's pools have filled by then, and JavaScript's heap has the room that it takes for new objects. */
const settled = 300
/** Seen are 9 MB on wasm, of JavaScript's own heap; a leaked tensor of the smallest kind a step would be as much. */
const allowedGrowth = 20e6
/**
 * So much less than is taken a prediction may be, and so much more: of a small process JavaScript's own heap is the most, and
 * since the engine is lean it takes less than is predicted (seen on wasm: 1.37 times as much).
 */
const [tooLow, tooHigh] = [0.2, 0.5]

export function describeFlatMemory(engine: BackendName): void {
  test(`training on ${engine} keeps its number of tensors, its memory over 500 steps, and to the prediction`, async () => {
    const { looks, peak } = await watchTraining(engine)
    expect(looks.at(-1)?.step).toBe(800)
    expect(new Set(looks.map(({ tensors }) => tensors)).size).toBe(1)
    const later = looks.filter(({ step }) => step >= settled).map(({ bytes }) => bytes)
    expect(Math.max(...later.slice(-5)) - Math.min(...later.slice(0, 5))).toBeLessThan(allowedGrowth)

    const settings = tinyTraining()
    const predicted = predictIterations(settings, engine, settings.batch)
    expect(predicted / peak).toBeGreaterThan(1 - tooLow)
    expect(predicted / peak).toBeLessThan(1 + tooHigh)
  }, 600_000)
}

function watchTraining(engine: BackendName): Promise<{ looks: Look[]; peak: number }> {
  const child = fork(program, [engine], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const looks: Look[] = []
  let peak = Number.NaN
  child.on('message', (said: Look | { readonly peak: number }) => {
    if ('peak' in said) ({ peak } = said)
    else looks.push(said)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => resolve({ looks, peak }))
  })
}
