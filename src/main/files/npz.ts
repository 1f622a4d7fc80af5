import { AppError, refuse } from '../../shared/errors.ts'
import { widenFloat16 } from '../../shared/float16.ts'
import { limits } from '../../shared/limits.ts'
import { type ZipPolicy } from './zip/policy.ts'
import { ZipReader } from './zip/reader.ts'

export type NpyData =
  Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array

/** A NumPy array. 16-bit floats are widened to 32, 64-bit integers become exact doubles, booleans become 0 and 1. */
export interface NpyArray {
  /** [] for a scalar. */
  readonly shape: readonly number[]
  /** The element type as the file names it, without its byte order: `f4`, `i8`, `b1`. */
  readonly dtype: string
  /** In C order (last axis fastest), whatever the file's order was. */
  readonly data: NpyData
}

/**
 * Reads the arrays of a NumPy archive (`numpy.savez`, `numpy.savez_compressed`), keyed by their names without `.npy`.
 *
 * Sizes come from the central directory, because NumPy writes placeholders into the local headers. A size that is
 * declared is checked against the compressed bytes before any memory is taken for it.
 *
 * @param wanted the arrays to read; all of them when absent
 * @throws AppError of kind `input` for a damaged archive or an array that cannot be read, naming file and array
 */
export async function readNpz(path: string, wanted?: readonly string[]): Promise<Record<string, NpyArray>> {
  const arrays = new Map<string, NpyArray>()
  const zip = await ZipReader.open(path, npzPolicy)
  try {
    for (const entry of zip.entries) {
      const name = entry.name.replace(/\.npy$/, '')
      if (name === entry.name || (wanted !== undefined && !wanted.includes(name))) continue
      arrays.set(name, parseNpy(await zip.read(entry), `${path}, array ${name}`))
    }
  } catch (thrown) {
    throw asRefusal(thrown, path)
  } finally {
    zip.close()
  }
  const missing = wanted?.find((name) => !arrays.has(name))
  if (missing !== undefined) throw refuse(`${path} holds no array named ${missing}.`, { file: path })
  return Object.fromEntries(arrays)
}

/**
 * Reads one `.npy` file (NumPy format versions 1 to 3).
 *
 * @param source what to call these bytes in an error
 */
export function parseNpy(bytes: Uint8Array, source = 'The NumPy array'): NpyArray {
  const { header, dataStart } = splitHeader(bytes, source)
  const { descriptor, fortranOrder, shape } = parseHeader(header, source)
  const { dtype, itemBytes, toNumbers } = elementType(descriptor, source)

  const count = shape.reduce((product, size) => product * size, 1)
  const present = bytes.byteLength - dataStart
  if (!Number.isSafeInteger(count) || count * itemBytes !== present) {
    throw refuse(
      `${source}: the header declares ${count} numbers of ${itemBytes} bytes, but ${present} bytes follow it.`
    )
  }
  // A copy, because numbers have to be aligned; slice would not copy if the bytes are a Buffer.
  const data = toNumbers(new Uint8Array(bytes.subarray(dataStart)).buffer, source)
  return { shape, dtype, data: fortranOrder && shape.length > 1 ? toRowMajor(data, shape) : data }
}

/** Arrays of any size, as far as their bytes are there. */
export const npzPolicy: ZipPolicy = {
  what: 'NumPy archive',
  verdict: 'cannot be read as a NumPy archive',
  next: 'The archive is damaged or of another kind: download or save it again.',
  entries: limits.npz.entries,
  entryBytes: Infinity,
  totalBytes: Infinity,
  nameProblem: () => undefined // a name is that of an array, `w:conv.weight` too, and never becomes part of a path
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // "\x93NUMPY"

export function splitHeader(bytes: Uint8Array, source: string): { header: string; dataStart: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw refuse(`${source} is not in NumPy's npy format.`)
  }
  const version = view.getUint8(6)
  if (version < 1 || version > 3) throw refuse(`${source} has npy format version ${version}; 1 to 3 are read.`)
  const headerStart = version === 1 ? 10 : 12
  const dataStart = headerStart + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  if (dataStart > bytes.byteLength) throw refuse(`${source} ends within its header.`)
  return { header: new TextDecoder().decode(bytes.subarray(headerStart, dataStart)), dataStart }
}

export function parseHeader(header: string, source: string) {
  const descriptor = /'descr':\s*'([^']+)'/.exec(header)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1]
  const shape = /'shape':\s*\(([\d\s,L]*)\)/.exec(header)?.[1]
  if (descriptor === undefined || order === undefined || shape === undefined) {
    throw refuse(`${source} holds records or objects; only plain arrays of numbers are read.`)
  }
  const sizes = shape.split(',').filter((size) => size.trim() !== '')
  return { descriptor, fortranOrder: order === 'True', shape: sizes.map((size) => Number.parseInt(size, 10)) }
}

export function elementType(descriptor: string, source: string) {
  const dtype = descriptor.slice(1)
  const decode = /^[<|=>]/.test(descriptor) ? decoders.get(dtype) : undefined
  if (decode === undefined) {
    throw refuse(`${source} has elements of type ${descriptor}; floats, integers and booleans are read.`)
  }
  const itemBytes = Number(dtype.slice(1))
  const isBigEndian = descriptor.startsWith('>')
  const toNumbers: Decoder = (buffer, name) => {
    if (isBigEndian) reverseItems(buffer, itemBytes)
    return decode(buffer, name)
  }
  return { dtype, itemBytes, toNumbers }
}

/** The other order of bytes, in place. */
function reverseItems(buffer: ArrayBuffer, itemBytes: number): void {
  const bytes = Buffer.from(buffer)
  if (itemBytes === 2) bytes.swap16()
  if (itemBytes === 4) bytes.swap32()
  if (itemBytes === 8) bytes.swap64()
}

type Decoder = (buffer: ArrayBuffer, source: string) => NpyData

const decoders = new Map<string, Decoder>([
  ['f2', (buffer) => widenFloat16(new Uint16Array(buffer))],
  ['f4', (buffer) => new Float32Array(buffer)],
  ['f8', (buffer) => new Float64Array(buffer)],
  ['i1', (buffer) => new Int8Array(buffer)],
  ['i2', (buffer) => new Int16Array(buffer)],
  ['i4', (buffer) => new Int32Array(buffer)],
  ['i8', (buffer, source) => exactDoubles(new BigInt64Array(buffer), source)],
  ['u1', (buffer) => new Uint8Array(buffer)],
  ['u2', (buffer) => new Uint16Array(buffer)],
  ['u4', (buffer) => new Uint32Array(buffer)],
  ['u8', (buffer, source) => exactDoubles(new BigUint64Array(buffer), source)],
  ['b1', (buffer) => new Uint8Array(buffer)]
])

function exactDoubles(integers: BigInt64Array | BigUint64Array, source: string): Float64Array {
  const doubles = Float64Array.from(integers, Number)
  const lost = doubles.findIndex((value) => !Number.isSafeInteger(value))
  if (lost >= 0) throw refuse(`${source} holds ${String(integers[lost])}, too large to be kept exactly.`)
  return doubles
}

/** Column-major (first axis fastest) → row-major. */
function toRowMajor(columnMajor: NpyData, shape: readonly number[]): NpyData {
  const rowMajor = columnMajor.slice()
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1))
  const index = shape.map(() => 0)
  for (let i = 0; i < rowMajor.length; i++) {
    let source = 0
    for (const [axis, stride] of strides.entries()) source += (index[axis] ?? 0) * stride
    rowMajor[i] = columnMajor[source] ?? 0
    advance(index, shape)
  }
  return rowMajor
}

/** Steps to the next index of a row-major walk. */
function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const next = (index[axis] ?? 0) + 1
    if (next < (shape[axis] ?? 0)) {
      index[axis] = next
      return
    }
    index[axis] = 0
  }
}

/** What is said of an array names its file and what can be done. */
export function asRefusal(thrown: unknown, path: string): unknown {
  return thrown instanceof AppError && thrown.kind === 'input' ? completed(thrown, path) : thrown
}

function completed(refusal: AppError, path: string): AppError {
  const next = refusal.next ?? 'Save its arrays again with numpy.savez_compressed, as plain numbers.'
  return refuse(refusal.message, { file: refusal.file ?? path, next, cause: refusal })
}
