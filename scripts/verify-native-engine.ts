/**
 * Checks that TensorFlow's library in a folder computes what plain JavaScript computes: a convolution with each kind
 * of padding and stride, and its gradients.
 *
 * Usage: node scripts/verify-native-engine.ts FOLDER
 */
import * as tf from '@tensorflow/tfjs'
import { engineEnvironment } from '../src/shared/engine-environment.ts'
import { chooseBackend } from '../src/main/engine/backend.ts'
import { convolve, type ConvolutionSettings } from '../src/main/engine/convolution.ts'

const tolerance = 1e-5
const folder = process.argv[2]
if (folder === undefined) throw new Error('Usage: node scripts/verify-native-engine.ts FOLDER')
Object.assign(process.env, engineEnvironment(navigator.hardwareConcurrency))

const cases: ConvolutionSettings[] = [
  { stride: 1, padding: 1 },
  { stride: 1, padding: 2 },
  { stride: 2, padding: 'valid' }
]

await chooseBackend('cpu')
const expected = cases.map(gradients)
const { library } = await chooseBackend('native-cpu', { nativeFolder: folder })
const actual = cases.map(gradients)

const differences = expected
  .flat()
  .map((value, i) => Math.abs(value - (actual.flat()[i] ?? Number.NaN)) / (1 + Math.abs(value)))
const worst = Math.max(...differences)
if (!(worst < tolerance))
  throw new Error(`The gradients of ${library} differ from plain JavaScript's by ${String(worst)}`)
process.stdout.write(`${library} agrees with plain JavaScript within ${worst.toExponential(1)}\n`)

/** The gradients of a scalar made of one convolution, with respect to images and kernel. */
function gradients(settings: ConvolutionSettings): number[] {
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 13, 13, 3], 0, 1, 'float32', 1)
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 3, 4], 0, 1, 'float32', 2)
    const loss = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.mean<tf.Scalar>(tf.square(convolve(a, b, settings)))
    const { grads } = tf.valueAndGrads((a, b) => loss(a as tf.Tensor4D, b as tf.Tensor4D))([x, filter])
    return grads.flatMap((gradient) => [...gradient.dataSync()])
  })
}
