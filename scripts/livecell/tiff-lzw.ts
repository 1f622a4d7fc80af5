/** Codes of TIFF's LZW (TIFF 6.0, §13): clear, end, and the first that is learned. */
const [clear, end, firstLearned] = [256, 257, 258]
const most = 4093
const none = 0xffff

/** A gray picture of 8 bits as the published files have it: one page, one strip, LZW. */
export function encodeLzwTiff(pixels: Uint8Array, width: number, height: number): Buffer {
  const strip = encodeLzw(pixels)
  const fields: readonly (readonly [tag: number, type: 3 | 4, value: number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 5],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, strip.length]
  ]
  const directoryStart = 8 + strip.length + (strip.length % 2)
  const directory = Buffer.alloc(directoryStart - 8 - strip.length + 2 + 12 * fields.length + 4)
  let at = strip.length % 2
  at = directory.writeUInt16LE(fields.length, at)
  for (const [tag, type, value] of fields) {
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(1, at + 4)
    directory.writeUInt32LE(value, at + 8)
    at += 12
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(directoryStart, 4)
  return Buffer.concat([header, strip, directory])
}

/** Most significant bit first; a code grows a bit early, as all TIFF writers do. */
function encodeLzw(bytes: Uint8Array): Buffer {
  const writer = new BitWriter(bytes.length * 2 + 16)
  const learned = new Uint16Array(4096 * 256).fill(none)
  let [next, width] = [firstLearned, 9]
  writer.put(clear, width)
  let code = bytes[0] ?? 0
  for (let i = 1; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    const known = learned[code * 256 + byte] ?? none
    if (known !== none) {
      code = known
      continue
    }
    writer.put(code, width)
    learned[code * 256 + byte] = next++
    if (next === 2 ** width) width++
    if (next > most) {
      writer.put(clear, width)
      learned.fill(none)
      next = firstLearned
      width = 9
    }
    code = byte
  }
  if (bytes.length > 0) writer.put(code, width)
  writer.put(end, next + 1 === 2 ** width ? width + 1 : width)
  return writer.finish()
}

class BitWriter {
  readonly #bytes: Buffer
  #length = 0
  #held = 0
  #bits = 0

  constructor(mostBytes: number) {
    this.#bytes = Buffer.alloc(mostBytes)
  }

  put(code: number, width: number): void {
    this.#held = (this.#held << width) | code
    this.#bits += width
    while (this.#bits >= 8) {
      this.#bits -= 8
      this.#bytes[this.#length++] = this.#held >> this.#bits
      this.#held &= (1 << this.#bits) - 1
    }
  }

  finish(): Buffer {
    if (this.#bits > 0) this.#bytes[this.#length++] = this.#held << (8 - this.#bits)
    return this.#bytes.subarray(0, this.#length)
  }
}
