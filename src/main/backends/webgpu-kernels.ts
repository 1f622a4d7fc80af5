import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { registerEdgeKernels } from './edge-kernels.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { registerNormOperations } from './norm-kernels.ts'
import { imageShape } from './loop-kernels.ts'
import { type LeakySettings } from './loops/activation.ts'
import { filteredSize, type FilterSettings } from './loops/fir.ts'
import { registerWebgpuConvolutions } from './webgpu-convolution.ts'
import { elementSize, floats, integers, runElementwise, type WebgpuBackend } from './webgpu-program.ts'
import { sumRows } from './webgpu-sum.ts'

/** Tensors that one program may read: a graphics card must offer eight arrays, one of which is the result. */
const mostInputs = 7

/** Our own operations as WebGPU programs, and those of tfjs 4.22 that do not serve a training step. */
export function registerWebgpuKernels(): void {
  registerActivation()
  registerFilters()
  registerSums()
  registerNormOperations('webgpu')
  registerEdgeKernels('webgpu')
  registerWebgpuConvolutions()
}

function registerActivation(): void {
  replaceKernel('BiasLeakyRelu', 'webgpu', (call: KernelCall<'x' | 'bias', LeakySettings, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const channels = inputs.x.shape.at(-1) ?? 1
    const program = {
      name: 'biasLeakyRelu',
      shape: inputs.x.shape,
      inputs: ['x', 'bias'],
      channels,
      uniforms: {
        ...integers({ channels: channels / elementSize(channels) }),
        ...floats({ slope: attrs.slope, scale: attrs.scale })
      },
      code: `
        let z = uniforms.scale * (x[index] + bias[index % uniforms.channels]);
        let value = select(uniforms.slope * z, z, z >= T(0.0));`
    }
    return runElementwise(backend, program, [inputs.x, inputs.bias])
  })
  replaceKernel('LeakyReluGate', 'webgpu', (call: KernelCall<'dy' | 'y', LeakySettings, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const program = {
      name: 'leakyReluGate',
      shape: inputs.dy.shape,
      inputs: ['dy', 'y'],
      channels: inputs.dy.shape.at(-1) ?? 1,
      uniforms: floats({ above: attrs.scale, below: attrs.slope * attrs.scale }),
      code: `let value = dy[index] * select(T(uniforms.below), T(uniforms.above), y[index] > T(0.0));`
    }
    return runElementwise(backend, program, [inputs.dy, inputs.y])
  })
}

/** Where an element of the result lies: `image`, `row`, `column` and `channel`, from `index`. */
const position = `
  let channel = index % uniforms.channels;
  let pixel = index / uniforms.channels;
  let column = pixel % uniforms.columns;
  let row = (pixel / uniforms.columns) % uniforms.rows;
  let image = pixel / (uniforms.columns * uniforms.rows);`

function registerFilters(): void {
  replaceKernel('FirFilter', 'webgpu', (call: KernelCall<'x', FilterSettings, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const { batch, height, width, channels } = imageShape(inputs.x.shape)
    const [rows, columns] = [filteredSize(height, attrs), filteredSize(width, attrs)]
    const program = {
      name: 'firFilter',
      shape: [batch, rows, columns, channels],
      inputs: ['x'],
      channels,
      uniforms: {
        ...integers({ channels: channels / elementSize(channels), rows, columns, height, width }),
        ...integers({ stride: attrs.stride, padding: attrs.padding }),
        ...floats({ weight: attrs.gain / 64 })
      },
      code: filterCode
    }
    return runElementwise(backend, program, [inputs.x])
  })
  replaceKernel('FirUpsample', 'webgpu', (call: KernelCall<'x', { readonly gain: number }, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const { batch, height, width, channels } = imageShape(inputs.x.shape)
    const program = {
      name: 'firUpsample',
      shape: [batch, 2 * height, 2 * width, channels],
      inputs: ['x'],
      channels,
      uniforms: {
        ...integers({
          channels: channels / elementSize(channels),
          rows: 2 * height,
          columns: 2 * width,
          height,
          width
        }),
        ...floats({ weight: attrs.gain / 16 })
      },
      code: upsampleCode
    }
    return runElementwise(backend, program, [inputs.x])
  })
}

/** The sixteen pixels around one of the result, in the shares [1, 3, 3, 1]⊗[1, 3, 3, 1], zeros outside. */
const filterCode = `${position}
  var sum = T(0.0);
  for (var a = 0; a < 4; a++) {
    let h = row * uniforms.stride - uniforms.padding + a;
    if (h < 0 || h >= uniforms.height) { continue; }
    for (var b = 0; b < 4; b++) {
      let w = column * uniforms.stride - uniforms.padding + b;
      if (w < 0 || w >= uniforms.width) { continue; }
      let share = select(1.0, 3.0, a == 1 || a == 2) * select(1.0, 3.0, b == 1 || b == 2);
      sum += share * x[((image * uniforms.height + h) * uniforms.width + w) * uniforms.channels + channel];
    }
  }
  let value = uniforms.weight * sum;`

/** Of each axis the nearest pixel counts three times, the next one on the other side once. */
const upsampleCode = `${position}
  var sum = T(0.0);
  for (var a = 0; a < 2; a++) {
    let h = row / 2 + a * (2 * (row % 2) - 1);
    if (h < 0 || h >= uniforms.height) { continue; }
    for (var b = 0; b < 2; b++) {
      let w = column / 2 + b * (2 * (column % 2) - 1);
      if (w < 0 || w >= uniforms.width) { continue; }
      let share = f32((3 - 2 * a) * (3 - 2 * b));
      sum += share * x[((image * uniforms.height + h) * uniforms.width + w) * uniforms.channels + channel];
    }
  }
  let value = uniforms.weight * sum;`

function registerSums(): void {
  replaceKernel('SumToChannels', 'webgpu', ({ inputs, backend }: KernelCall<'x', unknown, WebgpuBackend>) => {
    const channels = inputs.x.shape.at(-1) ?? 1
    return sumRows(backend, inputs.x, [channels])
  })
  const { kernelFunc } = tf.getKernel('AddN', 'webgpu')
  replaceKernel('AddN', 'webgpu', (call: KernelCall<string, tf.NamedAttrMap, WebgpuBackend>) => {
    let [first, ...others] = Object.values(call.inputs)
    invariant(first !== undefined, 'a sum has terms')
    for (let rounds = 0; rounds === 0 || others.length > 0; rounds++) {
      const terms = [first, ...others.slice(0, mostInputs - 1)]
      const inputs = terms as unknown as tf.NamedTensorInfoMap // what the engine hands to this kernel is a list
      const sum = one(kernelFunc({ ...call, inputs }))
      if (rounds > 0) call.backend.disposeData(first.dataId)
      first = sum
      others = others.slice(mostInputs - 1)
    }
    return first
  })
}

function one(result: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo {
  invariant(!Array.isArray(result), 'a sum is one tensor')
  return result
}
