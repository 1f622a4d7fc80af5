import { type AppError, refuse } from '../../shared/errors.ts'
import { widenFloat16 } from '../../shared/float16.ts'
import { limits } from '../../shared/limits.ts'
import { type TensorMap } from '../engine/safetensors.ts'
import {
  PickleDict,
  PickleGlobal,
  PickleObject,
  type PickleRules,
  PickleTuple,
  type PickleValue
} from './restricted-pickle.ts'

/** Numbers that lie outside of the pickle. */
export interface TorchStorage {
  readonly key: string
  readonly type: StorageType
  /** How many numbers. */
  readonly count: number
}

const bytesPerItem = {
  DoubleStorage: 8,
  FloatStorage: 4,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1
}
type StorageType = keyof typeof bytesPerItem

export function itemBytes(type: StorageType): number {
  return bytesPerItem[type]
}

/** A tensor as the pickle describes it: a window of a storage. */
interface TensorView {
  readonly storage: TorchStorage
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** The meaning of the few functions that a pickle of weights names. */
export class TorchTensors {
  readonly storages = new Map<string, TorchStorage>()
  readonly rules: PickleRules
  readonly #source: string

  constructor(source: string) {
    this.#source = source
    this.rules = {
      allows: (name) => rebuilders.has(name) || storageType(name) !== undefined,
      call: (name, args) => this.#rebuild(name, args),
      persistent: (id) => this.#storage(id)
    }
  }

  /**
   * The named tensors of real numbers, dense and in 32 bits.
   *
   * @param read the bytes of a storage, as many as it declares, where a typed array may begin
   */
  resolve(value: PickleValue, read: (storage: TorchStorage) => Uint8Array<ArrayBuffer>): TensorMap {
    if (!(value instanceof PickleDict)) throw this.#refusal('it holds something other than a dictionary of tensors')
    const tensors: TensorMap = {}
    let total = 0
    for (const [name, entry] of value.entries) {
      const view = entry instanceof PickleObject ? entry.value : undefined
      if (typeof name !== 'string' || !isView(view)) continue
      total += countOf(view.shape)
      if (total > limits.weights.numbers) throw this.#refusal('it describes more tensors than any weights read here')
      const data = floatsOf(view, read)
      if (data) tensors[name] = { shape: [...view.shape], data }
    }
    if (Object.keys(tensors).length === 0) throw this.#refusal('it holds no tensor by a name')
    return tensors
  }

  /** ('storage', type, key, device, count, …) */
  #storage(id: PickleValue): PickleValue {
    const [kind, type, key, , count, view] = id instanceof PickleTuple ? id.items : []
    const known = type instanceof PickleGlobal ? storageType(type.name) : undefined
    const isPlain = kind === 'storage' && typeof key === 'string' && isCount(count) && (view ?? null) === null
    if (known === undefined || !isPlain) throw this.#refusal('it keeps its numbers in a way that is not known here')
    const storage = { key, type: known, count }
    this.storages.set(key, storage)
    return new PickleObject(storage)
  }

  #rebuild(name: string, args: readonly PickleValue[]): PickleValue {
    if (name === 'torch._utils._rebuild_parameter') return args[0] ?? null // the tensor itself
    const view = toView(args)
    if (view === undefined) throw this.#refusal('it describes a tensor in a way that is not known here')
    if (lastIndex(view) >= view.storage.count || countOf(view.shape) > view.storage.count) {
      throw this.#refusal('a tensor is larger than the numbers it is made of')
    }
    return new PickleObject(view)
  }

  #refusal(reason: string): AppError {
    return refuse(`${this.#source} cannot be read as weights of PyTorch: ${reason}.`, {
      file: this.#source,
      next: 'It should be a dictionary of tensors, as torch.save(network.state_dict(), …) writes it.'
    })
  }
}

const rebuilders = new Set([
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter'
])

/** Of `torch.FloatStorage` and the like. */
function storageType(name: string): StorageType | undefined {
  const type = name.startsWith('torch.') ? name.slice('torch.'.length) : ''
  return Object.hasOwn(bytesPerItem, type) ? (type as StorageType) : undefined // the keys are the types
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** PyTorch's own limit. */
const mostAxes = 64

function countsOf(value: PickleValue | undefined): number[] | undefined {
  const items = value instanceof PickleTuple ? value.items : undefined
  return items !== undefined && items.length <= mostAxes && items.every(isCount) ? [...items] : undefined
}

/** (storage, offset, size, stride, …) */
function toView([object, offset, shape, strides]: readonly PickleValue[]): TensorView | undefined {
  const storage = object instanceof PickleObject ? object.value : undefined
  const [sizes, steps] = [countsOf(shape), countsOf(strides)]
  if (!isStorage(storage) || !isCount(offset) || sizes === undefined || steps?.length !== sizes.length) return undefined
  return { storage, offset, shape: sizes, strides: steps }
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'count' in value && 'key' in value
}

function isView(value: unknown): value is TensorView {
  return typeof value === 'object' && value !== null && 'strides' in value
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** −1 for a tensor without numbers. */
function lastIndex({ offset, shape, strides }: TensorView): number {
  if (shape.includes(0)) return -1
  return shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset)
}

/** Real numbers as 32-bit floats; undefined for other types. Only the window is read: many may share a large storage. */
function floatsOf(
  view: TensorView,
  read: (storage: TorchStorage) => Uint8Array<ArrayBuffer>
): Float32Array | undefined {
  const { type, count } = view.storage
  if (type !== 'FloatStorage' && type !== 'DoubleStorage' && type !== 'HalfStorage') return undefined
  const { buffer, byteOffset } = read(view.storage)
  const size = countOf(view.shape)
  if (type === 'HalfStorage') {
    return widenFloat16(gather(new Uint16Array(buffer, byteOffset, count), view, new Uint16Array(size)))
  }
  const numbers = new (type === 'FloatStorage' ? Float32Array : Float64Array)(buffer, byteOffset, count)
  return gather(numbers, view, new Float32Array(size))
}

/** Fills `result` with the numbers of a window in row-major order. */
function gather<Result extends Float32Array | Uint16Array>(
  numbers: Float32Array | Float64Array | Uint16Array,
  { offset, shape, strides }: TensorView,
  result: Result
): Result {
  const index = shape.map(() => 0)
  let at = offset
  for (let i = 0; i < result.length; i++) {
    result[i] = numbers[at] ?? NaN
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = strides[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next
        at += step
        break
      }
      at -= step * (index[axis] ?? 0)
      index[axis] = 0
    }
  }
  return result
}
