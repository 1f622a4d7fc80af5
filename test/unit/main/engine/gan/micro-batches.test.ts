import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { drawTransform } from '../../../../../src/main/engine/augmentation/transform.ts'
import { createDiscriminator, createMaskDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'
import { type Module } from '../../../../../src/main/engine/networks/module.ts'
import { type Gradients, type Optimizer } from '../../../../../src/main/engine/common/adam.ts'
import { drawDirection, drawGeneratorInputs } from '../../../../../src/main/engine/gan/draws.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import {
  discriminatorStep,
  generatorStep,
  logitsOf,
  maskDiscriminatorStep,
  pathLengthStep,
  r1Step,
  synthesizeFakes
} from '../../../../../src/main/engine/gan/steps.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const count = 6
/** Groups of the minibatch deviation that no micro-batch of 1 or 2 can hold, and classes that meet across parts. */
const settings = tinyTraining({ batch: count, network: tinyNetwork({ classes: 3, minibatchStdGroup: 3 }) })
const generator = createGenerator(settings.network, new RandomStream(1, 'generator'))
const discriminator = createDiscriminator(settings.network, new RandomStream(1, 'discriminator'))
const apart = tinyNetwork({ ...settings.network, discriminators: 'separate' })
const imageDiscriminator = createDiscriminator(apart, new RandomStream(1, 'discriminator'))
const maskDiscriminator = createMaskDiscriminator(apart, new RandomStream(1, 'mask discriminator')) ?? discriminator

/** Each step of an iteration, as a function of how many samples are computed at once. */
const steps: Record<string, (network: Recorder, microBatch?: number) => object> = {
  generator: (optimizer, microBatch) =>
    generatorStep(
      { generator, discriminator },
      optimizer,
      { inputs: inputs(), transform: transform() },
      settings,
      microBatch
    ),
  'generator before two discriminators': (optimizer, microBatch) =>
    generatorStep(
      { generator, discriminator: imageDiscriminator, maskDiscriminator },
      optimizer,
      { inputs: inputs(), transform: transform() },
      settings,
      microBatch
    ),
  'generator by a relativistic loss': (optimizer, microBatch) => {
    const image = logitsOf(discriminator, { ...real(), transform: transform('real') }, microBatch)
    const batch = { inputs: inputs(), transform: transform(), real: { image } }
    return generatorStep({ generator, discriminator }, optimizer, batch, settings, microBatch)
  },
  'discriminator by a relativistic loss': (optimizer, microBatch) => {
    const fakes = synthesizeFakes(generator, inputs(), 1, microBatch)
    const batch = { ...real(), fakes, transformReal: transform('real'), transformFake: transform('fake') }
    return discriminatorStep(discriminator, optimizer, batch, { ...settings, adversarial: 'relativistic' }, microBatch)
  },
  'R1 and R2': (optimizer, microBatch) => {
    const fakes = { samples: synthesizeFakes(generator, inputs(), 1), transform: transform('fake') }
    return r1Step(discriminator, optimizer, { ...penalized(), fakes }, { gamma: 3, interval: 4 }, microBatch)
  },
  'path length': (optimizer, microBatch) =>
    pathLengthStep(
      generator,
      optimizer,
      { inputs: inputs(), y: drawDirection(stream('y'), settings, count) },
      { ...settings.pathLength, mean: tf.scalar(0.2) },
      microBatch
    ),
  discriminator: (optimizer, microBatch) => {
    const fakes = synthesizeFakes(generator, inputs(), 1, microBatch)
    const batch = { ...real(), fakes, transformReal: transform('real'), transformFake: transform('fake') }
    return discriminatorStep(discriminator, optimizer, batch, settings, microBatch)
  },
  'mask discriminator': (optimizer, microBatch) => {
    const fakes = synthesizeFakes(generator, inputs(), 1, microBatch)
    const batch = { ...real(), fakes, transformReal: transform('real'), transformFake: transform('fake') }
    return maskDiscriminatorStep(maskDiscriminator, optimizer, batch, settings, microBatch)
  },
  R1: (optimizer, microBatch) => r1Step(discriminator, optimizer, penalized(), { gamma: 3, interval: 4 }, microBatch),
  'R1 of the image alone': (optimizer, microBatch) =>
    r1Step(imageDiscriminator, optimizer, penalized(), { gamma: 3, interval: 4 }, microBatch)
}

/** Whose parameters a step changes; the discriminator's where none is named. */
const trained: Record<string, Module> = {
  generator,
  'generator before two discriminators': generator,
  'generator by a relativistic loss': generator,
  'path length': generator,
  'mask discriminator': maskDiscriminator,
  'R1 of the image alone': imageDiscriminator
}

describe('gradients of a batch in parts are those of the whole batch', () => {
  test.each(Object.entries(steps).flatMap(([name, step]) => [1, 2, 4].map((size) => [name, size, step] as const)))(
    '%s, %d at a time',
    (name, size, step) => {
      const network = trained[name] ?? discriminator
      const [whole, parts] = [new Recorder(network), new Recorder(network)]
      const expected = step(whole)
      const found = step(parts, size)

      expect(relative(parts.vector(), whole.vector())).toBeLessThan(1e-5)
      for (const [parameter, gradient] of whole.gradients) {
        expect(relative(parts.gradients.get(parameter), gradient), parameter).toBeLessThan(1e-4)
      }
      for (const [loss, value] of tensorsOf(found)) {
        expect(relative(value, tensorsOf(expected).get(loss)), loss).toBeLessThan(1e-5)
      }
    }
  )

  test('and are not those of parts that do not see each other', () => {
    const whole = new Recorder(discriminator)
    steps['R1']?.(whole)
    const alone = new Recorder(discriminator)
    const { samples } = real()
    const first = { samples: tf.slice(samples, 0, 2), transform: transform() }
    r1Step(discriminator, alone, first, { gamma: 3, interval: 4 })
    expect(relative(alone.vector(), whole.vector())).toBeGreaterThan(0.1)
  })
})

const asInWholeBatches =
  'a run in micro-batches goes the way of a run in whole batches, and leaves no tensors behind, on %s'

test.each(['wasm', 'cpu'] as const)(asInWholeBatches, async (engine) => {
  await chooseBackend(engine)
  const [whole, parts] = [TrainingState.create(settings), TrainingState.create(settings)]
  const tensors: number[] = []
  for (let iteration = 0; iteration < 3; iteration++) {
    const batch = tinyBatch(settings, iteration)
    const expected = await runIteration(settings, whole, batch)
    const found = await runIteration({ ...settings, microBatch: 2 }, parts, batch)
    const others: Record<string, number | undefined> = found
    for (const [name, value = NaN] of Object.entries(expected)) {
      const relativeError = Math.abs((others[name] ?? NaN) - value) / Math.max(1e-3, Math.abs(value))
      expect(relativeError, `${name} of iteration ${iteration}`).toBeLessThan(1e-3)
    }
    for (const state of [whole, parts]) state.iteration++
    tensors.push(tf.memory().numTensors)
  }
  expect(new Set(tensors).size).toBe(1)
})

function tensorsOf(losses: object): Map<string, tf.Tensor> {
  return new Map(Object.entries(losses) as [string, tf.Tensor][])
}

/** Takes gradients and leaves the parameters as they are. */
class Recorder implements Optimizer {
  readonly parameters
  gradients = new Map<string, tf.Tensor>()

  constructor(network: Module) {
    this.parameters = network.vector
  }

  apply(gradients: Gradients): void {
    this.gradients = new Map([...gradients].map(([name, gradient]) => [name, tf.keep(tf.clone(gradient))]))
  }

  vector(): tf.Tensor1D {
    return this.parameters.gather(this.gradients)
  }
}

function stream(purpose: string): RandomStream {
  return new RandomStream(5, purpose)
}

function inputs() {
  return drawGeneratorInputs(stream('inputs'), settings, count)
}

function transform(purpose = 'augmentation') {
  return drawTransform(settings, stream, purpose, count, 0.6)
}

function penalized() {
  return { samples: real().samples, transform: transform() }
}

function real() {
  const { samples, labels } = tinyBatch(settings, 0)
  return { samples: tf.tensor4d(samples, [count, 8, 8, 2]), labels: tf.tensor1d(labels, 'int32') }
}

/** ‖a − b‖/‖b‖ */
function relative(a: tf.Tensor | undefined, b: tf.Tensor | undefined): number {
  if (a === undefined || b === undefined) return NaN
  const difference = Number(tf.norm(tf.sub(a, b)).arraySync())
  return difference / Math.max(1e-12, Number(tf.norm(b).arraySync()))
}
