import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { d2dCrossEntropy, d2dCrossEntropyTerms } from '../../../../../src/main/engine/losses/d2d-cross-entropy.ts'
import { unitRows } from '../../../../../src/main/engine/networks/layers.ts'

beforeAll(() => chooseBackend('cpu'))

const settings = { positiveMargin: 0.9, temperature: 0.25 }

describe('gives the numbers of the docs/method.md §11', () => {
  const expected = {
    exact: [1.400793, 2.416884, 1.098612, 2.317716],
    studiogan: [0.104674, 0.886905, 0.069676, 0.824011]
  }
  test.each(['exact', 'studiogan'] as const)('%s', async (formula) => {
    const rows = [1, 0.2, 0, 0.1, 1, 0.3, 0.9, -0.1, 0.2, -0.2, 0.4, 1]
    const embedding = unitRows(tf.tensor2d(rows, [4, 3]))
    const proxies = tf.tensor2d([1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1], [4, 3])
    const labels = tf.tensor1d([0, 1, 0, 2], 'int32')
    const terms = await d2dCrossEntropyTerms(embedding, proxies, labels, { ...settings, formula }).data()
    for (const [i, value] of expected[formula].entries()) expect(terms[i]).toBeCloseTo(value, 5)
  })
})

// exact: mean log(1 + negatives); studiogan: mean log(1 + negatives·e^(−positiveMargin/temperature))
describe('at its optimum of a balanced batch of 16', () => {
  test.each([
    ['exact', 8, 2.708],
    ['exact', 6, 2.656],
    ['studiogan', 8, 0.324],
    ['studiogan', 6, 0.311]
  ] as const)('%s with %i classes is %f', async (formula, classes, optimum) => {
    const labels = tf.tensor1d(
      Array.from({ length: 16 }, (_, i) => i % classes),
      'int32'
    )
    // Samples that lie on their class's proxy, the proxies at right angles: no hinge is active but the partners'.
    const embedding = tf.oneHot(labels, classes, 1, 0, 'float32') as tf.Tensor2D
    const loss = d2dCrossEntropy(embedding, embedding, labels, { ...settings, formula })
    expect((await loss.data())[0]).toBeCloseTo(optimum, 2)
  })
})

test('a batch of one class costs nothing and gives finite gradients', async () => {
  const random = new RandomStream(4)
  const raw = tf.tensor2d(random.normals(20), [4, 5])
  const labels = tf.zeros<tf.Rank.R1>([4], 'int32')
  const loss = (x: tf.Tensor) => {
    const embedding = unitRows(x as tf.Tensor2D)
    return d2dCrossEntropy(embedding, unitRows(tf.ones([4, 5])), labels, { ...settings, formula: 'studiogan' })
  }
  expect(loss(raw).arraySync()).toBeCloseTo(0, 6)
  for (const value of await tf.grad(loss)(raw).data()) expect(value).toBeCloseTo(0, 5)
})
