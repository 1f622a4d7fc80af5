import * as tf from '@tensorflow/tfjs'
import { BufferPool, type BufferSource } from './webgpu-buffers.ts'
import { findAdapter, noAdapter, WebgpuDevice, type Gpu } from './webgpu-device.ts'
import { registerWebgpuKernels } from './webgpu-kernels.ts'

interface WebgpuModule {
  readonly WebGPUBackend: new (device: BufferSource, info: object) => PackageBackend
}

/** What we change in tfjs's backend. */
interface PackageBackend extends tf.KernelBackend {
  bufferManager: BufferPool
  read: (dataId: object) => Promise<tf.backend_util.BackendValues>
}

let opened: Promise<WebgpuDevice> | undefined

/**
 * Registers tfjs's WebGPU backend over Dawn, which brings WebGPU to Node, with our kernels.
 *
 * @returns the graphics card
 * @throws AppError 'input' when there is none
 */
export function startWebgpu(): Promise<WebgpuDevice> {
  opened ??= open()
  opened.catch(() => (opened = undefined))
  return opened
}

async function open(): Promise<WebgpuDevice> {
  const device = await WebgpuDevice.open(await findAdapter(await startDawn()))
  const webgpu = (await import('@tensorflow/tfjs-backend-webgpu')) as unknown as WebgpuModule // its types need a browser's
  // tfjs would compute small tensors on the processor until they have been on the card: a run that was resumed, whose
  // numbers come from a file, would differ from one that was not in the last digits.
  tf.env().set('WEBGPU_CPU_FORWARD', false)
  tf.removeBackend('webgpu') // the package registers one that opens the card without listening to it
  tf.registerBackend('webgpu', () => {
    const backend = new webgpu.WebGPUBackend(device.device, device.info)
    backend.bufferManager = new BufferPool(device.device)
    checkReads(backend, device)
    return backend
  })
  registerWebgpuKernels()
  return device
}

/** tfjs looks for WebGPU where browsers have it. */
async function startDawn(): Promise<Gpu> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create([]) as unknown as Gpu // its types need a browser's
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
    return gpu
  } catch (cause) {
    throw noAdapter(cause) // no binary for this platform
  }
}

/** No result leaves the card after something went wrong on it. */
function checkReads(backend: PackageBackend, device: WebgpuDevice): void {
  const read = backend.read.bind(backend)
  backend.read = async (dataId) => {
    try {
      const values = await read(dataId)
      device.check()
      return values
    } catch (thrown) {
      await new Promise((resolve) => setImmediate(resolve)) // the reason may still be on its way
      device.check()
      throw thrown
    }
  }
}
