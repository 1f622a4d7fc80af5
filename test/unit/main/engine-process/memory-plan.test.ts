import { describe, expect, test, vi } from 'vitest'
import { planMemory, requireMemoryForPictures } from '../../../../src/main/engine-process/memory-plan.ts'
import {
  predictIterations,
  predictPeak,
  predictPictures,
  samplingBatch
} from '../../../../src/main/engine/memory-model.ts'
import { presetSettings } from '../../../../src/shared/presets.ts'

const livecell = presetSettings('livecell', { resolution: 512, imageChannels: 1, classes: 8 }, 0)
const demo = presetSettings('demo', { resolution: 32, imageChannels: 1, classes: 2 }, 0)

describe('the memory of making pictures', () => {
  test('is flat: larger networks make fewer at a time, by nothing but their size', () => {
    const batches = [32, 128, 256, 512].map((resolution) => {
      const { network } = presetSettings('livecell', { resolution, imageChannels: 1, classes: 8 }, 0)
      return samplingBatch(network)
    })
    expect(batches).toEqual([8, 2, 1, 1])
    expect(samplingBatch(demo.network)).toBe(16)
  })

  test('is refused where it is not there, with what it ends at', () => {
    const needed = predictPictures(livecell.network, 'wasm')
    expect(() => requireMemoryForPictures(livecell, 'wasm', needed / 0.89)).not.toThrow()
    expect(() => requireMemoryForPictures(livecell, 'wasm', needed / 2)).toThrow(
      /^Making pictures with this model needs/
    )
  })

  test('counts for a run too, which is scored', () => {
    const small = { ...demo, batch: 1, microBatch: 1 }
    const scoring = predictPeak(small, 'wasm', 1)
    expect(scoring).toBeGreaterThan(predictPictures(small.network, 'wasm'))
    expect(scoring).toBeGreaterThan(360e6 + 100e6) // the engine's base, and the network that looks at pictures
  })
})

describe('the memory of a run', () => {
  test('has room for what adaptive augmentation keeps on native-cpu', () => {
    const plain = { ...demo, batch: 16, augmentation: { ...demo.augmentation, ada: 'off' as const } }
    const adaptive = { ...plain, augmentation: { ...demo.augmentation, ada: 'full' as const } }
    const more = (engine: 'native-cpu' | 'wasm') =>
      predictIterations(adaptive, engine, 4) - predictIterations(plain, engine, 4)
    expect(more('native-cpu')).toBeGreaterThan(0.33e9) // measured at 32²
    expect(more('wasm')).toBeLessThan(0.05e9)
  })

  test('is asked for whole where it is there', () => {
    expect(planMemory(demo, 'wasm', 8e9).microBatch).toBe(demo.batch)
    expect(planMemory(livecell, 'native-cpu', 1e12).microBatch).toBe(livecell.batch)
  })

  test('decides how many samples are computed at a time: the largest divisor of the batch that fits', () => {
    const sizes = [1, 2, 4, 8, 16]
    for (const size of sizes.slice(0, -1)) {
      const free = (predictPeak(livecell, 'native-cpu', size) / 0.9) * 1.001
      const plan = planMemory(livecell, 'native-cpu', free)
      expect(plan.microBatch).toBe(size)
      expect(plan.peakBytes).toBeLessThanOrEqual(plan.limitBytes ?? 0)
    }
  })

  test('that does not suffice for the size which was asked for is refused with the one that fits', () => {
    const free = (predictPeak(livecell, 'native-cpu', 2) / 0.9) * 1.001
    expect(() => planMemory({ ...livecell, microBatch: 8 }, 'native-cpu', free)).toThrow(
      expect.objectContaining({
        kind: 'resources',
        remedies: [{ action: 'set-option', option: 'microBatch', value: 2 }]
      }) as Error
    )
    expect(planMemory({ ...livecell, microBatch: 2 }, 'native-cpu', free).microBatch).toBe(2)
  })

  test('that suffices for no size is refused with what would help', () => {
    expect(() => planMemory(livecell, 'native-cpu', 1e9)).toThrow(
      expect.objectContaining({ kind: 'resources', next: expect.stringContaining('smaller tiles') as string }) as Error
    )
  })

  test('ends at 4 GiB on wasm, however much the computer has', () => {
    expect(() => planMemory({ ...livecell, microBatch: 16 }, 'wasm', 1e12)).toThrow(/at a time needs about/)
  })

  test('that wasm cannot address is found by another engine, not by closing programs', () => {
    const large = { ...livecell, network: { ...livecell.network, resolution: 2048 } }
    expect(() => planMemory(large, 'wasm', 1e12)).toThrow(
      expect.objectContaining({
        next: expect.not.stringContaining('Close other programs') as string,
        remedies: expect.arrayContaining([{ action: 'install-engine', engine: 'native-cpu' }]) as unknown
      }) as Error
    )
  })

  test('that ends at a limit which was set is found by raising it', () => {
    vi.stubEnv('CYTOLOOM_MEMORY_GB', '0.4GB')
    expect(() => planMemory(demo, 'wasm', 0.4e9)).toThrow(
      expect.objectContaining({ next: expect.stringContaining('raise it') as string }) as Error
    )
    vi.unstubAllEnvs()
  })

  test('is not guessed at on graphics cards', () => {
    const plan = planMemory(livecell, 'webgpu', undefined)
    expect(plan).toMatchObject({ microBatch: 16, smallerMicroBatch: 8 })
    expect(plan.limitBytes).toBeUndefined()
  })

  test('names a smaller size for the case that it runs out all the same, unless nothing would be won', () => {
    const { smallerMicroBatch, peakBytes } = planMemory(livecell, 'native-cpu', 1e12)
    expect(predictPeak(livecell, 'native-cpu', smallerMicroBatch ?? 16)).toBeLessThan(0.85 * peakBytes)
    expect(planMemory({ ...livecell, microBatch: 1 }, 'native-cpu', 1e12).smallerMicroBatch).toBeUndefined()
  })
})
