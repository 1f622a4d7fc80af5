import koffi, { type LibraryHandle } from 'koffi'

/** An address in TensorFlow's memory; null where TensorFlow says so. */
export type Pointer = unknown

type Call = (...values: unknown[]) => unknown
type NumberCall = (...values: unknown[]) => number
type TextCall = (...values: unknown[]) => string

/** TensorFlow's C interface (c_api.h and eager/c_api.h, unchanged since 2.0), as far as kernels need it. */
export interface TensorFlowFunctions {
  readonly version: TextCall

  readonly newStatus: Call
  readonly code: NumberCall
  readonly message: TextCall

  readonly newContextOptions: Call
  readonly setConfig: Call
  readonly setAsync: Call
  readonly deleteContextOptions: Call
  readonly newContext: Call
  readonly executorOf: Call
  readonly waitForAll: Call
  readonly clearError: Call
  readonly deleteExecutor: Call
  readonly listDevices: Call
  readonly deviceCount: NumberCall
  readonly deviceType: TextCall
  readonly deviceName: TextCall
  readonly deleteDeviceList: Call

  readonly allocateTensor: Call
  readonly tensorData: Call
  readonly tensorBytes: NumberCall
  readonly deleteTensor: Call

  readonly newHandle: Call
  readonly deleteHandle: Call
  readonly resolveHandle: Call
  readonly copyToDevice: Call
  readonly handleType: NumberCall
  readonly handleRank: NumberCall
  readonly handleSize: NumberCall

  readonly newOp: Call
  readonly deleteOp: Call
  readonly addInput: Call
  readonly execute: Call

  readonly setType: Call
  readonly setInt: Call
  readonly setInts: Call
  readonly setFloat: Call
  readonly setFloats: Call
  readonly setBool: Call
  readonly setBools: Call
  readonly setString: Call
  readonly setShape: Call

  /** memcpy of the C library. */
  readonly copy: Call
}

/** The names of the two libraries, and of the C library, on this platform: Python's wheels and the C package differ. */
const names =
  process.platform === 'darwin'
    ? {
        framework: 'libtensorflow_framework.2.dylib',
        kernels: ['libtensorflow_cc.2.dylib', 'libtensorflow.2.dylib'],
        system: '/usr/lib/libSystem.B.dylib'
      }
    : {
        framework: 'libtensorflow_framework.so.2',
        kernels: ['libtensorflow_cc.so.2', 'libtensorflow.so.2'],
        system: 'libc.so.6'
      }

/** RTLD_NOW and RTLD_NODELETE of dlfcn.h. */
const keepLoaded = process.platform === 'darwin' ? 0x82 : 0x1002

/** Opens TensorFlow's libraries in `folder`. Throws what the dynamic loader says when they cannot be opened. */
export function bindTensorFlow(folder: string): TensorFlowFunctions {
  koffi.load(`${folder}/${names.framework}`, { global: true }) // the kernels find its symbols by name
  const library = loadFirst(names.kernels.map((name) => `${folder}/${name}`))
  const system = koffi.load(names.system)

  // koffi reads the signature at run time: these three say what it promises.
  const call = (signature: string) => library.func(signature) as Call
  const number = (signature: string) => library.func(signature) as NumberCall
  const text = (signature: string) => library.func(signature) as TextCall
  const attribute = (kind: string, value: string) =>
    call(`void TFE_OpSetAttr${kind}(void* op, const void* name, ${value})`)

  return {
    version: text('str TF_Version()'),

    newStatus: call('void* TF_NewStatus()'),
    code: number('int TF_GetCode(void* status)'),
    message: text('str TF_Message(void* status)'),

    newContextOptions: call('void* TFE_NewContextOptions()'),
    setConfig: call('void TFE_ContextOptionsSetConfig(void* options, const void* config, size_t bytes, void* status)'),
    setAsync: call('void TFE_ContextOptionsSetAsync(void* options, uchar enable)'),
    deleteContextOptions: call('void TFE_DeleteContextOptions(void* options)'),
    newContext: call('void* TFE_NewContext(void* options, void* status)'),
    executorOf: call('void* TFE_ContextGetExecutorForThread(void* context)'),
    waitForAll: call('void TFE_ExecutorWaitForAllPendingNodes(void* executor, void* status)'),
    clearError: call('void TFE_ExecutorClearError(void* executor)'),
    deleteExecutor: call('void TFE_DeleteExecutor(void* executor)'),
    listDevices: call('void* TFE_ContextListDevices(void* context, void* status)'),
    deviceCount: number('int TF_DeviceListCount(void* list)'),
    deviceType: text('str TF_DeviceListType(void* list, int index, void* status)'),
    deviceName: text('str TF_DeviceListName(void* list, int index, void* status)'),
    deleteDeviceList: call('void TF_DeleteDeviceList(void* list)'),

    allocateTensor: call('void* TF_AllocateTensor(int type, const int64_t* dims, int rank, size_t bytes)'),
    tensorData: call('void* TF_TensorData(void* tensor)'),
    tensorBytes: number('size_t TF_TensorByteSize(void* tensor)'),
    deleteTensor: call('void TF_DeleteTensor(void* tensor)'),

    newHandle: call('void* TFE_NewTensorHandle(void* tensor, void* status)'),
    deleteHandle: call('void TFE_DeleteTensorHandle(void* handle)'),
    resolveHandle: call('void* TFE_TensorHandleResolve(void* handle, void* status)'),
    copyToDevice: call('void* TFE_TensorHandleCopyToDevice(void* handle, void* context, str device, void* status)'),
    handleType: number('int TFE_TensorHandleDataType(void* handle)'),
    handleRank: number('int TFE_TensorHandleNumDims(void* handle, void* status)'),
    handleSize: number('int64_t TFE_TensorHandleDim(void* handle, int axis, void* status)'),

    newOp: call('void* TFE_NewOp(void* context, const void* name, void* status)'),
    deleteOp: call('void TFE_DeleteOp(void* op)'),
    addInput: call('void TFE_OpAddInput(void* op, void* handle, void* status)'),
    execute: call('void TFE_Execute(void* op, _Out_ void** outputs, _Inout_ int* count, void* status)'),

    setType: attribute('Type', 'int value'),
    setInt: attribute('Int', 'int64_t value'),
    setInts: attribute('IntList', 'const int64_t* values, int count'),
    setFloat: attribute('Float', 'float value'),
    setFloats: attribute('FloatList', 'const float* values, int count'),
    setBool: attribute('Bool', 'uchar value'),
    setBools: attribute('BoolList', 'const uchar* values, int count'),
    setString: attribute('String', 'const void* value, size_t length'),
    setShape: attribute('Shape', 'const int64_t* dims, int rank, void* status'),

    copy: system.func('void* memcpy(void* to, const void* from, size_t bytes)') as Call
  }
}

/**
 * Opens the first of these libraries that can be, and keeps it until the process is gone: when Node ends, koffi would
 * close it under TensorFlow's threads, and the process would end by a segmentation fault.
 *
 * Throws what the loader says about the first library when none can be opened.
 */
function loadFirst([file = '', ...others]: readonly string[]): LibraryHandle {
  const keep = koffi.load(null).func('void* dlopen(str file, int flags)') as Call
  const open = (path: string): LibraryHandle => {
    const library = koffi.load(path)
    keep(path, keepLoaded)
    return library
  }
  try {
    return open(file)
  } catch (thrown) {
    for (const other of others) {
      try {
        return open(other)
      } catch {
        // what is wrong with the expected one matters more
      }
    }
    throw thrown
  }
}

/** Gives texts an address that stays: TensorFlow keeps the pointers to attribute names beyond the call. */
export function createNamePool(): (name: string) => Pointer {
  const pool = new Map<string, Pointer>()
  return (name) => {
    let address = pool.get(name)
    if (address === undefined) {
      address = koffi.alloc('char', name.length + 1)
      koffi.encode(address, 'char', name, name.length + 1)
      pool.set(name, address)
    }
    return address
  }
}
