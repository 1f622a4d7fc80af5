import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { type KernelCall, replaceKernel } from './kernel-registry.ts'
import { type NormSettings } from './loops/norm.ts'
import { flag, float, floatType, text, type NativeBackend } from './native-backend.ts'
import { type NormGradInput, type NormInput } from './norm-kernels.ts'

/** Batch normalisation with its activation (batch-norm.ts) by TensorFlow's fused operations. */
export function registerNativeNorm(backendName: string): void {
  replaceKernel('BatchNormRelu', backendName, (call: KernelCall<NormInput, NormSettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    return tf.tidy(() => {
      const none = tf.tensor1d([], 'float32') // in training the statistics are those of the batch
      const given = [inputs.x, inputs.scale, inputs.offset, none, none]
      const [y, ...statistics] = backend.executeMultipleOutputs(
        'FusedBatchNormV3',
        attributesOf(backend, attrs),
        given,
        6
      )
      invariant(y !== undefined, 'the operation has six results')
      if (!attrs.relu) return [y, ...statistics]
      return [backend.executeSingleOutput('Relu', [floatType(backend)], [y]), ...statistics]
    })
  })
  replaceKernel('BatchNormReluGrad', backendName, (call: KernelCall<NormGradInput, NormSettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    return tf.tidy(() => {
      const { dy, y, x, scale, saved2, ...saved } = inputs
      const gated = attrs.relu ? backend.executeSingleOutput('ReluGrad', [floatType(backend)], [dy, y]) : dy
      const { saved3, saved4 } = saved as unknown as Record<'saved3' | 'saved4', tf.TensorInfo> // as many as were given
      const given = [gated, x, scale, saved2, saved3, saved4]
      return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributesOf(backend, attrs), given, 5).slice(0, 3)
    })
  })
}

function attributesOf(backend: NativeBackend, { epsilon }: NormSettings) {
  return [
    floatType(backend),
    { ...floatType(backend), name: 'U' },
    float(backend, 'epsilon', epsilon),
    text(backend, 'data_format', 'NHWC'),
    flag(backend, 'is_training', true)
  ]
}
