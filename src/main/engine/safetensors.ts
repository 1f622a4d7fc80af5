import { type AppError, refuse } from '../../shared/errors.ts'
import { narrowToFloat16, widenFloat16 } from '../../shared/float16.ts'

/** Weights as they are kept in files: named, dense, row-major. */
export type TensorMap = Record<string, { readonly shape: number[]; readonly data: Float32Array }>

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: TensorMap
  /** Free text by key, as the format allows it. */
  readonly metadata: Record<string, string>
}

const bytesPerNumber = { F32: 4, F16: 2 }
type Dtype = keyof typeof bytesPerNumber

/** The format's own limit on the length of the header. */
const longestHeader = 100_000_000
const lengthBytes = 8

/**
 * Packs tensors into the safetensors format: the header's length (8 bytes, little-endian), a JSON header, the numbers.
 * Equal tensors in equal order give equal bytes.
 *
 * @param halved names of tensors to store as 16-bit floats, at half the size and three significant digits
 */
export function encodeSafetensors(
  tensors: TensorMap,
  metadata: Record<string, string> = {},
  halved: (name: string) => boolean = () => false
): Uint8Array {
  const named = Object.entries(tensors).map(([name, tensor]) => ({ name, ...tensor, half: halved(name) }))
  const ordered = [...named.filter(({ half }) => !half), ...named.filter(({ half }) => half)] // so that all are aligned

  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {}
  let size = 0
  for (const { name, shape, data, half } of ordered) {
    const dtype: Dtype = half ? 'F16' : 'F32'
    const end = size + data.length * bytesPerNumber[dtype]
    header[name] = { dtype, shape, data_offsets: [size, end] }
    size = end
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(text.length / 8) * 8

  const bytes = new Uint8Array(lengthBytes + headerBytes + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true)
  bytes.fill(0x20, lengthBytes, lengthBytes + headerBytes).set(text, lengthBytes)
  let position = lengthBytes + headerBytes
  for (const { data, half } of ordered) {
    const numbers = half ? narrowToFloat16(data) : data
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), position)
    position += numbers.byteLength
  }
  return bytes
}

/**
 * Unpacks a safetensors file with 32-bit and 16-bit floats (the latter are widened).
 *
 * Everything the header says is checked before it is used: its length, each type, that each tensor's numbers fit its
 * shape, and that the tensors fill the rest of the file without gap or overlap.
 *
 * @throws AppError of kind `input`
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes)
  const metadata = readMetadata(header['__metadata__'])
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)

  let filled = 0
  for (const { name, begin, end } of entries) {
    if (begin !== filled) throw damaged(`the numbers of ${name} overlap others or leave a gap`)
    filled = end
  }
  if (filled !== bytes.byteLength - dataStart) {
    throw damaged(`its tensors take ${filled} bytes, but ${bytes.byteLength - dataStart} follow the header`)
  }
  const tensors = entries.map(({ name, shape, dtype, begin, end }) => {
    // A copy, because numbers have to be aligned; slice would not copy if the bytes are a Buffer.
    const numbers = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)).buffer
    const data = dtype === 'F16' ? widenFloat16(new Uint16Array(numbers)) : new Float32Array(numbers)
    return [name, { shape, data }] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata }
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.byteLength < lengthBytes) throw damaged('it is shorter than 8 bytes')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > longestHeader || lengthBytes + length > bytes.byteLength) {
    throw damaged(`it declares a header of ${length} bytes, more than there are`)
  }
  const text = new TextDecoder().decode(bytes.subarray(lengthBytes, lengthBytes + length))
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (cause) {
    throw damaged('its header is not JSON', cause)
  }
  if (!isRecord(header)) throw damaged('its header is not a JSON object')
  return { header, dataStart: lengthBytes + length }
}

function readMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {}
  const isText = (pair: [string, unknown]): pair is [string, string] => typeof pair[1] === 'string'
  const pairs = isRecord(metadata) ? Object.entries(metadata) : [['', undefined] as [string, unknown]]
  if (!pairs.every(isText)) throw damaged('its metadata is not text')
  return Object.fromEntries(pairs)
}

function readEntry(name: string, entry: unknown) {
  if (!isRecord(entry)) throw damaged(`${name} is not described by an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (dtype !== 'F32' && dtype !== 'F16') {
    throw refuse(`The safetensors file holds ${name} as ${String(dtype)}; 32-bit and 16-bit floats are read.`, {
      next: 'Convert it to F32 first.'
    })
  }
  if (!isSizes(shape)) throw damaged(`${name} has no valid shape`)
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(`${name} has no valid offsets`)
  const [begin = 0, end = 0] = offsets
  const size = shape.reduce((product, length) => product * length, bytesPerNumber[dtype])
  if (end - begin !== size) throw damaged(`${name} needs ${size} bytes for its shape and has ${end - begin}`)
  return { name, dtype, shape, begin, end }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
}

function damaged(reason: string, cause?: unknown): AppError {
  return refuse(`This is not a valid safetensors file: ${reason}.`, {
    next: 'Download the file again, or save it again where it was made.',
    cause
  })
}
