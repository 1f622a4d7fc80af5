/** What we use of a WebGPU buffer. */
export interface GpuBuffer {
  readonly size: number
  readonly usage: number
  destroy: () => void
}

/** What makes buffers. */
export interface BufferSource {
  createBuffer: (wanted: { size: number; usage: number; mappedAtCreation: boolean }) => GpuBuffer
}

/** So many times the most bytes that were in use at once may lie ready for use again. */
const room = 1.5

/**
 * The buffers of tfjs's WebGPU backend, in the place of its own manager, which keeps every buffer that it ever made:
 * sizes that occur once, as a margin drawn for one batch makes them, would fill the card over days.
 *
 * A buffer goes when a new one needs its room, the one that was unused for longest first.
 */
export class BufferPool {
  numBytesUsed = 0
  numBytesAllocated = 0
  readonly #source: BufferSource
  /** Ready buffers by size and usage, the longest unused first. */
  readonly #ready = new Map<string, GpuBuffer[]>()
  /** The same, all together in that order. */
  readonly #unused = new Set<GpuBuffer>()
  #inUse = 0
  #mostUsed = 0

  constructor(source: BufferSource) {
    this.#source = source
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): GpuBuffer {
    const ready = reuse ? this.#ready.get(keyOf({ size, usage }))?.pop() : undefined
    if (ready) this.#unused.delete(ready)
    this.#inUse++
    this.numBytesUsed += size
    this.#mostUsed = Math.max(this.#mostUsed, this.numBytesUsed)
    return ready ?? this.#create(size, usage, mappedAtCreation)
  }

  releaseBuffer(buffer: GpuBuffer, reuse = true): void {
    this.#inUse--
    this.numBytesUsed -= buffer.size
    if (!reuse) {
      this.#destroy(buffer)
      return
    }
    const key = keyOf(buffer)
    const alike = this.#ready.get(key)
    if (alike) alike.push(buffer)
    else this.#ready.set(key, [buffer])
    this.#unused.add(buffer)
  }

  getNumUsedBuffers(): number {
    return this.#inUse
  }

  getNumFreeBuffers(): number {
    return this.#unused.size
  }

  dispose(): void {
    for (const buffer of this.#unused) this.#destroy(buffer)
    this.#unused.clear()
    this.#ready.clear()
  }

  #create(size: number, usage: number, mappedAtCreation: boolean): GpuBuffer {
    for (const buffer of this.#unused) {
      if (this.numBytesAllocated + size <= room * this.#mostUsed) break
      this.#unused.delete(buffer)
      this.#forget(buffer)
      this.#destroy(buffer)
    }
    this.numBytesAllocated += size
    return this.#source.createBuffer({ size, usage, mappedAtCreation })
  }

  /** The buffer that is unused for longest is the first of its kind, too. */
  #forget(buffer: GpuBuffer): void {
    const key = keyOf(buffer)
    const alike = this.#ready.get(key)
    alike?.shift()
    if (alike?.length === 0) this.#ready.delete(key)
  }

  #destroy(buffer: GpuBuffer): void {
    buffer.destroy()
    this.numBytesAllocated -= buffer.size
  }
}

function keyOf({ size, usage }: Pick<GpuBuffer, 'size' | 'usage'>): string {
  return `${size} ${usage}`
}
