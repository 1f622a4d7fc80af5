import { describe, expect, test } from 'vitest'
import { EngineGone } from '../../../../src/main/jobs/engine-client.ts'
import { EngineOutOfMemory, saysOutOfMemory } from '../../../../src/main/jobs/out-of-memory.ts'
import { troubleOf } from '../../../../src/main/jobs/engine-troubles.ts'
import { AppError, refuse } from '../../../../src/shared/errors.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'
import { type Run, RunId } from '../../../../src/shared/runs.ts'

const run: Run = {
  id: RunId.parse('r1'),
  name: 'my run',
  created: '2026-01-01T00:00:00.000Z',
  prepared: 'p1',
  state: 'running',
  iteration: 100,
  engine: { name: 'native-cpu', library: 'TensorFlow 2.21.0', device: 'processor (x64)', threads: 2 },
  classes: ['a'],
  settings: presetSettings('demo', { resolution: 32, imageChannels: 1, classes: 1 }, 0)
}

describe('what ended a run', () => {
  test('names the next engine, and takes it not by itself', () => {
    expect(troubleOf(new EngineGone('SIGSEGV'), run, undefined)).toMatchObject({
      kind: 'resources',
      remedies: [
        { action: 'resume-run', run: 'my run' },
        { action: 'resume-run', run: 'my run', engine: 'wasm' }
      ]
    })
    expect(troubleOf(new AppError('defect', 'a kernel failed'), run, undefined)).toMatchObject({
      message: 'a kernel failed',
      remedies: expect.arrayContaining([{ action: 'resume-run', run: 'my run', engine: 'wasm' }]) as unknown
    })
    const last: Run = { ...run, engine: { name: 'cpu', library: '', device: '', threads: 1 } }
    expect(troubleOf(new EngineGone('SIGSEGV'), last, undefined)).toMatchObject({
      remedies: [{ action: 'resume-run', run: 'my run' }]
    })
  })

  test('names a smaller size where memory ran out', () => {
    const plan = { microBatch: 8, peakBytes: 4e9, limitBytes: 5e9, smallerMicroBatch: 4 }
    expect(troubleOf(new EngineOutOfMemory('computer'), run, plan)).toMatchObject({
      kind: 'resources',
      message: 'The engine ran out of memory with 8 samples at a time. The run is paused at its last safe point.',
      remedies: [{ action: 'resume-run', run: 'my run', microBatch: 4 }]
    })
  })

  test('names the engine that lifts the limit of WebAssembly, and never other programs', () => {
    const trouble = troubleOf(new EngineOutOfMemory('webassembly'), run, undefined)
    expect(trouble).toMatchObject({
      next: expect.not.stringContaining('other programs') as string,
      remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-cpu' }]) as unknown
    })
  })

  test('is passed on as it is where the user can mend it', () => {
    const refusal = refuse('This safe point is damaged.')
    expect(troubleOf(refusal, run, undefined)).toBe(refusal)
  })
})

test.each([
  'TensorFlow: OOM when allocating tensor with shape[2,64,64,64] and type float',
  'RuntimeError: memory access out of bounds',
  'RangeError: Array buffer allocation failed',
  "terminate called after throwing an instance of 'std::bad_alloc'",
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'
])('an engine that says "%s" has run out of memory', (text) => {
  expect(saysOutOfMemory(text)).toBe(true)
})

test('an engine that says something else has not', () => {
  expect(saysOutOfMemory('TensorFlow: Incompatible shapes: [2,3] vs. [4]')).toBe(false)
})
