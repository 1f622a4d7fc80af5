import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unpackLzw } from '../../../../src/main/images/lzw.ts'

/** Packs as TIFF 6.0 (§13) describes it, with a clear code whenever the table is full. */
function packLzw(bytes: Uint8Array): Uint8Array {
  const bits: number[] = []
  let table = new Map<string, number>()
  let next = 258
  const write = (code: number) => {
    const width = next <= 511 ? 9 : next <= 1023 ? 10 : next <= 2047 ? 11 : 12
    for (let bit = width - 1; bit >= 0; bit--) bits.push((code >> bit) & 1)
  }
  const codeOf = (text: string) => (text.length === 1 ? text.charCodeAt(0) : table.get(text))
  write(256)
  let text = ''
  for (const byte of bytes) {
    const longer = text + String.fromCharCode(byte)
    if (codeOf(longer) !== undefined) {
      text = longer
      continue
    }
    write(codeOf(text) ?? 0)
    table.set(longer, next++)
    text = String.fromCharCode(byte)
    if (next < 4094) continue
    write(256)
    table = new Map()
    next = 258
  }
  if (text !== '') {
    write(codeOf(text) ?? 0)
    next++
  }
  write(257)
  const packed = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of bits.entries()) packed[i >> 3] = (packed[i >> 3] ?? 0) | (bit << (7 - (i & 7)))
  return packed
}

test('what was packed comes back, for short and long texts and every width of codes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3000 }), (values) => {
      const bytes = Uint8Array.from(values)
      expect(unpackLzw(packLzw(bytes), bytes.length)).toEqual(bytes)
    }),
    { numRuns: 50, seed: 7 }
  )
  const noise = Uint8Array.from({ length: 60_000 }, (_, i) => (i * i * 2654435761) >>> 13)
  expect(unpackLzw(packLzw(noise), noise.length)).toEqual(noise)
})

test('it stops at the bytes that are wanted, and where the codes end', () => {
  const zeros = packLzw(new Uint8Array(100_000))
  expect(unpackLzw(zeros, 10)).toEqual(new Uint8Array(10))
  expect(unpackLzw(zeros.subarray(0, 20), 100_000).length).toBeLessThan(1000)
})

test('a code that was never made is an error', () => {
  expect(() => unpackLzw(Uint8Array.of(0x80, 0x41, 0x80), 100)).toThrow('its compressed pixels are damaged')
})
