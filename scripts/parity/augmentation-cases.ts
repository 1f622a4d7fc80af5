import * as tf from '@tensorflow/tfjs'
import { applyDiffAugment, type DiffAugmentParameters } from '../../src/main/engine/augmentation/diff-augment.ts'
import { refuse } from '../../src/shared/errors.ts'
import { GoldenCase } from './golden-case.ts'
import { type ParityResult } from './result.ts'

const checks: Record<string, (golden: GoldenCase) => Promise<void>> = { diffaugment: checkDiffAugment }

/** The kinds of golden cases that `runAugmentationCase` takes. */
export const augmentationCaseKinds: readonly string[] = Object.keys(checks)

/** Compares one golden case of the augmentations on the backend in use. */
export async function* runAugmentationCase(folder: string): AsyncGenerator<ParityResult> {
  const golden = await GoldenCase.load(folder)
  const check = checks[golden.kind]
  if (!check) throw refuse(`The golden case ${folder} is of an unknown kind, ${golden.kind}.`, { file: folder })
  tf.engine().startScope()
  try {
    await check(golden)
  } finally {
    tf.engine().endScope()
  }
  yield golden.result()
}

async function checkDiffAugment(golden: GoldenCase): Promise<void> {
  const parameters = diffAugmentParameters(golden)
  const augment = (x: tf.Tensor) => applyDiffAugment(x as tf.Tensor4D, parameters, imageChannels(golden))
  await checkWithGradient(golden, augment)
}

export function diffAugmentParameters(golden: GoldenCase): DiffAugmentParameters {
  const floats = (name: string) => Float32Array.from(golden.numbers(`in.aug.${name}`))
  const pixels = (name: string) => Int32Array.from(golden.numbers(`in.aug.${name}`))
  return {
    color: { brightness: floats('brightness'), saturation: floats('saturation'), contrast: floats('contrast') },
    shift: pixels('shift'),
    cut: pixels('cut')
  }
}

function imageChannels(golden: GoldenCase): number {
  return Number(golden.config['image_channels'])
}

/** The result, and the gradient of its product with the given cotangent. */
async function checkWithGradient(golden: GoldenCase, augment: (x: tf.Tensor) => tf.Tensor): Promise<void> {
  const x = golden.images('in.x')
  await golden.check('out.y', augment(x))
  const weighted = (input: tf.Tensor) => tf.sum(tf.mul(augment(input), golden.images('in.cotangent')))
  await golden.check('grad.x', tf.grad(weighted)(x))
}
