import { describe, expect, test } from 'vitest'
import { BufferPool, type GpuBuffer } from '../../../../src/main/backends/webgpu-buffers.ts'

/** A card that counts. */
function makePool() {
  const made: (GpuBuffer & { isGone: boolean })[] = []
  const pool = new BufferPool({
    createBuffer: ({ size, usage }) => {
      const buffer = { size, usage, isGone: false, destroy: () => void (buffer.isGone = true) }
      made.push(buffer)
      return buffer
    }
  })
  return { pool, made }
}

describe('the buffers of the graphics card', () => {
  test('are used again by the next tensor of their size and use', () => {
    const { pool, made } = makePool()
    const first = pool.acquireBuffer(100, 1)
    pool.releaseBuffer(first)
    expect(pool.acquireBuffer(100, 1)).toBe(first)
    expect(pool.acquireBuffer(100, 2)).not.toBe(first)
    expect(made).toHaveLength(2)
    expect([pool.numBytesUsed, pool.numBytesAllocated]).toEqual([200, 200])
  })

  test('of sizes that do not come back make room for others', () => {
    const { pool, made } = makePool()
    for (let size = 1000; size < 1100; size++) pool.releaseBuffer(pool.acquireBuffer(size, 1))
    expect(pool.numBytesAllocated).toBeLessThanOrEqual(1.5 * 1100)
    expect(made.filter(({ isGone }) => !isGone)).toHaveLength(1)
    expect([pool.getNumFreeBuffers(), pool.getNumUsedBuffers()]).toEqual([1, 0])
  })

  test('that were used last stay longest', () => {
    const { pool, made } = makePool()
    const [a, b, c] = [10, 20, 30].map((size) => pool.acquireBuffer(size, 1)) as [GpuBuffer, GpuBuffer, GpuBuffer]
    for (const buffer of [b, a, c]) pool.releaseBuffer(buffer)
    pool.acquireBuffer(40, 1) // 100 bytes, where 90 have room
    expect(made.map(({ isGone }) => isGone)).toEqual([false, true, false, false])
  })

  test('that serve once are given back at once, and all of them in the end', () => {
    const { pool, made } = makePool()
    pool.releaseBuffer(pool.acquireBuffer(10, 1, true, false), false)
    expect(pool.numBytesAllocated).toBe(0)
    pool.releaseBuffer(pool.acquireBuffer(10, 1))
    pool.dispose()
    expect(made.every(({ isGone }) => isGone)).toBe(true)
    expect(pool.numBytesAllocated).toBe(0)
  })
})
