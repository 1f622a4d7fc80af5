import * as tf from '@tensorflow/tfjs'

/** One call of a kernel: its tensors by name, its settings, and the backend it runs on. */
export interface KernelCall<Name extends string, Attributes, Backend> {
  readonly inputs: Record<Name, tf.TensorInfo>
  readonly attrs: Attributes
  readonly backend: Backend
}

/** Registers a kernel in the place of what tfjs brought along, if anything. */
export function replaceKernel<Name extends string, Attributes, Backend>(
  kernelName: string,
  backendName: string,
  compute: (call: KernelCall<Name, Attributes, Backend>) => tf.TensorInfo | tf.TensorInfo[]
): void {
  const known = tf.getKernelsForBackend(backendName).find((kernel) => kernel.kernelName === kernelName)
  if (known !== undefined) tf.unregisterKernel(kernelName, backendName)
  tf.registerKernel({
    // The replacement may call what it replaces, which then needs its preparation.
    ...(known?.setupFunc === undefined ? {} : { setupFunc: known.setupFunc }),
    kernelName,
    backendName,
    // tfjs hands every kernel the inputs and settings that its callers name, and the backend it is registered for.
    kernelFunc: (call) => compute(call as unknown as KernelCall<Name, Attributes, Backend>)
  })
}

/** A backend whose tensors may share their numbers. */
export interface SharingBackend {
  incRef: (dataId: object) => void
}

/** A cast to the type that a tensor has: tfjs 4.22 copies, and the derivative of each of its clones is such a cast. */
export function shareSameCasts(backendName: string): void {
  const { kernelFunc } = tf.getKernel('Cast', backendName)
  replaceKernel('Cast', backendName, (call: KernelCall<'x', { readonly dtype: string }, SharingBackend>) => {
    const { inputs, attrs, backend } = call
    if (inputs.x.dtype !== attrs.dtype) return kernelFunc({ ...call, attrs: { ...attrs } })
    backend.incRef(inputs.x.dataId) // tensors are never changed
    return { ...inputs.x }
  })
}
