import { expect, test } from 'vitest'
import { closingSentences, type SampleResults } from '../../../../src/main/services/sample-words.ts'
import { type EvaluationResult } from '../../../../src/shared/evaluation.ts'
import { type HistoryEntry } from '../../../../src/shared/training.ts'
import { sampleSynthetic } from '../../../support/catalog-samples.ts'
import { fakeRun } from '../../../support/fake-run.ts'

type Evaluation = Extract<HistoryEntry, { kind: 'evaluation' }>

const engine = { name: 'wasm', library: 'tfjs', device: 'a processor', threads: 2 }
const classNames = ['fluorescence', 'stained']

function setOf(name: string, cells: number) {
  const synthetic = {
    ...sampleSynthetic('s-1', name),
    images: 24,
    cells: 24 * cells,
    classes: classNames.map((each) => ({ name: each, images: 12, cells: 12 * cells }))
  }
  const statistics = { pictures: 12, empty: 0 }
  const health = classNames.map((each) => ({
    class: each,
    generated: { ...statistics, cells },
    real: { ...statistics, cells: 3.25 }
  }))
  const filtered = { cells: 0, images: 0, why: {} }
  return { synthetic, health, filtered, warnings: [], overview: '/w/o.png', seed: 0, engine }
}

function scoreOf(frechet: number, iteration: number): EvaluationResult {
  const numbers = { kernel: 0, kernelSd: 0, precision: 0, recall: 0, density: 0, coverage: 0 }
  const ofClass = { ...numbers, frechet, real: 120, fake: 120 }
  return {
    features: { name: 'FD-EffNet', kernelName: 'KD-EffNet', network: 'efficientnet-lite0', sha256: 'a' },
    iteration,
    metrics: classNames.map((each, i) => ({ ...ofClass, class: each, realHalves: 10 + 4 * i })),
    mean: { ...numbers, frechet },
    memorization: { expected: 0.05, nearest: [], picture: 'p.png' },
    notes: [],
    seed: 0,
    engine
  }
}

function scored(value: number, pictures: number, note?: string): Evaluation {
  const classes = classNames.map((name) => ({ name, frechet: value, real: pictures / 2, fake: pictures / 2 }))
  const entry = { iteration: 0, seconds: 9, metric: 'FD-EffNet', value, classes, isBest: true } as const
  return { kind: 'evaluation', ...entry, ...(note === undefined ? {} : { note }) }
}

function wordsOf(changes: Partial<SampleResults>): string {
  return closingSentences({
    first: setOf('first', 1.25),
    trained: {
      run: { ...fakeRun, iteration: 600 },
      parameters: { generator: 1, discriminator: 1 },
      secondsPerIteration: 0.4,
      history: 'runs/run-1/metrics.jsonl',
      notices: [],
      seed: 0,
      engine
    },
    history: [scored(184, 240)],
    score: scoreOf(151, 600),
    made: setOf('made', 2.5),
    packed: { file: '/w/packages/a.zip', bytes: 1, sha256: 'a', entries: 1, warnings: [] },
    folder: '/w/synthetic/s-2',
    ...changes
  }).join('\n')
}

test('The sample closes with the score before and after, and with what real pictures get', () => {
  expect(wordsOf({})).toContain(
    'The distance from real pictures (FD-EffNet) was 184 before it learned, and is 151 now: lower is better, and 12 is what real pictures get.'
  )
})

test('The sample closes with the score that sees cells where there is one, and with both ends of its scale', () => {
  const seen = scoreOf(151, 600)
  const before: HistoryEntry = { ...scored(0.612, 240), metric: 'cell distance' }
  const score = { ...seen, mean: { ...seen.mean, cellDistance: 0.304 } }
  expect(wordsOf({ score, history: [before] })).toContain(
    'The distance of their cells from real ones (cell distance) was 0.61 before it learned, and is 0.30 now: 0 is what real pictures get, 1 is what empty ones get.'
  )
  expect(wordsOf({ score })).toContain('(cell distance) is 0.30: 0 is what') // the run was scored otherwise
})

test('The sample says that it got no better where the model as it was is kept', () => {
  expect(wordsOf({ score: scoreOf(184, 0) })).toContain('is 184, as before: so short a training made no better model')
})

test('The sample does not compare with a score of fewer pictures, or where there is none', () => {
  for (const history of [[], [scored(190, 40)]]) {
    expect(wordsOf({ history })).toContain('The distance from real pictures (FD-EffNet) is 151: lower is better')
  }
})

test('The sample tells how many cells its pictures show, before and after, and real ones', () => {
  expect(wordsOf({})).toContain(
    'Cells a picture: fluorescence 1.3 before and 2.5 now, real tiles 3.3; stained 1.3 before and 2.5 now, real tiles 3.3.'
  )
})

test('The sample ends with what to do with own images, and where everything is', () => {
  const words = wordsOf({})
  expect(words).toContain('for about 4 minutes')
  expect(words).toContain('Next, your own images')
  expect(words).toContain('/w/synthetic/s-2')
  expect(words).toContain('/w/packages/a.zip')
})
