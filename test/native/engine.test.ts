import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { convolve } from '../../src/main/engine/convolution.ts'
import { nativeFolder, startBackend, withoutNative } from '../support/engine/backends.ts'
import { describeConvolutions } from '../support/engine/convolution-suite.ts'
import { normal } from '../support/engine/numbers.ts'
import { describeResampling } from '../support/engine/resample-suite.ts'
import { describeSecondDerivatives } from '../support/engine/second-derivatives-suite.ts'

const hasNative = nativeFolder !== undefined

describe.skipIf(!hasNative)(`native TensorFlow${withoutNative}`, () => {
  describeConvolutions('native-cpu')
  describeResampling('native-cpu')
  describeSecondDerivatives('native-cpu', true)

  describe('the library', () => {
    beforeAll(() => startBackend('native-cpu'))

    test('is what `auto` takes when its pack is there', async () => {
      expect(await startBackend('auto')).toMatchObject({ library: 'TensorFlow 2.21.0' })
    })

    test('returns numbers of every element type as they were given', () => {
      expect([...tf.tensor([1.5, -2, 3]).dataSync()]).toEqual([1.5, -2, 3])
      expect([...tf.add(tf.tensor1d([1, -2], 'int32'), tf.tensor1d([10, 20], 'int32')).dataSync()]).toEqual([11, 18])
      expect([...tf.logicalNot(tf.tensor1d([true, false], 'bool')).dataSync()]).toEqual([0, 1])
      expect([...tf.real(tf.complex([1, 2], [3, 4])).dataSync()]).toEqual([1, 2])
      expect(tf.zeros([0, 3]).dataSync().length).toBe(0)
    })

    test("says in TensorFlow's words what it refuses", () => {
      const x = normal<tf.Rank.R4>([1, 4, 4, 2], 1)
      const filter = normal<tf.Rank.R4>([3, 3, 5, 1], 2)
      expect(() => convolve(x, filter, { stride: 1, padding: 1 })).toThrow(/TensorFlow: .*depth/)
    })

    test('can be used again after an operation that failed behind its caller', () => {
      const add = (size: number) => tf.add(tf.fill([size], 1), tf.fill([size], 2)).dataSync()
      add(7)
      const divide = () => tf.floorDiv(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([0, 1], 'int32')).dataSync()
      expect(divide).toThrow(/TensorFlow: .*[Dd]ivision by zero/)
      expect([...add(7)]).toEqual(new Array(7).fill(3))
      expect(divide).toThrow(/TensorFlow: .*[Dd]ivision by zero/)
      expect([...add(7)]).toEqual(new Array(7).fill(3))
    })

    test('gives its memory back', () => {
      const run = () =>
        tf.tidy(() => {
          const x = normal<tf.Rank.R4>([4, 64, 64, 16], 3)
          tf.grad((a) =>
            tf.sum(tf.square(convolve(a as tf.Tensor4D, normal([3, 3, 16, 16], 4), { stride: 1, padding: 1 })))
          )(x)
        })
      for (let i = 0; i < 20; i++) run()
      const before = process.memoryUsage().rss
      const tensors = tf.memory().numTensors
      for (let i = 0; i < 100; i++) run() // 100 times a few tens of megabytes
      expect(tf.memory().numTensors).toBe(tensors)
      expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
    })
  })
})
