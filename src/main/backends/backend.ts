import * as tf from '@tensorflow/tfjs'
import { AppError, refuse } from '../../shared/errors.ts'
import { type Remedy } from '../../shared/remedies.ts'
import { nativeBackendName, registerNative } from './native.ts'
import { type TensorFlowLibrary } from './tensorflow-library.ts'
import { startWasm as startWasmBackend } from './wasm.ts'
import { startWebgpu as startWebgpuBackend } from './webgpu.ts'
import { leanBackend, registerLeanEngine } from './lean-engine.ts'
import { registerLeanGradients } from './derivatives/lean-gradients.ts'
import { registerSecondDerivatives } from './derivatives/second-derivatives.ts'

/** What computes. */
export type BackendName = 'native-gpu' | 'native-cpu' | 'webgpu' | 'wasm' | 'cpu'
export type BackendRequest = BackendName | 'auto'

export interface BackendOptions {
  /** The folder of a verified native pack, if there is one. */
  readonly nativeFolder?: string | undefined
  /** Where the .wasm files are, if not beside tfjs's own code; ends in a slash. */
  readonly wasmFolder?: string | undefined
}

/** The backend in use. There is one per process. */
export interface Backend {
  readonly name: BackendName
  /** The library behind it, with its version. */
  readonly library: string
  readonly device: string
  readonly threads: number
}

const waysToGetNative: readonly Remedy[] = [
  { action: 'install-engine', engine: 'native-cpu' },
  { action: 'choose-engine', engine: 'wasm' }
]

/** TensorFlow's library can be opened once per process. */
let opened: { readonly folder: string; readonly library: TensorFlowLibrary } | undefined

/**
 * Makes the wanted backend the one that tfjs computes with. `auto` takes native TensorFlow where its pack is present
 * and WebAssembly elsewhere.
 *
 * @throws AppError 'input' when the wanted backend is not there or cannot start, with what to do about it
 */
export async function chooseBackend(request: BackendRequest, options: BackendOptions = {}): Promise<Backend> {
  tf.enableProdMode() // without it, plain JavaScript greets the user with an advertisement
  registerSecondDerivatives()
  registerLeanGradients()
  registerLeanEngine()
  const backend = await start(request, options)
  leanBackend()
  return backend
}

async function start(request: BackendRequest, options: BackendOptions): Promise<Backend> {
  switch (request) {
    case 'auto':
      return options.nativeFolder === undefined ? startWasm(options.wasmFolder) : startNative(options.nativeFolder)
    case 'native-gpu':
    case 'native-cpu':
      if (options.nativeFolder === undefined) throw refuse(notInstalled, { remedies: waysToGetNative })
      return startNative(options.nativeFolder, request)
    case 'webgpu':
      return startWebgpu()
    case 'wasm':
      return startWasm(options.wasmFolder)
    case 'cpu':
      await tf.setBackend('cpu')
      return { name: 'cpu', library: `TensorFlow.js ${tf.version_core}`, device: processor(), threads: 1 }
  }
}

const notInstalled = "TensorFlow's own library is not installed on this computer."

/** Without a wish, the graphics card is used where the library finds one. */
async function startNative(folder: string, wanted?: 'native-gpu' | 'native-cpu'): Promise<Backend> {
  const library = openNative(folder, wanted !== 'native-cpu')
  const name = library.isUsingGpuDevice() ? 'native-gpu' : 'native-cpu'
  if (wanted !== undefined && wanted !== name) {
    throw refuse(otherDevice(wanted), { remedies: [{ action: 'choose-engine', engine: 'auto' }] })
  }
  await tf.setBackend(nativeBackendName)
  return {
    name,
    library: `TensorFlow ${library.TF_Version}`,
    device: library.gpu ?? processor(),
    threads: wantedThreads()
  }
}

function openNative(folder: string, allowGpu: boolean): TensorFlowLibrary {
  if (opened?.folder === folder) return opened.library
  try {
    opened = { folder, library: registerNative(folder, allowGpu) }
    return opened.library
  } catch (cause) {
    throw new AppError(
      'input',
      "TensorFlow's library could not be opened: it is damaged, or made for another system.",
      {
        file: folder,
        remedies: [
          { action: 'install-engine', engine: allowGpu ? 'native-gpu' : 'native-cpu', again: true },
          { action: 'choose-engine', engine: 'wasm' }
        ],
        cause
      }
    )
  }
}

async function startWasm(folder: string | undefined): Promise<Backend> {
  const threads = await startWasmBackend(folder, wantedThreads())
  await tf.setBackend('wasm')
  return { name: 'wasm', library: `TensorFlow.js WebAssembly ${tf.version_core}`, device: processor(), threads }
}

async function startWebgpu(): Promise<Backend> {
  const { name } = await startWebgpuBackend()
  await tf.setBackend('webgpu')
  return { name: 'webgpu', library: `TensorFlow.js WebGPU ${tf.version_core}`, device: name, threads: 1 }
}

function otherDevice(wanted: 'native-gpu' | 'native-cpu'): string {
  return wanted === 'native-gpu'
    ? "TensorFlow's library found no graphics card that it can use."
    : 'TensorFlow already computes on the graphics card in this process.'
}

/** What the parent process set (see `engineEnvironment`), else one for each processor. */
function wantedThreads(): number {
  return Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? navigator.hardwareConcurrency)
}

function processor(): string {
  return `processor (${process.arch})`
}
