import { expect, test } from 'vitest'
import { parseNpy } from '../../../../src/main/files/npz.ts'

interface Npy {
  readonly descr?: string
  readonly fortran?: boolean
  readonly shape: string
  readonly data: Uint8Array
  readonly version?: number
}

/** A file as NumPy lays it out. */
function npy({ descr = '<f4', fortran = false, shape, data, version = 1 }: Npy): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`
  const start = version === 1 ? 10 : 12
  const header = new TextEncoder().encode(
    text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1) + '\n'
  )
  const bytes = new Uint8Array(start + header.length + data.length)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
  const view = new DataView(bytes.buffer)
  if (version === 1) view.setUint16(8, header.length, true)
  else view.setUint32(8, header.length, true)
  bytes.set(header, start)
  bytes.set(data, start + header.length)
  return bytes
}

const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

test.each([
  ['<f8', Float64Array.of(0.1, -2)],
  ['<f4', Float32Array.of(0.1, -2)],
  ['<i4', Int32Array.of(1, -70000)],
  ['<i2', Int16Array.of(1, -300)],
  ['|i1', Int8Array.of(1, -3)],
  ['<u4', Uint32Array.of(1, 4e9)],
  ['<u2', Uint16Array.of(1, 65535)],
  ['|u1', Uint8Array.of(1, 255)],
  ['|b1', Uint8Array.of(1, 0)]
])('reads elements of type %s as they are', (descr, data) => {
  const array = parseNpy(npy({ descr, shape: '(2,)', data: bytesOf(data) }))
  expect(array).toEqual({ shape: [2], dtype: descr.slice(1), data })
})

test('widens halves to floats and 64-bit integers to doubles', () => {
  expect(parseNpy(npy({ descr: '<f2', shape: '(2,)', data: bytesOf(Uint16Array.of(0x3c00, 0xb800)) })).data).toEqual(
    Float32Array.of(1, -0.5)
  )
  const integers = npy({ descr: '<i8', shape: '(2,)', data: bytesOf(BigInt64Array.of(-3n, 2n ** 53n - 1n)) })
  expect(parseNpy(integers).data).toEqual(Float64Array.of(-3, 2 ** 53 - 1))
})

test.each([
  ['>f2', [0x3c, 0x00, 0xb8, 0x00], Float32Array.of(1, -0.5)],
  ['>f4', [0x3f, 0x80, 0, 0, 0xbf, 0, 0, 0], Float32Array.of(1, -0.5)],
  ['>u2', [1, 2, 0xff, 0xfe], Uint16Array.of(258, 65534)],
  ['>i8', [0, 0, 0, 0, 0, 0, 1, 2, 255, 255, 255, 255, 255, 255, 255, 254], Float64Array.of(258, -2)],
  ['>i1', [1, 254], Int8Array.of(1, -2)]
])('reads elements of type %s, whose bytes stand the other way round', (descr, bytes, data) => {
  const array = parseNpy(npy({ descr, shape: '(2,)', data: Uint8Array.from(bytes) }))
  expect(array).toEqual({ shape: [2], dtype: descr.slice(1), data })
})

test('gives column-major arrays in row-major order', () => {
  // [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]] as Fortran stores it
  const data = Uint8Array.of(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11)
  const array = parseNpy(npy({ descr: '|u1', fortran: true, shape: '(2, 3, 2)', data }))
  expect(array.shape).toEqual([2, 3, 2])
  expect([...array.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('reads scalars, empty arrays, longer headers and unaligned bytes', () => {
  const seven = bytesOf(Float32Array.of(7))
  expect(parseNpy(npy({ shape: '()', data: seven }))).toEqual({ shape: [], dtype: 'f4', data: Float32Array.of(7) })
  expect(parseNpy(npy({ shape: '(0, 3)', data: new Uint8Array(0) })).data).toEqual(new Float32Array(0))
  for (const version of [2, 3]) expect(parseNpy(npy({ version, shape: '(1,)', data: seven })).shape).toEqual([1])
  const file = npy({ shape: '(1,)', data: seven })
  const buffer = Buffer.concat([Buffer.from([0]), file]).subarray(1)
  expect(parseNpy(buffer).data).toEqual(Float32Array.of(7))
})

const four = new Uint8Array(4)

test.each([
  ['not in NumPy', new TextEncoder().encode('PK\x03\x04 something else')],
  ['not in NumPy', new Uint8Array(3)],
  ['format version 9', npy({ shape: '(1,)', data: four, version: 9 })],
  ['ends within its header', npy({ shape: '(1,)', data: four }).subarray(0, 40)],
  ['declares 2 numbers of 4 bytes, but 4 bytes follow', npy({ shape: '(2,)', data: four })],
  ['but 4 bytes follow', npy({ shape: '(9999999999, 9999999999)', data: four })],
  ['elements of type <c8', npy({ descr: '<c8', shape: '(1,)', data: new Uint8Array(8) })],
  ['elements of type |O', npy({ descr: '|O', shape: '(1,)', data: four })],
  ['elements of type <toString', npy({ descr: '<toString', shape: '(1,)', data: four })],
  ['records or objects', npy({ descr: "', [('x', '<f4')], '", shape: '(1,)', data: four })],
  ['too large to be kept exactly', npy({ descr: '<u8', shape: '(1,)', data: bytesOf(BigUint64Array.of(2n ** 60n)) })]
])('refuses what it cannot read: %s', (reason, bytes) => {
  expect(() => parseNpy(bytes, 'cells.npy')).toThrow(reason)
  expect(() => parseNpy(bytes, 'cells.npy')).toThrow('cells.npy')
})
