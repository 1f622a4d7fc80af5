import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type TrainingSettings } from '../../../src/shared/training.ts'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { firUpsample2 } from '../../../src/main/engine/resample.ts'
import { type Batch } from '../../../src/main/engine/gan/batch.ts'
import { drawGeneratorInputs } from '../../../src/main/engine/gan/draws.ts'
import { runIteration } from '../../../src/main/engine/gan/iteration.ts'
import { train, type TrainingEvent, type TrainingHooks } from '../../../src/main/engine/gan/training-loop.ts'
import { TrainingState } from '../../../src/main/engine/gan/training-state.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../support/tiny-training.ts'

beforeAll(() => chooseBackend('wasm'))

const settings = tinyTraining()

describe('a run that is stopped and resumed', () => {
  test.each(['wasm', 'cpu'] as const)('is bit for bit the run that went through, on %s', async (engine) => {
    await chooseBackend(engine)
    const through = TrainingState.create(settings)
    await trainAll(settings, through)

    const stopped = TrainingState.create(settings)
    await trainAll({ ...settings, iterations: 3 }, stopped)
    const resumed = TrainingState.restore(settings, await stopped.save())
    await trainAll(settings, resumed)

    expect(resumed.iteration).toBe(6)
    expect(contents(resumed)).toEqual(contents(through))
    await chooseBackend('wasm')
  })

  test('gets back every mutable field of the state', async () => {
    const state = TrainingState.create(settings)
    await trainAll(settings, state)
    const before = contents(TrainingState.create(settings), true)
    const saved = contents(state, true)
    expect(Object.keys(saved).filter((path) => equal(saved[path], before[path]))).toEqual([])
    expect(contents(TrainingState.restore(settings, await state.save()), true)).toEqual(saved)
  })

  test('is refused with a sentence when its tensors are those of other settings', async () => {
    const saved = await TrainingState.create(settings).save()
    const wider = { ...settings, network: tinyNetwork({ wDim: 9 }) }
    expect(() => TrainingState.restore(wider, saved)).toThrow(/does not fit its settings: its tensor generator\./)
  })
})

describe('one iteration', () => {
  test('leaves no tensors behind', async () => {
    const state = TrainingState.create(settings)
    const counts: number[] = []
    for (let iteration = 0; iteration < 5; iteration++) {
      await runIteration(settings, state, tinyBatch(settings, iteration))
      state.iteration++
      counts.push(tf.memory().numTensors)
    }
    expect(new Set(counts).size).toBe(1)
    state.dispose()
  })

  test('disposing of a state disposes of all its tensors', async () => {
    const before = tf.memory().numTensors
    const state = TrainingState.create(settings)
    await runIteration(settings, state, tinyBatch(settings, 0))
    state.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test.each([
    ['paper', 'joint', 'gray', 'none'],
    ['stylegan2', 'joint', 'gray', 'none'],
    ['stylegan2', 'separate', 'gray', 'none'],
    ['paper', 'separate', 'gray', 'none'],
    ['paper', 'joint', 'tones', 'none'],
    ['stylegan2', 'separate', 'tones', 'none'],
    ['stylegan2', 'separate', 'gray', 'beside'],
    ['paper', 'separate', 'tones', 'alone']
  ] as const)(
    'moves every weight of all networks (%s, %s, masks in %s, own layers %s)',
    async (generator, discriminators, maskCode, maskBranch) => {
      const maskChannels = maskCode === 'gray' ? 1 : 4
      const own = tinyTraining({
        network: tinyNetwork({ generator, discriminators, maskCode, maskChannels, maskBranch })
      })
      const state = TrainingState.create(own)
      const before = contents(state)
      await trainAll({ ...own, iterations: 2 }, state)
      const after = contents(state)
      const still = Object.keys(after).filter(
        (path) =>
          /^(generator|discriminator|maskDiscriminator|generatorEma)\b/.test(path) && equal(after[path], before[path])
      )
      expect(still).toEqual([])
    }
  )

  test('has each penalty where it is due, and none where its interval is 0', async () => {
    const own = tinyTraining({ r1: { gamma: 0.2, interval: 3 }, pathLength: { ...settings.pathLength, interval: 0 } })
    const events = await trainAll(own, TrainingState.create(own))
    const steps = events.filter((event) => event.kind === 'step')
    expect(steps.map((step) => 'r1' in step)).toEqual([true, false, false, true, false, false])
    expect(steps.some((step) => 'pathLength' in step)).toBe(false)
  })
})

describe('an iteration with images without annotation', () => {
  const own = tinyTraining({
    network: tinyNetwork({ generator: 'stylegan2', discriminators: 'separate' }),
    augmentation: { flips: 'none', diffAugment: ['translation'], ada: 'off', apa: false }
  })

  test('teaches the image by all of them, and the mask by the annotated ones alone', async () => {
    const [all, annotated] = [tinyBatch(own, 0), tinyBatch(own, 1)]
    const judgesAfter = async (batch: Batch) => {
      const state = TrainingState.create(own)
      await runIteration(own, state, { ...batch, labels: all.labels })
      const after = contents(state)
      const ofJudge = (judge: string) =>
        Object.fromEntries(Object.entries(after).filter(([path]) => path.startsWith(`${judge}.`)))
      return { image: ofJudge('discriminator'), mask: ofJudge('maskDiscriminator') }
    }
    const [ofAll, ofAnnotated] = [await judgesAfter(all), await judgesAfter(annotated)]
    expect(ofAll.mask).not.toEqual(ofAnnotated.mask)
    const ofBoth = await judgesAfter({ ...all, annotated: annotated.samples })
    expect(ofBoth).toEqual({ image: ofAll.image, mask: ofAnnotated.mask })
  })
})

describe('the training loop', () => {
  test('scores a model that it goes on from before it changes it', async () => {
    const model = await TrainingState.create({ ...settings, seed: 3 }).save()
    const { state } = TrainingState.continueFrom(settings, { ...model, scalars: { ...model.scalars, imagesSeen: 80 } })
    const values = [4, 9, 9]
    const evaluate = () => Promise.resolve({ metric: 'test', value: values.shift() ?? NaN, classes: [] })
    const [first] = await trainAll(settings, state, { evaluate })
    expect(first).toMatchObject({ kind: 'evaluated', iteration: 0, value: 4, isBest: true })
    expect(state.best).toEqual({ iteration: 0, value: 4 })
  })

  test('asks for samples by the clock as well, once for each time that has come, and never for one that is past', async () => {
    const own = { ...settings, sampleEvery: 100, sampleSeconds: [0.005, 0.006, 1e6] }
    const shownIn = async (state: TrainingState) =>
      (await trainAll(own, state)).filter(({ kind }) => kind === 'sample-due')
    expect(await shownIn(TrainingState.create(own))).toEqual([{ kind: 'sample-due', iteration: 1, isByClock: true }])
    const later = TrainingState.create(own)
    later.seconds = 60
    expect(await shownIn(later)).toEqual([])
  })

  test('reports, asks for samples and safe points, and evaluates on time and at the end', async () => {
    const values = [5, 7]
    const hooks = {
      evaluate: () => Promise.resolve({ metric: 'test', value: values.shift() ?? NaN, classes: [] })
    }
    const state = TrainingState.create(settings)
    const events = await trainAll(settings, state, hooks)
    expect(events.map(({ kind, iteration }) => `${iteration} ${kind}`)).toEqual([
      '1 step',
      '2 step',
      '2 sample-due',
      '3 step',
      '3 checkpoint-due',
      '4 step',
      '4 sample-due',
      '4 evaluated',
      '5 step',
      '6 step',
      '6 sample-due',
      '6 checkpoint-due',
      '6 evaluated'
    ])
    expect(
      events.flatMap((event) => (event.kind === 'evaluated' ? [`${event.occasion} ${event.isBest}`] : []))
    ).toEqual(['due true', 'closing false'])
    expect(state.best).toEqual({ iteration: 4, value: 5 })
  })

  test('never takes a score of fewer pictures, which says so, for the best', async () => {
    const evaluate = () => Promise.resolve({ metric: 'test', value: 1, classes: [], note: 'fewer pictures' })
    const state = TrainingState.create(settings)
    const events = await trainAll(settings, state, { evaluate })
    expect(events.flatMap((event) => (event.kind === 'evaluated' ? [event.isBest] : []))).toEqual([false, false])
    expect(state.best).toBeUndefined()
  })

  test('does not let the score that closes a run count for one that goes on', async () => {
    const values = [5, 3]
    const evaluate = () => Promise.resolve({ metric: 'test', value: values.shift() ?? NaN, classes: [] })
    const state = TrainingState.create(settings)
    const events = await trainAll(settings, state, { evaluate })
    expect(events.at(-1)).toMatchObject({ kind: 'evaluated', iteration: 6, occasion: 'closing', isBest: true })
    expect(state.best).toEqual({ iteration: 4, value: 5 })
  })

  test('ends where a due score did not come about, and makes up for it when it goes on', async () => {
    const occasions: string[] = []
    const hooks = (value: number | undefined) => ({
      evaluate: (_: unknown, occasion: string) => {
        occasions.push(occasion)
        return Promise.resolve(value === undefined ? undefined : { metric: 'test', value, classes: [] })
      }
    })
    const state = TrainingState.create(settings)
    await trainAll(settings, state, hooks(undefined))
    expect(state.iteration).toBe(4)
    expect(occasions).toEqual(['due', 'closing'])

    const events = await trainAll(settings, state, { ...hooks(2), isScored: false })
    expect(events[0]).toMatchObject({ kind: 'evaluated', iteration: 4, occasion: 'due' })
    expect(events.at(-1)).toMatchObject({ kind: 'evaluated', iteration: 6, occasion: 'closing' })
  })

  test('stops between iterations when it is cancelled, without an evaluation', async () => {
    const cancel = new AbortController()
    const kinds: string[] = []
    const hooks = { nextBatch: nextBatch(settings), evaluate: () => Promise.reject(new Error('not asked for')) }
    for await (const event of train(settings, TrainingState.create(settings), hooks, cancel.signal)) {
      kinds.push(`${event.iteration} ${event.kind}`)
      cancel.abort()
    }
    expect(kinds).toEqual(['1 step'])
  })

  test('says that a run has diverged, and goes no further', async () => {
    const own = tinyTraining({ learningRate: { generator: 1e30, discriminator: 1e30 } })
    const events = await trainAll(own, TrainingState.create(own))
    expect(events.at(-1)?.kind).toBe('diverged')
    expect(events.length).toBeLessThan(12)
  })

  test('ends when the time of a sitting is over', async () => {
    const own = tinyTraining({ iterations: 1000 })
    const state = TrainingState.create(own)
    await trainAll(own, state, { isOver: () => state.iteration >= 2 })
    expect(state.iteration).toBe(2)
  })
})

describe('a new run from a saved model', () => {
  test('takes the averaged generator and the discriminator, and starts its optimisers anew', async () => {
    const first = TrainingState.create(settings)
    await trainAll({ ...settings, iterations: 2 }, first)
    const saved = await first.save()
    const { state, taken, fresh } = TrainingState.continueFrom(tinyTraining({ seed: 8 }), saved)
    expect(fresh).toEqual([])
    expect(taken).toContain('discriminator.proxy.fc0.weight')
    expect(await state.save()).toMatchObject({
      scalars: { iteration: 0, imagesSeen: 8, optimizerSteps: { generator: 0, discriminator: 0 }, pathLengthMean: 0 },
      tensors: {
        generator: saved.tensors.generatorEma,
        generatorEma: saved.tensors.generatorEma,
        discriminator: saved.tensors.discriminator
      }
    })
  })

  test('makes new class embeddings for another number of classes, and new layers for another resolution', async () => {
    const saved = await TrainingState.create(settings).save()
    const other = tinyTraining({ network: tinyNetwork({ classes: 3 }) })
    expect(TrainingState.continueFrom(other, saved).fresh).toEqual([
      'generator.mapping.embed.weight',
      'generator.mapping.embed.bias',
      'discriminator.proxy.embed.weight',
      'discriminator.proxy.embed.bias'
    ])
    const larger = tinyTraining({ network: tinyNetwork({ resolution: 16 }) })
    const { taken, fresh } = TrainingState.continueFrom(larger, saved)
    expect(taken).toContain('generator.synthesis.b8.conv1.weight')
    expect(fresh).toContain('generator.synthesis.b16.conv1.weight')
  })

  test('goes on at twice the resolution with the pictures that the model made, enlarged', async () => {
    const small = tinyNetwork({ generator: 'stylegan2', discriminators: 'separate' })
    const first = TrainingState.create(tinyTraining({ network: small }))
    await trainAll(tinyTraining({ network: small, iterations: 2 }), first)
    const large = tinyNetwork({ ...small, resolution: 16 })
    const { state } = TrainingState.continueFrom(tinyTraining({ network: large }), await first.save())
    const inputs = drawGeneratorInputs(new RandomStream(3), tinyTraining({ network: large }), 4)
    const before = first.generatorEma.forward({ ...inputs, mixing: undefined }).samples
    const after = state.generatorEma.forward({ ...inputs, mixing: undefined }).samples
    expect(Number(tf.max(tf.abs(tf.sub(after, firUpsample2(before)))).arraySync())).toBeLessThan(1e-5)
    // And it can learn from there.
    await runIteration(tinyTraining({ network: large }), state, tinyBatch(tinyTraining({ network: large }), 0))
    const moved = state.generator.forward({ ...inputs, mixing: undefined }).samples
    expect(Number(tf.max(tf.abs(tf.sub(moved, after))).arraySync())).toBeGreaterThan(1e-3)
  })

  test('may split one discriminator in two: the image is judged anew, the generator goes on', async () => {
    const saved = await TrainingState.create(settings).save()
    const apart = tinyTraining({ network: tinyNetwork({ discriminators: 'separate' }) })
    const { taken, fresh, state } = TrainingState.continueFrom(apart, saved)
    expect(fresh.filter((name) => !name.startsWith('maskDiscriminator.'))).toEqual(['discriminator.b8.fromrgb.weight'])
    expect(taken).toContain('generator.synthesis.b8.conv1.weight')
    expect(fresh).toContain('maskDiscriminator.adv.weight')
    expect((await state.save()).tensors.maskDiscriminator).toBeDefined()
  })
})

function nextBatch(own: TrainingSettings): TrainingHooks['nextBatch'] {
  return (iteration) => Promise.resolve(tinyBatch(own, iteration))
}

async function trainAll(
  own: TrainingSettings,
  state: TrainingState,
  hooks: Partial<TrainingHooks> = {}
): Promise<TrainingEvent[]> {
  const all = { nextBatch: nextBatch(own), evaluate: () => Promise.resolve(evaluation), ...hooks }
  const events = []
  for await (const event of train(own, state, all, new AbortController().signal)) events.push(event)
  return events
}

const evaluation = { metric: 'test', value: 1, classes: [] }

/**
 * Everything that the state holds, found by walking all of its fields, so that a new field is found too. The wall time,
 * which no two runs share, is left out unless asked for.
 */
function contents(state: TrainingState, withTime = false): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const visit = (value: unknown, path: string) => {
    if (value instanceof tf.Tensor) found[path] = [...value.dataSync()]
    else if (value instanceof Map) for (const [key, item] of value) visit(item, `${path}.${String(key)}`)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value))
        if (!unchanging.has(key)) visit(item, path ? `${path}.${key}` : key)
    } else if (value !== undefined) found[path] = value
  }
  visit(state, '')
  if (!withTime) delete found['seconds']
  return found
}

/** Fields that are fixed when the state is made. */
const unchanging = new Set(['settings', 'resolution', 'parameters'])

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

test('trains on a data set with a single class, where no class has to be told from another', async () => {
  const single = tinyTraining({ network: tinyNetwork({ classes: 1 }), iterations: 2 })
  const events = await trainAll(single, TrainingState.create(single))
  const steps = events.filter(({ kind }) => kind === 'step')
  expect(steps).toHaveLength(2)
})
