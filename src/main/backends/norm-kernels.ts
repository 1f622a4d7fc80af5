import * as tf from '@tensorflow/tfjs'
import { type Buffers } from './buffers.ts'
import { type KernelCall, replaceKernel } from './kernel-registry.ts'
import { channelStatistics, normalise, normaliseBackward, type NormSettings } from './loops/norm.ts'

/** Inputs of the forward pass, and of the backward pass with what the forward pass saved for it. */
export type NormInput = 'x' | 'scale' | 'offset'
export type NormGradInput = 'dy' | 'x' | 'scale' | 'y' | 'saved0' | 'saved1' | 'saved2'

/**
 * Batch normalisation with its activation (batch-norm.ts) as plain loops. `BatchNormRelu` gives y, the mean and the
 * variance of the sample for each channel, and what `BatchNormReluGrad` needs besides; that gives the derivatives by x,
 * scale and offset.
 */
export function registerNormLoops<Backend>(backendName: string, { allocate, view }: Buffers<Backend>): void {
  replaceKernel('BatchNormRelu', backendName, (call: KernelCall<NormInput, NormSettings, Backend>) => {
    const { inputs, attrs, backend } = call
    const { x, scale, offset } = inputs
    const y = allocate(backend, x.shape)
    const [mean, variance, inverse] = [scale.shape, scale.shape, scale.shape].map((shape) => allocate(backend, shape))
    if (mean === undefined || variance === undefined || inverse === undefined) return []
    const statistics = { mean: view(backend, mean), variance: view(backend, variance), inverse: view(backend, inverse) }
    const affine = { scale: view(backend, scale), offset: view(backend, offset) }
    channelStatistics(view(backend, x), attrs.epsilon, statistics)
    normalise(view(backend, x), statistics, affine, attrs.relu, view(backend, y))
    return [y, mean, variance, inverse]
  })
  replaceKernel('BatchNormReluGrad', backendName, (call: KernelCall<NormGradInput, NormSettings, Backend>) => {
    const { inputs, attrs, backend } = call
    const [dx, dScale, dOffset] = [inputs.x, inputs.scale, inputs.scale].map(({ shape }) => allocate(backend, shape))
    if (dx === undefined || dScale === undefined || dOffset === undefined) return []
    const pass = {
      dy: view(backend, inputs.dy),
      x: view(backend, inputs.x),
      y: view(backend, inputs.y),
      mean: view(backend, inputs.saved0),
      inverse: view(backend, inputs.saved2),
      scale: view(backend, inputs.scale)
    }
    const results = { dx: view(backend, dx), dScale: view(backend, dScale), dOffset: view(backend, dOffset) }
    normaliseBackward(pass, attrs.relu, results)
    return [dx, dScale, dOffset]
  })
}

/** The same of a few operations that every backend has. */
export function registerNormOperations(backendName: string): void {
  replaceKernel('BatchNormRelu', backendName, ({ inputs, attrs }: KernelCall<NormInput, NormSettings, unknown>) => {
    const { x, scale, offset } = inputs as Record<NormInput, tf.Tensor> // the engine hands its kernels whole tensors
    return tf.tidy(() => {
      const pixels = x.size / scale.size
      const mean = tf.mean(x, [0, 1, 2])
      const centred = tf.sub(x, mean)
      const own = tf.mean(tf.square(centred), [0, 1, 2])
      const inverse = tf.rsqrt(tf.add(own, attrs.epsilon))
      const z = tf.add(tf.mul(centred, tf.mul(inverse, scale)), offset)
      const variance = tf.mul(own, pixels / Math.max(1, pixels - 1))
      return [attrs.relu ? tf.relu(z) : z, mean, variance, inverse]
    })
  })
  replaceKernel(
    'BatchNormReluGrad',
    backendName,
    ({ inputs, attrs }: KernelCall<NormGradInput, NormSettings, unknown>) => {
      const { dy, x, scale, y, saved0: mean, saved2: inverse } = inputs as Record<NormGradInput, tf.Tensor>
      return tf.tidy(() => {
        const pixels = x.size / scale.size
        const gated = attrs.relu ? tf.mul(dy, tf.step(y)) : dy
        const unit = tf.mul(tf.sub(x, mean), inverse)
        const dOffset = tf.sum(gated, [0, 1, 2])
        const dScale = tf.sum(tf.mul(gated, unit), [0, 1, 2])
        const through = tf.add(tf.div(dOffset, pixels), tf.mul(unit, tf.div(dScale, pixels)))
        return [tf.mul(tf.sub(gated, through), tf.mul(scale, inverse)), dScale, dOffset]
      })
    }
  )
}
