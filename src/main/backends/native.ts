import { createRequire } from 'node:module'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { registerNativeKernels } from './native-kernels.ts'
import { TensorFlowLibrary } from './tensorflow-library.ts'

/** The name under which tfjs-node registers its kernels. */
export const nativeBackendName = 'tensorflow'

interface KernelBackendModule {
  readonly NodeJSKernelBackend: new (library: TensorFlowLibrary, name: string) => tf.KernelBackend
}

/**
 * Registers tfjs-node-gpu's kernels over TensorFlow's own library in `folder`.
 *
 * The package's index is never loaded: it insists on a download of TensorFlow 2.9.1 and on a compiled addon that newer
 * Node refuses. Throws what the dynamic loader says when the library cannot be opened.
 */
export function registerNative(folder: string, allowGpu: boolean): TensorFlowLibrary {
  restoreLegacyUtilities()
  const library = new TensorFlowLibrary(folder, allowGpu)
  const load = createRequire(import.meta.url)
  const name = '@tensorflow/tfjs-node-gpu'
  const kernels = load(`${name}/dist/nodejs_kernel_backend.js`) as KernelBackendModule // the package's one export we use
  load(`${name}/dist/register_all_kernels.js`)
  registerNativeKernels(nativeBackendName)
  tf.registerBackend(nativeBackendName, () => new kernels.NodeJSKernelBackend(library, name))
  return library
}

/** tfjs-node 4.22 calls two functions that newer Node has removed or warns of. */
function restoreLegacyUtilities(): void {
  const legacy = util as unknown as Record<string, unknown> // the removed names are not in its type any more
  legacy['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined
  legacy['isArray'] = Array.isArray
}
