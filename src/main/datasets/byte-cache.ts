/** Keeps what was loaded last, up to a number of bytes. What is asked for while it loads is loaded once. */
export class ByteCache<T> {
  readonly #limit: number
  readonly #bytesOf: (value: T) => number
  /** In the order of use, the least recent first. */
  readonly #entries = new Map<string, { readonly value: Promise<T>; bytes: number }>()
  #bytes = 0

  constructor(limit: number, bytesOf: (value: T) => number) {
    this.#limit = limit
    this.#bytesOf = bytesOf
  }

  /** The bytes of everything that is kept. */
  get bytes(): number {
    return this.#bytes
  }

  async get(key: string, load: () => Promise<T>): Promise<T> {
    const present = this.#entries.get(key)
    if (present) {
      this.#entries.delete(key)
      this.#entries.set(key, present)
      return present.value
    }
    const entry = { value: load(), bytes: 0 }
    this.#entries.set(key, entry)
    try {
      const value = await entry.value
      entry.bytes = this.#bytesOf(value)
      this.#bytes += entry.bytes
      this.#makeRoom(key)
      return value
    } catch (thrown) {
      this.#entries.delete(key) // a failure is not kept: the next one who asks tries again
      throw thrown
    }
  }

  #makeRoom(newest: string): void {
    for (const [key, { bytes }] of this.#entries) {
      if (this.#bytes <= this.#limit) return
      if (key === newest || bytes === 0) continue // still loading
      this.#entries.delete(key)
      this.#bytes -= bytes
    }
  }
}
