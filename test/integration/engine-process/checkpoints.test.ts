import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { CheckpointFolder } from '../../../src/main/engine-process/checkpoints.ts'
import { type SavedState } from '../../../src/main/engine/gan/training-state.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { tinyTraining } from '../../support/tiny-training.ts'

const settings = tinyTraining()
const about = { settings, classes: ['a', 'b'], isBest: false }

/** A state whose numbers name its iteration. */
function savedAt(iteration: number, best?: number): SavedState {
  const tensors = { weight: { shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => iteration + i / 10) } }
  return {
    scalars: {
      iteration,
      imagesSeen: 4 * iteration,
      seconds: iteration,
      optimizerSteps: { generator: iteration, discriminator: iteration },
      pathLengthMean: 0.5,
      ...(best === undefined ? {} : { best: { iteration: best, value: 1 } })
    },
    tensors: { generator: tensors, generatorEma: tensors, discriminator: tensors, optimizer: tensors }
  }
}

async function filled(iterations: readonly (number | 'best')[]) {
  const run = await temporaryFolder()
  const folder = new CheckpointFolder(run)
  for (const [i, kind] of iterations.entries()) {
    await folder.write(savedAt((i + 1) * 10), { ...about, isBest: kind === 'best' })
  }
  return { run, folder }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // it is not there yet, or was just renamed
  }
}

describe('safe points', () => {
  test('give back every number as it was', async () => {
    const { folder } = await filled([1])
    const { saved, classes } = await folder.choose()
    expect(saved).toEqual(savedAt(10))
    expect(classes).toEqual(['a', 'b'])
  })

  test('keep the two newest and the last three that were the best in their time, to choose by picture', async () => {
    const { folder } = await filled(['best', 2, 'best', 'best', 5, 'best', 7, 8, 9])
    expect((await folder.list()).map(({ iteration }) => iteration)).toEqual([90, 80, 60, 40, 30])
    expect((await folder.chooseModel(40)).checkpoint.iteration).toBe(40)
  })

  test('keep the two newest and the best, and no others', async () => {
    const { folder } = await filled([1, 'best', 3, 4, 5])
    expect(await folder.list()).toMatchObject([
      { iteration: 50, isBest: false },
      { iteration: 40, isBest: false },
      { iteration: 20, isBest: true }
    ])
  })

  test('only the last of those that were the best in their time is', async () => {
    const { folder, run } = await filled(['best', 'best', 3, 4, 5])
    expect((await folder.choose()).checkpoint.iteration).toBe(20)
    expect(await readdir(join(run, 'checkpoints'))).toHaveLength(4)
  })

  test('of an iteration that is safe already are not written again, but can become the best', async () => {
    const { folder, run } = await filled([1])
    const file = join(run, 'checkpoints', '00000010', 'generator.safetensors')
    const before = await readFile(file)
    const kept = await folder.write(savedAt(10, 10), { ...about, isBest: true })
    expect(kept).toEqual([{ iteration: 10, folder: '00000010', isBest: true }])
    expect((await folder.choose()).saved.scalars.best).toEqual({ iteration: 10, value: 1 })
    expect(await readFile(file)).toEqual(before)
  })

  test('that are damaged anywhere are passed over, and named', async () => {
    for (const part of ['generator', 'generator-ema', 'discriminator', 'optimizer']) {
      const { folder, run } = await filled([1, 2])
      const file = join(run, 'checkpoints', '00000020', `${part}.safetensors`)
      const bytes = await readFile(file)
      const middle = bytes.length - 5
      bytes[middle] = (bytes[middle] ?? 0) ^ 1
      await writeFile(file, bytes)
      const newest = await folder.newestWhole()
      expect(newest?.loaded.checkpoint.iteration).toBe(10)
      expect(newest?.damaged).toEqual(['00000020'])
    }
  })

  test('whose description is cut off do not count', async () => {
    const { folder, run } = await filled([1, 2])
    await truncate(join(run, 'checkpoints', '00000020', 'state.json'), 40)
    expect((await folder.newestWhole())?.loaded.checkpoint.iteration).toBe(10)
  })

  test('keep the best by a due score beside the best by a closing one, which does not count when training goes on', async () => {
    const { folder } = await filled(['best', 2, 3])
    const kept = await folder.write(savedAt(40), { ...about, isBest: true, isClosing: true })
    expect(kept.map(({ iteration, isBest }) => [iteration, isBest])).toEqual([
      [40, true],
      [30, false],
      [10, false]
    ])
    expect((await folder.choose()).checkpoint.iteration).toBe(40)
    expect((await folder.goOnFrom(40)).find(({ isBest }) => isBest)?.iteration).toBe(10)
    expect((await folder.choose()).checkpoint.iteration).toBe(10)
  })

  test('that stand for other reasons than the schedule or a score go when the run is finished', async () => {
    const { folder } = await filled([])
    await folder.write(savedAt(10), { ...about, isBest: true, isScheduled: false })
    await folder.write(savedAt(20), { ...about, isScheduled: false })
    await folder.write(savedAt(30), { ...about, isScheduled: false })
    expect((await folder.dropUnscheduled()).map(({ iteration }) => iteration)).toEqual([30, 10])
  })

  test('beyond the one a run goes on from are dropped, damaged ones too', async () => {
    const { folder, run } = await filled([1, 2, 3])
    await truncate(join(run, 'checkpoints', '00000030', 'state.json'), 1)
    await folder.goOnFrom(20)
    expect(await readdir(join(run, 'checkpoints'))).toEqual(['00000020'])
  })

  test('are whole under their names at every moment of being written and removed', async () => {
    const { folder, run } = await filled([])
    const place = join(run, 'checkpoints')
    const seen = new Set<string>()
    // No call of the folder's can begin while this looks; one under way may end.
    const look = (): void => {
      for (const name of namesIn(place).filter((each) => !each.startsWith('.'))) {
        const count = namesIn(join(place, name)).length
        if (existsSync(join(place, name))) seen.add(`${name}: ${count} files`)
      }
    }
    const written = new AbortController()
    const looking = (async () => {
      while (!written.signal.aborted) {
        look()
        await nextTurn()
      }
    })()
    for (let iteration = 1; iteration <= 40; iteration++) await folder.write(savedAt(iteration), about)
    await folder.goOnFrom(0)
    written.abort()
    await looking
    expect([...seen].filter((each) => !each.endsWith(': 5 files'))).toEqual([])
    expect(seen.size).toBeGreaterThan(20)
    expect(await readdir(place)).toEqual([])
  })

  test('that a killed process left half-written are swept at the next start', async () => {
    const { folder, run } = await filled([1])
    const ended = spawnSync(process.execPath, ['-e', '']).pid
    await mkdir(join(run, 'checkpoints', `.00000020.partial-${ended}-00000000-0000-4000-8000-000000000000`))
    await folder.goOnFrom(10)
    expect(await readdir(join(run, 'checkpoints'))).toEqual(['00000010'])
  })

  test('that are not there are refused with those that are', async () => {
    const { folder } = await filled([1])
    await expect(folder.choose(99)).rejects.toMatchObject({
      kind: 'input',
      message: 'This run has no safe point at iteration 99 (there are: 10).'
    })
  })
})
