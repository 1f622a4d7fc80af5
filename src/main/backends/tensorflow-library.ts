import { invariant } from '../../shared/errors.ts'
import { attributeTypes, createAttributeSetter, type Attribute, type AttributeSetter } from './tensorflow-attributes.ts'
import { type Result, ResultShapes } from './result-shapes.ts'
import { bindTensorFlow, createNamePool, type Pointer, type TensorFlowFunctions } from './tensorflow-functions.ts'

/** TensorFlow's numbers for element types, as in tf_datatype.h. */
const types = {
  TF_FLOAT: 1,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  TF_RESOURCE: 20
} as const

/** A serialized ConfigProto with device_count = { "GPU": 0 }: TensorFlow then sees no graphics card. */
const withoutGpu = Uint8Array.of(0x0a, 0x07, 0x0a, 0x03, 0x47, 0x50, 0x55, 0x10, 0x00)

/** Frequent operations whose type attributes TensorFlow takes from their operands: each that is not set is a call less. */
const typedByOperands = new Set(
  (
    'Add AddV2 Sub Mul RealDiv Square Sqrt Rsqrt Neg LeakyRelu LeakyReluGrad BiasAddGrad BatchMatMulV2 Conv2D ' +
    'Conv2DBackpropInput Conv2DBackpropFilter DepthwiseConv2dNative Sum Mean Reshape Tile Transpose Slice'
  ).split(' ')
)

/** Tensors of at most so many values may become constants, and at most so many of them; sizes and axes are whole numbers. */
const constantLength = 8
const indexLength = 512
const mostConstants = 4096

type Values = Float32Array | Int32Array | Uint8Array | BigInt64Array

/** A tensor that an operation returned. */
interface Description {
  readonly id: number
  readonly shape: number[]
  readonly dtype: number
}

/**
 * What tfjs-node's compiled addon offers its kernels, spoken to TensorFlow's C interface directly.
 *
 * Follows the calls of tfjs_backend.cc (tfjs-node 4.22). Text tensors and saved models are left out: training has
 * neither. A tensor belongs to whoever received its id, until `deleteTensor`.
 */
export class TensorFlowLibrary {
  // tfjs-node's kernels read these names from the binding.
  readonly TF_FLOAT = types.TF_FLOAT
  readonly TF_INT32 = types.TF_INT32
  readonly TF_UINT8 = types.TF_UINT8
  readonly TF_STRING = types.TF_STRING
  readonly TF_COMPLEX64 = types.TF_COMPLEX64
  readonly TF_INT64 = types.TF_INT64
  readonly TF_BOOL = types.TF_BOOL
  readonly TF_RESOURCE = types.TF_RESOURCE
  readonly TF_ATTR_STRING = attributeTypes.TF_ATTR_STRING
  readonly TF_ATTR_INT = attributeTypes.TF_ATTR_INT
  readonly TF_ATTR_FLOAT = attributeTypes.TF_ATTR_FLOAT
  readonly TF_ATTR_BOOL = attributeTypes.TF_ATTR_BOOL
  readonly TF_ATTR_TYPE = attributeTypes.TF_ATTR_TYPE
  readonly TF_ATTR_SHAPE = attributeTypes.TF_ATTR_SHAPE
  readonly TF_ATTR_RESOURCE = attributeTypes.TF_ATTR_RESOURCE
  readonly TF_Version: string

  /** The graphics card that tensors are kept on, in TensorFlow's naming, if any. */
  readonly gpu: string | undefined

  readonly #c: TensorFlowFunctions
  readonly #status: Pointer
  readonly #context: Pointer
  readonly #setAttribute: AttributeSetter
  readonly #addressOf = createNamePool()
  readonly #handles = new Map<number, Pointer>()
  /** Ids of small tensors that are asked for again and again: shapes, axes, factors. They are never deleted. */
  readonly #constants = new Map<string, number>()
  readonly #constantIds = new Set<number>()
  /** The same of those with one value, by element type and rank. */
  readonly #scalars = new Map<number, Map<number, number>>()
  readonly #shapes = new ResultShapes()
  #nextId = 0

  /** Opens the libraries in `folder`; `allowGpu` false keeps everything on the processor. */
  constructor(folder: string, allowGpu: boolean) {
    this.#c = bindTensorFlow(folder)
    this.TF_Version = this.#c.version()
    this.#status = this.#c.newStatus()
    this.#context = this.#createContext(allowGpu)
    this.gpu = findGpu(this.#c, this.#context, this.#status)
    this.#setAttribute = createAttributeSetter(this.#c, this.#status)
  }

  isUsingGpuDevice(): boolean {
    return this.gpu !== undefined
  }

  getNumOfTensors(): number {
    return this.#handles.size
  }

  getNumOfSavedModels(): number {
    return 0
  }

  /** A tensor of these values, which are copied. Small ones are made once and shared. */
  createTensor(shape: number[], dtype: number, values: Values): number {
    // The text of a negative zero is that of zero.
    const most = values instanceof Int32Array ? indexLength : constantLength
    const isConstant = values.length <= most && !values.some((value) => Object.is(value, -0))
    if (!isConstant) return this.#createTensor(shape, dtype, values)
    return values.length === 1 ? this.#scalar(shape, dtype, values) : this.#constant(shape, dtype, values)
  }

  #scalar(shape: number[], dtype: number, values: Values): number {
    const value = Number(values[0])
    const kind = 32 * shape.length + dtype // there are fewer types
    const ofKind = this.#scalars.get(kind) ?? new Map<number, number>()
    const known = ofKind.get(value)
    if (known !== undefined) return known
    this.#scalars.set(kind, ofKind)
    const id = this.#constant(shape, dtype, values)
    if (this.#constantIds.has(id)) ofKind.set(value, id)
    return id
  }

  #constant(shape: number[], dtype: number, values: Values): number {
    const key = `${String(dtype)}:${shape.join()}:${values.join()}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const id = this.#createTensor(shape, dtype, values)
    if (this.#constants.size < mostConstants) {
      this.#constants.set(key, id)
      this.#constantIds.add(id)
      this.#shapes.name(id, { shape, dtype }, true)
    }
    return id
  }

  #createTensor(shape: number[], dtype: number, values: Values): number {
    const c = this.#c
    const tensor = c.allocateTensor(dtype, BigInt64Array.from(shape, BigInt), shape.length, values.byteLength)
    if (values.byteLength > 0) c.copy(c.tensorData(tensor), values, values.byteLength)
    const handle = c.newHandle(tensor, this.#status)
    this.#check()
    c.deleteTensor(tensor)

    // Kernels for the GPU expect whole numbers in main memory and everything else on the device.
    if (this.gpu === undefined || dtype === types.TF_INT32) return this.#keep(handle, { shape, dtype })
    const moved = c.copyToDevice(handle, this.#context, this.gpu, this.#status)
    this.#check()
    c.deleteHandle(handle)
    return this.#keep(moved, { shape, dtype })
  }

  deleteTensor(id: number): void {
    if (this.#constantIds.has(id)) return
    this.#c.deleteHandle(this.#handle(id))
    this.#handles.delete(id)
    this.#shapes.forget(id)
  }

  /** A copy of the values: Electron forbids array buffers over memory that V8 does not own. */
  tensorDataSync(id: number): Values {
    const c = this.#c
    const tensor = c.resolveHandle(this.#handle(id), this.#status)
    this.#check()
    const buffer = new ArrayBuffer(c.tensorBytes(tensor))
    if (buffer.byteLength > 0) c.copy(new Uint8Array(buffer), c.tensorData(tensor), buffer.byteLength)
    c.deleteTensor(tensor)
    return viewOf(buffer, c.handleType(this.#handle(id)))
  }

  /**
   * Has TensorFlow run one operation after those before it; on the processor it does so beside us, and only to read values is to wait
   * (docs/decisions/0012). Throws TensorFlow's own message when it refuses this operation or failed at an earlier one.
   */
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Description[] {
    const c = this.#c
    const op = c.newOp(this.#context, this.#addressOf(name), this.#status)
    if (op === null) this.#check()
    const tellsTypes = typedByOperands.has(name)
    try {
      for (const id of inputs) c.addInput(op, this.#handle(id), this.#status)
      for (const attribute of attributes) {
        if (tellsTypes && attribute.type === attributeTypes.TF_ATTR_TYPE) continue
        this.#setAttribute(op, attribute)
      }
      const results = new Array<Pointer>(outputs).fill(null)
      c.execute(op, results, [outputs], this.#status)
      this.#check()
      return this.#describe(results, this.#shapes.keyOf(name, attributes, inputs))
    } finally {
      c.deleteOp(op)
    }
  }

  #createContext(allowGpu: boolean): Pointer {
    const options = this.#c.newContextOptions()
    if (!allowGpu) this.#c.setConfig(options, withoutGpu, withoutGpu.length, this.#status)
    this.#check()
    // A graphics card computes beside its caller by itself; on the processor TensorFlow needs a thread of its own for it.
    if (!allowGpu) this.#c.setAsync(options, 1)
    const context = this.#c.newContext(options, this.#status)
    this.#check()
    this.#c.deleteContextOptions(options)
    return context
  }

  /** Errors of operations come with a later call, for they run behind; what was queued after them is dropped. */
  #check(): void {
    const c = this.#c
    if (c.code(this.#status) === 0) return
    const error = new Error(`TensorFlow: ${c.message(this.#status)}`)
    const executor = c.executorOf(this.#context)
    c.waitForAll(executor, this.#status) // what is queued still would fail after the error is cleared
    c.clearError(executor)
    c.deleteExecutor(executor)
    throw error
  }

  #keep(handle: Pointer, result: Result): number {
    this.#handles.set(this.#nextId, handle)
    this.#shapes.name(this.#nextId, result, false)
    return this.#nextId++
  }

  #handle(id: number): Pointer {
    const handle = this.#handles.get(id)
    invariant(handle !== undefined, `tensor ${String(id)} is alive`)
    return handle
  }

  /** What the handles hold; `key` names calls with results of the same shapes. */
  #describe(handles: readonly Pointer[], key: string | undefined): Description[] {
    let results = key === undefined ? undefined : this.#shapes.of(key)
    if (!results) {
      results = handles.map((handle) => this.#ask(handle))
      if (key !== undefined) this.#shapes.keep(key, results)
    }
    return results.map(({ shape, dtype }, i) => ({
      id: this.#keep(handles[i], { shape, dtype }),
      shape: [...shape],
      dtype
    }))
  }

  #ask(handle: Pointer): Result {
    const rank = this.#c.handleRank(handle, this.#status)
    this.#check()
    const shape = Array.from({ length: rank }, (_, axis) => this.#c.handleSize(handle, axis, this.#status))
    return { shape, dtype: this.#c.handleType(handle) }
  }
}

function findGpu(c: TensorFlowFunctions, context: Pointer, status: Pointer): string | undefined {
  const list = c.listDevices(context, status)
  const indices = Array.from({ length: c.deviceCount(list) }, (_, index) => index)
  const gpu = indices.find((index) => c.deviceType(list, index, status) === 'GPU')
  const name = gpu === undefined ? undefined : c.deviceName(list, gpu, status)
  c.deleteDeviceList(list)
  return name
}

function viewOf(buffer: ArrayBuffer, type: number): Values {
  switch (type) {
    case types.TF_FLOAT:
    case types.TF_COMPLEX64:
      return new Float32Array(buffer)
    case types.TF_INT32:
      return new Int32Array(buffer)
    case types.TF_INT64:
      return new BigInt64Array(buffer)
    case types.TF_BOOL:
    case types.TF_UINT8:
      return new Uint8Array(buffer)
    default:
      throw new Error(`Tensors of TensorFlow's type ${String(type)} cannot be read`)
  }
}
