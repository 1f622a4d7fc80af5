import { type Buffers } from './buffers.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { activate, passGate, sumMiddle, type LeakySettings } from './loops/activation.ts'
import { filteredSize, filterImages, upsampleImages, type FilterSettings, type ImageShape } from './loops/fir.ts'

/**
 * Registers our own operations (activation.ts, resample.ts) for a backend whose numbers JavaScript can reach. One pass
 * over the numbers is faster than the many small operations of tfjs that would do the same.
 */
export function registerLoopKernels<Backend>(backendName: string, buffers: Buffers<Backend>): void {
  registerActivation(backendName, buffers)
  registerFilters(backendName, buffers)
}

function registerActivation<Backend>(backendName: string, { allocate, view }: Buffers<Backend>): void {
  replaceKernel('BiasLeakyRelu', backendName, (call: KernelCall<'x' | 'bias', LeakySettings, Backend>) => {
    const { inputs, attrs, backend } = call
    const y = allocate(backend, inputs.x.shape)
    activate(view(backend, inputs.x), view(backend, inputs.bias), attrs, view(backend, y))
    return y
  })
  replaceKernel('LeakyReluGate', backendName, (call: KernelCall<'dy' | 'y', LeakySettings, Backend>) => {
    const { inputs, attrs, backend } = call
    const dx = allocate(backend, inputs.dy.shape)
    passGate(view(backend, inputs.dy), view(backend, inputs.y), attrs, view(backend, dx))
    return dx
  })
  replaceKernel('SumToChannels', backendName, ({ inputs, backend }: KernelCall<'x', unknown, Backend>) => {
    const channels = inputs.x.shape.at(-1) ?? 1
    const sums = allocate(backend, [channels])
    const x = view(backend, inputs.x)
    sumMiddle(x, [1, x.length / channels, channels], view(backend, sums))
    return sums
  })
}

function registerFilters<Backend>(backendName: string, { allocate, view }: Buffers<Backend>): void {
  replaceKernel('FirUpsample', backendName, (call: KernelCall<'x', { readonly gain: number }, Backend>) => {
    const { inputs, attrs, backend } = call
    const shape = imageShape(inputs.x.shape)
    const y = allocate(backend, [shape.batch, 2 * shape.height, 2 * shape.width, shape.channels])
    upsampleImages(view(backend, inputs.x), shape, attrs.gain, view(backend, y))
    return y
  })
  replaceKernel('FirFilter', backendName, (call: KernelCall<'x', FilterSettings, Backend>) => {
    const { inputs, attrs, backend } = call
    const shape = imageShape(inputs.x.shape)
    const { batch, height, width, channels } = shape
    const y = allocate(backend, [batch, filteredSize(height, attrs), filteredSize(width, attrs), channels])
    filterImages(view(backend, inputs.x), shape, attrs, view(backend, y))
    return y
  })
}

/** The sizes of images [N, H, W, C]. */
export function imageShape(shape: number[]): ImageShape {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape
  return { batch, height, width, channels }
}
