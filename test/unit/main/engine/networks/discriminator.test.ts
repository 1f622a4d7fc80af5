import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { createDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { tinyNetwork } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

function samples(seed: number, count = 4): tf.Tensor4D {
  return tf.tensor4d(new RandomStream(seed).normals(count * 16 * 16 * 2), [count, 16, 16, 2])
}

const discriminator = () => createDiscriminator(tinyNetwork({ resolution: 16 }), new RandomStream(1))

test('two stacked batches are judged as in two separate passes', async () => {
  const d = discriminator()
  const [real, fake] = [samples(2), samples(3)]
  const stacked = await d.logits(d.features(tf.concat([real, fake]), 2)).data()
  const apart = [real, fake].flatMap((x) => [...d.logits(d.features(x)).dataSync()])
  for (const [i, logit] of apart.entries()) expect(stacked[i]).toBeCloseTo(logit, 5)
  const mixed = await d.logits(d.features(tf.concat([real, fake]))).data()
  expect([...mixed]).not.toEqual([...stacked]) // in one batch of eight the deviation mixes them
})

test('embeddings and proxies have length one, and a proxy belongs to a class', async () => {
  const d = discriminator()
  const embedding = d.embedding(d.features(samples(2)))
  const proxies = d.proxies(tf.tensor1d([0, 1, 0, 1], 'int32'))
  for (const rows of [embedding, proxies]) {
    expect(rows.shape).toEqual([4, 7])
    for (const length of await tf.norm(rows, 2, 1).data()) expect(length).toBeCloseTo(1, 5)
  }
  const [first, second, third] = tf.unstack(proxies).map((row) => [...row.dataSync()])
  expect(first).toEqual(third)
  expect(first).not.toEqual(second)
})

test('the mask plane takes part in the judgement', () => {
  const d = discriminator()
  const x = samples(2)
  const withoutMask = tf.mul<tf.Tensor4D>(x, tf.tensor1d([1, 0]))
  expect([...d.logits(d.features(x)).dataSync()]).not.toEqual([...d.logits(d.features(withoutMask)).dataSync()])
})

test('weights have the names of the published checkpoints', () => {
  expect([...discriminator().parameters().keys()]).toEqual([
    ...[
      'fromrgb.weight',
      'fromrgb.bias',
      'conv0.weight',
      'conv0.bias',
      'conv1.weight',
      'conv1.bias',
      'skip.weight'
    ].map((name) => `b16.${name}`),
    ...['conv0.weight', 'conv0.bias', 'conv1.weight', 'conv1.bias', 'skip.weight'].map((name) => `b8.${name}`),
    ...['b4.conv.weight', 'b4.conv.bias', 'b4.fc.weight', 'b4.fc.bias', 'adv.weight', 'adv.bias'],
    ...['embed.weight', 'embed.bias', 'proxy.embed.weight', 'proxy.embed.bias', 'proxy.fc0.weight', 'proxy.fc0.bias']
  ])
})
