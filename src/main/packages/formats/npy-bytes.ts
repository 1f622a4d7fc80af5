/** Little-endian types of NumPy arrays: float32, int32, text. */
export type NpyType = '<f4' | '<i4' | `<U${number}`

/** The bytes of a `.npy` file (NumPy format version 1): the header is filled up to a multiple of 64 bytes. */
export function npyBytes(type: NpyType, shape: readonly number[], data: Uint8Array): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`
  const preludeBytes = 10
  const padded = Math.ceil((preludeBytes + text.length + 1) / 64) * 64 - preludeBytes
  const prelude = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded & 0xff, padded >> 8])
  return Buffer.concat([prelude, Buffer.from(`${text.padEnd(padded - 1)}\n`, 'latin1'), data])
}

/** Texts as NumPy keeps them: each with the length of the longest, four bytes a character. */
export function npyTexts(shape: readonly number[], texts: readonly string[]): Buffer {
  const characters = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0))
  const longest = characters.reduce((most, { length }) => Math.max(most, length), 1)
  const data = new Uint32Array(texts.length * longest)
  for (const [i, codes] of characters.entries()) data.set(codes, i * longest)
  return npyBytes(`<U${longest}`, shape, new Uint8Array(data.buffer))
}
