import { Reason } from '../../shared/errors.ts'

const [clearCode, endCode, firstFree, mostCodes] = [256, 257, 258, 4096]

/**
 * Unpacks TIFF's LZW (TIFF 6.0, §13): codes of 9 to 12 bits, the highest bit first, each width one code early.
 *
 * @param bytes where to stop, however many codes follow
 */
export function unpackLzw(packed: Uint8Array, bytes: number): Uint8Array {
  const unpacker = new LzwUnpacker(bytes)
  const codes = new CodeReader(packed)
  while (!unpacker.isFull) {
    const code = codes.read(unpacker.next)
    if (code === endCode) break
    if (code === clearCode) unpacker.clear()
    else unpacker.take(code)
  }
  return unpacker.result
}

/** The text of a code is that of the code before and one byte more, and stands in the output since the code was made. */
class LzwUnpacker {
  /** The code that will be made next. */
  next = firstFree
  readonly #bytes: Uint8Array
  readonly #starts = new Int32Array(mostCodes)
  readonly #lengths = new Int32Array(mostCodes)
  #at = 0
  #hasPrevious = false
  /** Where the text of the code before begins. */
  #previousStart = 0

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes)
  }

  get isFull(): boolean {
    return this.#at >= this.#bytes.length
  }

  get result(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  clear(): void {
    this.next = firstFree
    this.#hasPrevious = false
  }

  take(code: number): void {
    const start = this.#at
    const previousLength = start - this.#previousStart
    if (code < clearCode) this.#bytes[this.#at++] = code
    else if (code < this.next) this.#copy(this.#starts[code] ?? 0, this.#lengths[code] ?? 0)
    else if (code === this.next && this.#hasPrevious) this.#copy(this.#previousStart, previousLength + 1)
    else throw new Reason('its compressed pixels are damaged')
    if (this.#hasPrevious && this.next < mostCodes) {
      this.#starts[this.next] = this.#previousStart
      this.#lengths[this.next++] = previousLength + 1
    }
    this.#hasPrevious = true
    this.#previousStart = start
  }

  /** Byte by byte: a text may run into itself. */
  #copy(from: number, length: number): void {
    const bytes = this.#bytes
    const end = Math.min(this.#at + length, bytes.length)
    let at = this.#at
    for (let source = from; at < end; source++) bytes[at++] = bytes[source] ?? 0
    this.#at = at
  }
}

/** Takes codes off the packed bytes. */
class CodeReader {
  readonly #bytes: Uint8Array
  #at = 0
  #held = 0
  #heldBits = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** @param next the code that will be made next: it tells how many bits a code has by now */
  read(next: number): number {
    const bits = next < 511 ? 9 : next < 1023 ? 10 : next < 2047 ? 11 : 12
    while (this.#heldBits < bits) {
      if (this.#at >= this.#bytes.length) return endCode
      this.#held = ((this.#held & 0xffff) << 8) | (this.#bytes[this.#at++] ?? 0)
      this.#heldBits += 8
    }
    this.#heldBits -= bits
    return (this.#held >>> this.#heldBits) & ((1 << bits) - 1)
  }
}
