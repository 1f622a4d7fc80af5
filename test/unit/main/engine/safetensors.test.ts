import { expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors } from '../../../../src/main/engine/safetensors.ts'

const tensors = {
  'mapping.fc0.weight': { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-20, 4, 5, 0.1) },
  scalar: { shape: [], data: Float32Array.of(7) },
  empty: { shape: [0, 4], data: new Float32Array(0) }
}

/** A file with this header and this many bytes of numbers. */
function file(header: unknown, size: number, declared?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declared ?? text.length), true)
  bytes.set(text, 8)
  return bytes
}

test('gives back what was put in, to the last bit', () => {
  const back = decodeSafetensors(encodeSafetensors(tensors, { iteration: '12' }))
  expect(back.tensors).toEqual(tensors)
  expect(back.metadata).toEqual({ iteration: '12' })
})

test('stores chosen tensors in half the bytes, and aligns the others', () => {
  const three = {
    a: { shape: [3], data: Float32Array.of(1, 2, 3.0001) },
    b: { shape: [1], data: Float32Array.of(0.1) }
  }
  const bytes = encodeSafetensors(three, {}, (name) => name === 'a')
  expect(decodeSafetensors(bytes).tensors).toEqual({ ...three, a: { shape: [3], data: Float32Array.of(1, 2, 3) } })
  expect(new TextDecoder().decode(bytes)).toContain('"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}')
})

test('gives equal bytes for equal tensors', () => {
  expect(encodeSafetensors(tensors)).toEqual(encodeSafetensors(structuredClone(tensors)))
})

test('reads numbers that do not start on a multiple of four', () => {
  const encoded = encodeSafetensors(tensors)
  const shifted = new Uint8Array(encoded.length + 1)
  shifted.set(encoded, 1)
  expect(decodeSafetensors(shifted.subarray(1)).tensors).toEqual(tensors)
  expect(decodeSafetensors(Buffer.from(shifted.buffer, 1)).tensors).toEqual(tensors)
})

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end]
})

test.each([
  ['shorter than 8 bytes', new Uint8Array(5)],
  ['more than there are', file({ a: f32(0, 4) }, 4, 1000)],
  ['more than there are', file({ a: f32(0, 4) }, 4, 2 ** 60)],
  ['not JSON', file('{"a":', 4)],
  ['not a JSON object', file([1], 0)],
  ['not text', file({ __metadata__: { a: 1 } }, 0)],
  ['not text', file({ __metadata__: 'text' }, 0)],
  ['not described by an object', file({ a: 3 }, 0)],
  ['as I64', file({ a: { ...f32(0, 4), dtype: 'I64' } }, 4)],
  ['no valid shape', file({ a: { ...f32(0, 4), shape: [-1] } }, 4)],
  ['no valid shape', file({ a: { ...f32(0, 4), shape: 1 } }, 4)],
  ['no valid offsets', file({ a: { ...f32(0, 4), data_offsets: [0] } }, 4)],
  ['needs 8 bytes', file({ a: f32(0, 4, [2]) }, 4)],
  ['overlap others or leave a gap', file({ a: f32(0, 8), b: f32(4, 12) }, 12)],
  ['overlap others or leave a gap', file({ a: f32(0, 4), b: f32(8, 12) }, 12)],
  ['its tensors take 4 bytes', file({ a: f32(0, 4) }, 12)]
])('refuses a file that is damaged: %s', (reason, bytes) => {
  expect(() => decodeSafetensors(bytes)).toThrow(reason)
})

test('does not take a tensor named __proto__ for a property', () => {
  const back = decodeSafetensors(file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4))
  expect(Object.keys(back.tensors)).toEqual(['__proto__'])
})
