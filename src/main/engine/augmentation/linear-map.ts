import * as tf from '@tensorflow/tfjs'

/**
 * Applies a linear map whose adjoint is known. The gradient of a linear map is its adjoint and the adjoint's gradient is
 * the map, so that the result is differentiable to any order, whatever kernels the two are made of.
 *
 * @param forward x → y; it and `adjoint` leave their arguments to their owners
 * @param adjoint dy → dx with ⟨dy, forward(x)⟩ = ⟨adjoint(dy), x⟩
 */
export function applyLinear(
  x: tf.Tensor,
  forward: (x: tf.Tensor) => tf.Tensor,
  adjoint: (dy: tf.Tensor) => tf.Tensor
): tf.Tensor {
  return tf.customGrad((...inputs) => ({
    value: forward(inputs[0] as tf.Tensor), // the one input is x
    gradFunc: (dy: tf.Tensor) => applyLinear(dy, adjoint, forward)
  }))(x)
}
