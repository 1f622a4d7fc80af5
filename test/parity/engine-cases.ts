import * as tf from '@tensorflow/tfjs'
import { refuse } from '../../src/shared/errors.ts'
import { GoldenCase } from './golden-case.ts'
import { checkAdam, checkFir, checkLayers } from './layer-cases.ts'
import { checkAdversarial, checkD2dCrossEntropy, checkPathLength, checkR1 } from './loss-cases.ts'
import { checkDiscriminator, checkGenerator } from './network-cases.ts'
import { type ParityResult } from './result.ts'
import { checkDiscriminatorStep, checkGeneratorStep } from './step-cases.ts'
import { checkTrajectory } from './trajectory-cases.ts'

const checks: Record<string, (golden: GoldenCase) => Promise<void>> = {
  generator: checkGenerator,
  discriminator: checkDiscriminator,
  adversarial: checkAdversarial,
  d2dce: checkD2dCrossEntropy,
  r1: checkR1,
  path_length: checkPathLength,
  g_step: checkGeneratorStep,
  d_step: checkDiscriminatorStep,
  trajectory: checkTrajectory,
  fir: checkFir,
  layers: checkLayers,
  adam: checkAdam
}

/** The kinds of golden cases that `runEngineCase` takes. */
export const engineCaseKinds: readonly string[] = Object.keys(checks)

/** Compares one golden case of the networks, losses or training steps on the backend in use. */
export async function* runEngineCase(folder: string): AsyncGenerator<ParityResult> {
  const golden = await GoldenCase.load(folder)
  const check = checks[golden.kind]
  if (!check) throw refuse(`The golden case ${folder} is of an unknown kind, ${golden.kind}.`, { file: folder })
  tf.engine().startScope()
  try {
    await check(golden)
  } finally {
    golden.dispose()
    tf.engine().endScope()
  }
  yield golden.result()
}
