import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { constantParameter, Module } from '../../../../../src/main/engine/networks/module.ts'
import { Adam } from '../../../../../src/main/engine/common/adam.ts'

beforeAll(() => chooseBackend('cpu'))

class Pair extends Module {
  readonly a = constantParameter<tf.Rank.R1>([2], 1)
  readonly b = constantParameter<tf.Rank.R2>([1, 3], 1)
}

const settings = { beta1: 0, beta2: 0.99, epsilon: 1e-8 }

test('takes the steps of the reference optimiser', () => {
  const pair = new Pair()
  const adam = new Adam(pair, 0.1, settings, 0)
  adam.apply(new Map([['a', tf.tensor1d([3, -3])]]))
  expect(rounded(pair.a)).toEqual([0.9, 1.1])
  adam.apply(new Map([['a', tf.tensor1d([1, -1])]]))
  expect(rounded(pair.a)).toEqual([0.855188, 1.144812])
})

test('a lazy regulariser slows the main steps by k/(k + 1)', () => {
  const pair = new Pair()
  new Adam(pair, 0.1, settings, 4).apply(new Map([['a', tf.tensor1d([5, 1])]]))
  expect(rounded(pair.a)).toEqual([0.92, 0.92])
})

test('a parameter without a gradient stays, but its moments decay', async () => {
  const pair = new Pair()
  const adam = new Adam(pair, 0.1, { ...settings, beta1: 0.5 }, 0)
  adam.apply(new Map([['b', tf.tensor2d([[2, 2, 2]])]]))
  const before = await adam.save('')
  adam.apply(new Map([['a', tf.tensor1d([1, 1])]]))
  const after = await adam.save('')
  expect(after['v.b']?.data[0]).toBeCloseTo(0.99 * Number(before['v.b']?.data[0]), 7)
  expect(after['m.b']?.data[0]).toBeCloseTo(0.5 * Number(before['m.b']?.data[0]), 7)
  expect(adam.t).toBe(2)
})

test('keeps no first moment where β₁ is 0, and names its state by parameter', async () => {
  const saved = await new Adam(new Pair(), 0.1, settings, 0).save('generator.')
  expect(Object.keys(saved)).toEqual(['generator.v.a', 'generator.v.b'])
  expect(saved['generator.v.b']?.shape).toEqual([1, 3])
})

test('says which moment of a saved state does not fit', () => {
  const adam = new Adam(new Pair(), 0.1, settings, 0)
  expect(adam.restore({ 'v.a': { shape: [2], data: new Float32Array(2) } }, '', 1)).toBe('v.b')
})

function rounded(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()].map((value) => Number(value.toFixed(6)))
}
