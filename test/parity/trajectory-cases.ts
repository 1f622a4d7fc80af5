import * as tf from '@tensorflow/tfjs'
import { type ConditionalDiscriminator } from '../../src/main/engine/networks/discriminator.ts'
import { type Generator } from '../../src/main/engine/networks/generator.ts'
import { Adam } from '../../src/main/engine/common/adam.ts'
import { emaDecay, updateEma } from '../../src/main/engine/common/ema.ts'
import {
  discriminatorStep,
  generatorStep,
  pathLengthStep,
  r1Step,
  synthesizeFakes
} from '../../src/main/engine/gan/steps.ts'
import { adamSettings, loadDiscriminator, loadGenerator, lossSettings, setting } from './case-settings.ts'
import { type GoldenCase } from './golden-case.ts'
import { generatorInputs } from './network-cases.ts'

interface Run {
  readonly golden: GoldenCase
  readonly generator: Generator
  readonly average: Generator
  readonly discriminator: ConditionalDiscriminator
  readonly optimizers: { readonly generator: Adam; readonly discriminator: Adam }
  pathLengthMean: tf.Tensor
  /** The rows of the expected losses, by the name of their array. */
  readonly rows: Map<string, tf.Tensor[]>
}

/** Several iterations from given weights with given random numbers, in the order of the training loop. */
export async function checkTrajectory(golden: GoldenCase): Promise<void> {
  const generator = loadGenerator(golden)
  const discriminator = loadDiscriminator(golden)
  const adam = adamSettings(golden)
  const run: Run = {
    golden,
    generator,
    average: loadGenerator(golden),
    discriminator,
    optimizers: {
      generator: new Adam(generator, setting(golden, 'lr_g'), adam, setting(golden, 'pl_interval')),
      discriminator: new Adam(discriminator, setting(golden, 'lr_d'), adam, setting(golden, 'r1_interval'))
    },
    pathLengthMean: tf.scalar(0),
    rows: new Map()
  }
  for (let step = 0; step < setting(golden, 'steps'); step++) iterate(run, step)

  for (const [name, row] of run.rows) await golden.check(name, tf.stack(row))
  await golden.check('out.w_avg', tf.clone(generator.mapping.wAvg))
  const pictures = run.average.forward(generatorInputs(golden, 'in.g.', undefined, 0))
  await golden.check('out.ema_image', pictures.samples)
  run.optimizers.generator.dispose()
  run.optimizers.discriminator.dispose()
}

function iterate(run: Run, step: number): void {
  const { golden, generator, average, discriminator, optimizers } = run
  const losses = lossSettings(golden)
  const batch = setting(golden, 'batch')

  const g = generatorStep(
    run,
    optimizers.generator,
    { inputs: inputsOf(golden, 'in.g.', step), transform: (x) => x },
    losses
  )
  record(run, { 'out.g_adv': g.adversarial, 'out.g_d2dce': g.d2d, 'out.g_total': g.total })
  record(run, { 'out.pl_penalty': flattenPaths(run, step), 'out.pl_mean': run.pathLengthMean })
  const ema = { halfLifeKimg: setting(golden, 'ema_half_life_kimg'), rampUp: 0 }
  updateEma(average, generator, emaDecay(ema, batch, step * batch))

  const first = (step % 2) * batch
  const samples = tf.slice(golden.images('in.x'), first, batch)
  const d = discriminatorStep(
    discriminator,
    optimizers.discriminator,
    {
      samples,
      labels: tf.slice(golden.vector('in.x_labels'), first, batch),
      fakes: synthesizeFakes(generator, inputsOf(golden, 'in.d.', step), setting(golden, 'w_avg_beta')),
      transformReal: (x) => x,
      transformFake: (x) => x
    },
    losses
  )
  record(run, { 'out.d_adv': d.adversarial, 'out.d_d2dce': d.d2d, 'out.d_total': d.total })

  const interval = setting(golden, 'r1_interval')
  const real = { samples, transform: (x: tf.Tensor4D) => x }
  const r1 = { gamma: setting(golden, 'r1_gamma'), interval }
  const isDue = step % interval === 0
  const penalty = isDue ? r1Step(discriminator, optimizers.discriminator, real, r1).penalty : tf.scalar(0)
  record(run, { 'out.r1_penalty': penalty })
}

/** The path-length step where it is due; its penalty. */
function flattenPaths(run: Run, step: number): tf.Tensor {
  const { golden, generator, optimizers } = run
  const interval = setting(golden, 'pl_interval')
  if (step % interval !== 0) return tf.scalar(0)
  const batch = { inputs: inputsOf(golden, 'in.pl.', step), y: golden.images('in.pl.y') }
  const { penalty, mean } = pathLengthStep(generator, optimizers.generator, batch, {
    weight: setting(golden, 'pl_weight'),
    decay: setting(golden, 'pl_decay'),
    mean: run.pathLengthMean,
    interval
  })
  run.pathLengthMean = mean
  return penalty
}

function inputsOf(golden: GoldenCase, prefix: string, step: number) {
  return generatorInputs(golden, prefix, golden.numbers(`${prefix}cut`)[step], step)
}

function record({ rows }: Run, values: Record<string, tf.Tensor>): void {
  for (const [name, value] of Object.entries(values)) rows.set(name, [...(rows.get(name) ?? []), value])
}
