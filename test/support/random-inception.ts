import { inceptionBlocks } from '../../src/main/engine/networks/inception-layers.ts'
import { type TensorMap } from '../../src/main/engine/safetensors.ts'
import { hashedNumber } from './hashed-number.ts'

/**
 * Full-size weights of the Inception network from a formula, in the names of the PyTorch port. The reference features in
 * fixtures/inception-random-weights.json come from PyTorch 2.15 with the same formula:
 *
 *   def u(n, layer):                              # uint32 arithmetic
 *     h = (arange(1, n + 1) * 2654435761) ^ ((layer + 1) * 2246822519)
 *     h ^= h >> 15; h *= 0x2c1b3c6d; h ^= h >> 12; h *= 0x297a2d39; h ^= h >> 15
 *     return h / 2**32
 *   for layer, name in enumerate(sorted(names)):  # without the counters of batches
 *     kernels: (2u − 1)·√(6 / inputs·taps); bn.weight and running_var: 0.5 + u; the others: 0.4·(u − 0.5)
 */
export function randomInceptionWeights(): TensorMap {
  const shapes = new Map<string, number[]>([['fc.bias', [1008]], ['fc.weight', [1008, 2048]], ...convolutions()])
  const names = [...shapes.keys()].sort()
  return Object.fromEntries(
    names.map((name, layer) => {
      const shape = shapes.get(name) ?? []
      return [name, { shape, data: fill(name, shape, layer) }]
    })
  )
}

function* convolutions(): Generator<[string, number[]]> {
  let channels = 3
  for (const { name: block, branches } of inceptionBlocks) {
    let joined = 0
    for (const { layers, fork = [] } of branches) {
      let inputs = channels
      for (const { name, kernel, outputs } of layers) {
        yield* convolution(block === '' ? name : `${block}.${name}`, [outputs, inputs, ...kernel])
        inputs = outputs
      }
      for (const { name, kernel, outputs } of fork) {
        yield* convolution(`${block}.${name}`, [outputs, inputs, ...kernel])
        joined += outputs
      }
      if (fork.length === 0) joined += inputs
    }
    channels = joined
  }
}

function* convolution(path: string, shape: number[]): Generator<[string, number[]]> {
  yield [`${path}.conv.weight`, shape]
  for (const part of ['weight', 'bias', 'running_mean', 'running_var']) yield [`${path}.bn.${part}`, shape.slice(0, 1)]
}

function fill(name: string, shape: readonly number[], layer: number): Float32Array {
  const [, ...inner] = shape
  const bound = Math.sqrt(6 / inner.reduce((product, size) => product * size, 1))
  const isPositive = name.endsWith('bn.weight') || name.endsWith('running_var')
  const scale = (u: number) => (inner.length > 0 ? (2 * u - 1) * bound : isPositive ? 0.5 + u : 0.4 * (u - 0.5))
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1))
  for (let i = 0; i < data.length; i++) data[i] = scale(hashedNumber(i, layer))
  return data
}
