import { type StudyBoard, StudyPlan } from '../../src/shared/study-look.ts'

/** A board of two images, with and without synthetic ones: two draws, one generator for each, two seeds. */
export function madeBoard(done: readonly string[]): StudyBoard {
  const plan = StudyPlan.parse({
    version: 1,
    program: '9.9.9',
    created: '2026-01-01T00:00:00.000Z',
    name: 'does it help',
    question: 'Does it?',
    design: 'few-images',
    metric: 'AP',
    convention: 'livecell',
    smallestEffect: 0.01,
    stoppingRule: 'never',
    confidence: 0.95,
    resamples: 100,
    seed: 0,
    engine: 'auto',
    dataset: { id: 'd-1', name: 'cells' },
    classes: ['round'],
    columns: [{ name: '2 images', images: 2, synthetic: 8, arms: ['real', 'synthetic'] }],
    moreImages: 2,
    repeats: { draws: 2, generators: 1, seeds: 2 },
    segmentation: {
      iterations: 10,
      batch: 2,
      width: 'quarter',
      crop: 32,
      learningRate: 0.005,
      syntheticShare: 0.5
    },
    notes: [],
    counts: { train: 10, validation: 2, test: 4, testCells: 16, wells: 16 }
  })
  const draws = [0, 1]
  const generators = draws.map((draw) => ({ kind: 'generator' as const, arm: 'synthetic' as const, draw, seed: 0 }))
  const arms = (['real', 'synthetic'] as const).flatMap((arm) =>
    draws.flatMap((draw) => [0, 1].map((seed) => ({ kind: 'arm' as const, arm, draw, seed })))
  )
  const parts = [...generators, ...arms].map((part) => {
    const id =
      part.kind === 'generator' ? `generator.c0.d${part.draw}.g0` : `${part.arm}.c0.d${part.draw}.g0.s${part.seed}`
    return { ...part, id, column: 0, generator: 0, isDone: done.includes(id) }
  })
  return { plan, hash: 'ab'.repeat(32), parts }
}
