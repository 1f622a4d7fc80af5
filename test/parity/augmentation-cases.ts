import * as tf from '@tensorflow/tfjs'
import { adaptProbability, type AdaState, initialAdaState } from '../../src/main/engine/augmentation/ada-controller.ts'
import { colorMatrices, geometryMatrices } from '../../src/main/engine/augmentation/ada-matrices.ts'
import { type AdaGeometry, applyAda, moveSamples } from '../../src/main/engine/augmentation/ada.ts'
import { replaceByFakes } from '../../src/main/engine/augmentation/apa.ts'
import { applyDiffAugment } from '../../src/main/engine/augmentation/diff-augment.ts'
import { type Adaptation } from '../../src/shared/training.ts'
import { invariant, refuse } from '../../src/shared/errors.ts'
import { adaParameters, diffAugmentParameters } from './augmentation-parameters.ts'
import { GoldenCase } from './golden-case.ts'
import { type ParityResult } from './result.ts'

const checks: Record<string, (golden: GoldenCase) => Promise<void> | void> = {
  diffaugment: checkDiffAugment,
  ada: checkAda,
  ada_controller: checkAdaController,
  apa: checkApa
}

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
  const parameters = diffAugmentParameters(golden, 'in.aug.')
  const augment = (x: tf.Tensor) => applyDiffAugment(x as tf.Tensor4D, parameters, imageChannels(golden))
  await checkWithGradient(golden, augment)
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

async function checkAda(golden: GoldenCase): Promise<void> {
  const parameters = adaParameters(golden, 'in.aug.')
  const geometry: AdaGeometry = golden.config['geometry'] === 'bilinear' ? 'bilinear' : 'full'
  const channels = imageChannels(golden)
  const matrices = geometryMatrices(parameters)
  golden.checkNumbers('out.geometry_matrix', matrices.flat())
  golden.checkNumbers('out.color_matrix', colorMatrices(parameters, channels === 3).flat())
  await golden.check('out.after_geometry', moveSamples(golden.images('in.x'), matrices, geometry))
  await checkWithGradient(golden, (x) => applyAda(x as tf.Tensor4D, parameters, channels, geometry))
}

function checkAdaController(golden: GoldenCase): void {
  const { interval, target, kimg, p0, p_max: largest } = golden.config
  const settings: Adaptation = {
    interval: Number(interval),
    target: Number(target),
    kimg: Number(kimg),
    largestProbability: Number(largest)
  }
  const counts = Array.from(golden.numbers('in.counts'))
  const logits = Array.from(golden.numbers('in.logits'))
  const rowLength = logits.length / counts.length
  let state: AdaState = { ...initialAdaState, probability: Number(p0) }
  const probabilities = counts.map((count, step) => {
    state = adaptProbability(state, logits.slice(step * rowLength, step * rowLength + count), settings)
    return state.probability
  })
  golden.checkNumbers('out.p', probabilities)
}

async function checkApa(golden: GoldenCase): Promise<void> {
  const labels = (name: string) => Int32Array.from(golden.numbers(name))
  const probabilities = golden.config['p']
  invariant(Array.isArray(probabilities), 'the case lists its probabilities')
  for (const [i, probability] of probabilities.entries()) {
    const {
      samples,
      labels: chosen,
      replaced
    } = replaceByFakes(
      { samples: golden.images('in.real'), labels: labels('in.real_labels') },
      { samples: golden.images('in.fake'), labels: labels('in.fake_labels') },
      Float32Array.from(golden.numbers('in.u')),
      Number(probability)
    )
    await golden.check(`out.${i}.images`, samples)
    golden.checkNumbers(`out.${i}.labels`, chosen)
    golden.checkNumbers(`out.${i}.replaced`, replaced)
  }
}
