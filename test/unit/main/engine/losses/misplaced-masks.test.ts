import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import { maskDiscriminatorStep } from '../../../../../src/main/engine/gan/steps.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { drawMove, misplacedLoss, misplaceMasks } from '../../../../../src/main/engine/losses/misplaced-masks.ts'
import { createMaskDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { invariant } from '../../../../../src/shared/errors.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { RecordedGradients } from '../../../../support/recorded-gradients.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const settings = tinyTraining({
  misplacedMasks: { weight: 0.7 },
  network: tinyNetwork({ generator: 'stylegan2', discriminators: 'separate', classes: 1 }),
  d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' }
})

describe('Misplaced masks', () => {
  test('leave the image and move the mask around, down and right by positive numbers', () => {
    const side = 4
    const values = Float32Array.from({ length: 2 * side * side * 2 }, (_, i) => i)
    const at = (list: ArrayLike<number>, n: number, y: number, x: number, p: number) =>
      list[((n * side + y) * side + x) * 2 + p]
    for (const [rows, columns] of [
      [1, 0],
      [0, -1],
      [-2, 1],
      [3, 3]
    ] as const) {
      const moved = misplaceMasks(tf.tensor4d(values, [2, side, side, 2]), 1, { rows, columns }).dataSync()
      for (const [n, y, x] of [
        [0, 0, 0],
        [0, 3, 1],
        [1, 2, 3],
        [1, 0, 2]
      ] as const) {
        expect(at(moved, n, y, x, 0)).toBe(at(values, n, y, x, 0))
        const [fromY, fromX] = [(y - rows + side) % side, (x - columns + side) % side]
        expect(at(moved, n, y, x, 1)).toBe(at(values, n, fromY, fromX, 1))
      }
    }
  })

  test('are moved by up to two pixels, never by nothing, evenly', () => {
    const reach = 2
    const random = new RandomStream(7)
    const moves = Array.from({ length: 6000 }, () => drawMove(random))
    const count = new Map<string, number>()
    for (const { rows, columns } of moves) {
      count.set(`${rows} ${columns}`, (count.get(`${rows} ${columns}`) ?? 0) + 1)
      expect(Math.max(Math.abs(rows), Math.abs(columns))).toBeLessThanOrEqual(reach)
    }
    expect(count.has('0 0')).toBe(false)
    expect(count.size).toBe((2 * reach + 1) ** 2 - 1)
    const even = moves.length / count.size
    for (const times of count.values()) expect(Math.abs(times - even)).toBeLessThan(5 * Math.sqrt(even))
  })

  test('count where the move changed something', () => {
    const samples = tf.tensor4d([-1, -1, 0.5, 1, -1, -1], [3, 1, 2, 1])
    const moved = tf.tensor4d([-1, -1, 1, 0.5, -1, -1], [3, 1, 2, 1])
    const loss = misplacedLoss(tf.tensor1d([5, 0.3, -2]), samples, moved)
    expect(loss.arraySync()).toBeCloseTo(Math.log(1 + Math.exp(0.3)) / 3, 6)
  })

  test('add their share to the step of the second discriminator, in parts as in whole', () => {
    const judge = createMaskDiscriminator(settings.network, new RandomStream(2))
    invariant(judge !== undefined, 'there are two discriminators')
    const samples = tf.tensor4d(tinyBatch(settings, 0).samples, [4, 8, 8, 2])
    const fakes = tf.tensor4d(tinyBatch(settings, 1).samples, [4, 8, 8, 2])
    const misplaced = misplaceMasks(samples, 1, { rows: 1, columns: -1 })
    const labels = tf.zeros<tf.Rank.R1>([4], 'int32')
    const same = (x: tf.Tensor4D) => x
    const batch = { samples, fakes, misplaced, labels, transformReal: same, transformFake: same }
    const { grads } = tf.variableGrads(() => {
      const [real, fake, wrong] = [samples, fakes, misplaced].map((x) => judge.logits(judge.features(x)))
      invariant(real && fake && wrong, 'three batches')
      const logistic = tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)))
      return tf.add<tf.Scalar>(logistic, tf.mul(tf.mean(tf.softplus(wrong)), 0.7))
    }, [...judge.parameters().values()])
    for (const microBatch of [4, 2]) {
      const optimizer = new RecordedGradients(judge)
      maskDiscriminatorStep(judge, optimizer, batch, settings, microBatch)
      optimizer.expectAre(grads, judge.parameters())
    }
  })

  test('go on exactly where a run was stopped', async () => {
    const on = async (state: TrainingState, until: number) => {
      for (; state.iteration < until; state.iteration++) {
        const losses = await runIteration(settings, state, tinyBatch(settings, state.iteration))
        expect(losses.misplacedMasks).toBeGreaterThan(0)
      }
      return state.save()
    }
    const through = await on(TrainingState.create(settings), 4)
    const half = await on(TrainingState.create(settings), 2)
    expect(await on(TrainingState.restore(settings, half), 4)).toEqual(through)
  })

  test('are shown only where they are wished', async () => {
    const plain = { ...settings, misplacedMasks: { weight: 0 } }
    const losses = await runIteration(plain, TrainingState.create(plain), tinyBatch(plain, 0))
    expect(losses).not.toHaveProperty('misplacedMasks')
  })
})
