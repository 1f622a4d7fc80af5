import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { type z } from 'zod'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { drawTransform } from '../../../../../src/main/engine/augmentation/transform.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { type Augmentation } from '../../../../../src/shared/training.ts'
import { tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const count = 6
const side = 16

function transformBy(augmentation: Partial<z.input<typeof Augmentation>>, strength: number) {
  const settings = tinyTraining({
    network: tinyNetwork({ resolution: side }),
    augmentation: { flips: 'none', diffAugment: [], ...augmentation }
  })
  return drawTransform(settings, (purpose) => new RandomStream(2, purpose), 'test', count, strength)
}

/** The same smooth picture in both planes. */
function twins(): tf.Tensor4D {
  const plane = tf.tensor4d(
    Float32Array.from({ length: count * side * side }, (_, i) => Math.sin(i / 7) * Math.cos(i / side / 3)),
    [count, side, side, 1]
  )
  return tf.concat([plane, plane], 3)
}

test.each(['full', 'bilinear'] as const)(
  'image and mask are moved alike, and colour changes the image alone (%s)',
  (ada) => {
    const all = { ada, diffAugment: ['color' as const, 'translation' as const] }
    const moved = transformBy(all, 0.8)(twins(), 0)
    for (const sample of tf.unstack(tf.reshape(moved, [count, side * side, 2]))) {
      const [image = [], mask = []] = tf.transpose(sample).arraySync() as number[][]
      // Gray colour changes are a factor and an offset; what is vacated in the end is 0 in both planes.
      const seen = mask.flatMap((value, i) => (value === 0 ? [] : [[value, image[i] ?? NaN] as const]))
      const [low, high] = [Math.min(...mask), Math.max(...mask)]
      const at = (wanted: number) => seen.find(([value]) => value === wanted)?.[1] ?? NaN
      const factor = (at(high) - at(low)) / (high - low)
      for (const [value, changed] of seen) expect(changed).toBeCloseTo(at(low) + factor * (value - low), 3)
    }
    expect(tf.max(tf.abs(tf.sub(moved, twins()))).arraySync()).toBeGreaterThan(0.1)
  }
)

test('the box of DiffAugment is cut last: rotations and scales of ADA leave it upright and empty', () => {
  const cut = transformBy({ ada: 'full', diffAugment: ['cutout'] }, 0.8)(tf.ones([count, side, side, 2]), 0)
  for (const sample of tf.unstack(cut)) {
    const mask = tf.slice(sample as tf.Tensor3D, [0, 0, 1], [-1, -1, 1]).dataSync()
    const empty = [...mask].flatMap((value, i) => (value === 0 ? [i] : []))
    const rows = new Set(empty.map((i) => Math.floor(i / side)))
    const columns = new Set(empty.map((i) => i % side))
    expect(empty.length).toBeGreaterThan(0)
    expect(empty.length).toBe(rows.size * columns.size)
  }
})

test.each(['full', 'bilinear'] as const)(
  'tone planes are moved as one gray plane is, and none takes colour (%s)',
  (ada) => {
    const all = { ada, diffAugment: ['color' as const, 'translation' as const, 'cutout' as const] }
    const gray = twins()
    const [image, mask] = tf.split(gray, 2, 3)
    const tones = tf.concat([image ?? gray, mask ?? gray, tf.neg(mask ?? gray), mask ?? gray], 3) as tf.Tensor4D
    const moved = tf.split(transformBy(all, 0.8)(gray, 0), 2, 3)
    const [, first, second, third] = tf.split(transformBy(all, 0.8)(tones, 0), 4, 3)
    for (const [plane, sign] of [
      [first, 1],
      [second, -1],
      [third, 1]
    ] as const) {
      expect(tf.max(tf.abs(tf.sub(tf.mul(plane ?? NaN, sign), moved[1] ?? NaN))).arraySync()).toBeLessThan(1e-5)
    }
  }
)

test('without strength ADA does nothing, and its strength does not change what DiffAugment draws', () => {
  const parts = ['translation' as const]
  const alone = transformBy({ diffAugment: parts }, 0)(twins(), 0)
  expect(transformBy({ diffAugment: parts, ada: 'full' }, 0)(twins(), 0).dataSync()).toEqual(alone.dataSync())
  const flat = tf.ones<tf.Rank.R4>([count, side, side, 2])
  const vacated = (strength: number) =>
    [...transformBy({ diffAugment: parts, ada: 'bilinear' }, strength)(flat, 0).slice([0, 0, 0, 1]).dataSync()].map(
      (value) => value === 0
    )
  expect(vacated(0.5)).toEqual(vacated(0))
})
