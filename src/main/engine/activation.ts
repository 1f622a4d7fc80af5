import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { cpuBuffers } from '../backends/buffers.ts'
import { registerLoopKernels } from '../backends/loop-kernels.ts'

/** Below zero the activation of StyleGAN2 has this slope. */
const slope = 0.2

registerLoopKernels('cpu', cpuBuffers)
registerGradients()

/**
 * gain·√2·(z where z ≥ 0, else 0.2·z) with z = x + bias, the activation of StyleGAN2. Differentiable to any order: it
 * is linear on either side of zero, so its derivative is a constant mask, which the sign of the result tells.
 *
 * @param x features […, C]
 * @param bias [C]
 * @param gain an extra positive factor, as √½ in the discriminator's residual blocks
 */
export function biasLeakyRelu<T extends tf.Tensor>(x: T, bias: tf.Tensor1D, gain = 1): T {
  return tf.engine().runKernel<T>('BiasLeakyRelu', { x, bias }, { slope, scale: gain * Math.SQRT2 })
}

/**
 * The activation of features that are √2 as large already, as is their bias: √2·lrelu(z) = lrelu(√2·z). Whoever makes
 * them puts the factor into something small, a kernel or a scale for each channel, and spares a pass over all pixels.
 */
export function biasScaledLeakyRelu<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T {
  return biasLeakyRelu(x, bias, Math.SQRT1_2)
}

function registerGradients(): void {
  tf.registerGradient({
    kernelName: 'BiasLeakyRelu',
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => {
      // Both derivatives need the same tensor; tfjs asks for x first and keeps what it got until the node is done.
      let gated: tf.Tensor | undefined
      const gate = () => (gated ??= run('LeakyReluGate', { dy: one(dy), y: one(y) }, attributes))
      return { x: gate, bias: () => run('SumToChannels', { x: gate() }, {}) }
    }
  })
  tf.registerGradient({
    kernelName: 'LeakyReluGate',
    inputsToSave: ['y'],
    gradFunc: (g, [y], attributes) => ({
      dy: () => run('LeakyReluGate', { dy: one(g), y: one(y) }, attributes),
      y: () => tf.zerosLike(one(y))
    })
  })
  tf.registerGradient({
    kernelName: 'SumToChannels',
    inputsToSave: ['x'],
    gradFunc: (g, [x]) => ({ x: () => tf.broadcastTo(one(g), one(x).shape) })
  })
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attributes)
}

function one(value: tf.Tensor | tf.Tensor[] | undefined): tf.Tensor {
  invariant(value instanceof tf.Tensor, 'the kernel has exactly one such tensor')
  return value
}
