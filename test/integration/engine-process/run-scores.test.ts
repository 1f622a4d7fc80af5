import { resolve } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { type TileImage, TileSource } from '../../../src/main/datasets/tile-source.ts'
import { type Channel } from '../../../src/main/engine-process/channel.ts'
import { RunScores } from '../../../src/main/engine-process/run-scores.ts'
import { type SittingClock } from '../../../src/main/engine-process/sitting-clock.ts'
import { createGenerator, type Generator } from '../../../src/main/engine/networks/generator.ts'
import { type EngineMessage } from '../../../src/main/jobs/engine-protocol.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { type TrainingSettings } from '../../../src/shared/training.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { tinyTraining } from '../../support/tiny-training.ts'

const settings = tinyTraining({ evaluationPictures: 64 })
let generator: Generator
let folder: string

beforeAll(async () => {
  await chooseBackend('wasm')
  generator = createGenerator(settings.network, new RandomStream(1))
})
beforeEach(async () => {
  folder = await temporaryFolder()
})

function image(classIndex: number): TileImage {
  const random = new RandomStream(classIndex, 'image')
  const pixels = Uint8Array.from({ length: 64 * 64 }, () => random.integer(256))
  const load = () => Promise.resolve({ pixels, levels: new Uint8Array(64 * 64) })
  return { name: `image ${classIndex}`, width: 64, height: 64, classIndex, load }
}

/** Scores of a run in a sitting with so many seconds left of so many, whose channel is told to pause after some messages. */
function scoresWith(
  time: { left: number; total: number } | undefined,
  {
    pauseAfter = Number.POSITIVE_INFINITY,
    changes = {}
  }: { pauseAfter?: number; changes?: Partial<TrainingSettings> } = {}
) {
  const pause = new AbortController()
  const sent: EngineMessage[] = []
  const channel = {
    pause: pause.signal,
    listen: () => Promise.resolve(),
    send: (message: EngineMessage) => {
      if (sent.push(message) >= pauseAfter) pause.abort()
      return Promise.resolve()
    }
  }
  const clock = { isLimited: time !== undefined, ...(time ?? { left: Infinity, total: Infinity }) }
  const tiles = new TileSource([image(0), image(1)], {
    ...{ tile: 8, imageChannels: 1, maskCode: 'gray', grayLevels: 4, flips: 'none', seed: 1 }
  })
  const job = {
    resources: resolve('resources'),
    preparedFolder: folder,
    settings: { ...settings, ...changes },
    classes: ['a', 'b']
  }
  // What of the channel and the clock scores make use of.
  const scores = new RunScores(job, tiles, channel as unknown as Channel, clock as unknown as SittingClock)
  return { scores, sent, clock }
}

/** Takes two seconds for each batch: half a second for each picture of a trial. */
function slow(quick: Generator): Generator {
  const forward = (...given: Parameters<Generator['forward']>) => {
    for (const end = performance.now() + 2000; performance.now() < end;);
    return quick.forward(...given)
  }
  return { settings: quick.settings, forward } as unknown as Generator // all that makes pictures
}

describe('a score of a run', () => {
  test('is of all pictures where time is not limited, and tells how far it is', async () => {
    const { scores, sent } = scoresWith(undefined)
    const score = await scores.evaluate(generator, 'due')
    expect(score).toMatchObject({
      metric: 'FD-EffNet',
      classes: [
        { real: 32, fake: 32 },
        { real: 32, fake: 32 }
      ]
    })
    expect(score).not.toHaveProperty('note')
    expect(sent.at(-1)).toMatchObject({ type: 'progress', stage: 'evaluate', done: 128, total: 128 })
    expect(scores.reserve).toBe(0)
  })

  test('by cells is 0 for real pictures and 1 for blank ones, and its ends stand beside it', async () => {
    const changes = { selection: 'cells', evaluationPictures: 16 } as const
    const { scores, sent } = scoresWith({ left: 1000, total: 1000 }, { changes })
    const score = await scores.evaluate(generator, 'due')
    if (score === undefined || score === 'left out') throw new Error('there is time for a score')
    expect(score).toMatchObject({
      metric: 'cell distance',
      anchors: { real: expect.closeTo(0, 0) as number, empty: 1 }
    })
    expect(score.classes).toMatchObject([
      { name: 'a', real: 8, fake: 8 },
      { name: 'b', real: 8, fake: 8 }
    ])
    expect(score.value).toBeGreaterThan(0.2) // a generator that has learned nothing
    expect(sent.at(-1)).toMatchObject({ type: 'progress', stage: 'evaluate', done: 32, total: 32 })

    const again = scoresWith(undefined, { changes })
    expect(await again.scores.evaluate(generator, 'due')).toEqual(score) // from what was kept of real pictures
    expect(again.sent.at(-1)).toMatchObject({ done: 32 })
  })

  test('that closes a sitting is of fewer pictures where there is no time for all, and says so', async () => {
    const { scores, clock } = scoresWith({ left: 1000, total: 1000 })
    await scores.tryOut(slow(generator))
    expect(scores.reserve).toBeGreaterThan(1.25 * 64 * 0.5)
    clock.left = 3
    expect(await scores.evaluate(generator, 'closing')).toMatchObject({
      metric: expect.stringMatching(/^FD-EffNet of (?:[8-9]|1\d|2\d) pictures$/) as string,
      note: expect.stringMatching(/^Scored with (?:[8-9]|1\d|2\d) pictures instead of 64/) as string
    })
  })

  test('that is due ends the sitting where it does not fit any more, unless the sitting has just begun', async () => {
    const { scores, clock } = scoresWith({ left: 1000, total: 1000 })
    await scores.tryOut(generator)
    clock.left = 0.01
    clock.total = 1.3
    expect(await scores.evaluate(generator, 'due')).toBe('left out')
    expect(scores.missing).toBe('There was no time for the score that was due.')
    scores.takeAllTime()
    expect(await scores.evaluate(generator, 'due')).toBeUndefined()
    expect(scores.reserve).toBeLessThan(0.3)
  })

  test('that closes a sitting is left out where even the few seconds after its end are over', async () => {
    const { scores, clock } = scoresWith({ left: 1000, total: 1000 })
    await scores.tryOut(generator)
    clock.left = -16
    expect(await scores.evaluate(generator, 'closing')).toBeUndefined()
    expect(scores.missing).toBe('There was no time left for a score.')
  })

  test('is broken off between two parts when the run is to pause', async () => {
    const { scores, sent } = scoresWith(undefined, { pauseAfter: 2 })
    expect(await scores.evaluate(generator, 'due')).toBeUndefined()
    expect(sent).toHaveLength(2)
    expect(scores.missing).toBeUndefined()
  })
})
