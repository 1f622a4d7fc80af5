import { describe, expect, test } from 'vitest'
import { chainOf } from '../../../src/renderer/screens/things/chain.ts'
import { nextStep, otherStep } from '../../../src/renderer/screens/things/next-step.ts'
import { makingOf, numbersOf } from '../../../src/renderer/screens/things/thing-facts.ts'
import { recentThings, thingsOf } from '../../../src/renderer/shown-things.ts'
import { Segmenter, SegmenterSettings } from '../../../src/shared/segmentation.ts'
import { Study } from '../../../src/shared/studies.ts'
import { type OriginEntry } from '../../../src/shared/tending.ts'
import { fullWorkspace } from '../../support/fake-demo.ts'
import { fakeRun } from '../../support/fake-run.ts'

const content = fullWorkspace('/w')

describe('A thing as lists show it', () => {
  test('says of a model how far it is and how good', () => {
    const { best: _, ...unscored } = fakeRun
    const runs = [fakeRun, { ...unscored, state: 'running' as const }]
    const facts = thingsOf('models', { ...content, runs, builtIn: [] }).map((thing) => thing.facts)
    expect(facts).toEqual(['ready, best score 96.4', 'learning, no score yet'])
  })

  test('says that its files are missing, and shows no pictures then', () => {
    const datasets = content.datasets.map((item) => ({ ...item, missing: true }))
    expect(thingsOf('images', { ...content, datasets })).toMatchObject([
      { facts: 'its files are missing', isMissing: true }
    ])
    expect(thingsOf('images', { ...content, datasets })[0]?.pictures).toBeUndefined()
  })

  test('has an address of its own, versions below their images', () => {
    expect(recentThings(content, 10).map(({ address }) => address)).toContain('#/images/Sample/versions/prepared-1')
  })

  test('is recent by its date, whatever its kind', () => {
    const synthetic = content.synthetic.map((item) => ({ ...item, created: '2030-01-01T00:00:00.000Z' }))
    expect(recentThings({ ...content, synthetic }, 2).map(({ kind }) => kind)[0]).toBe('synthetic')
    expect(recentThings(content, 2)).toHaveLength(2)
  })
})

describe('Segmentation networks and studies', () => {
  const network = Segmenter.parse({
    id: 'g-1',
    name: 'finder',
    created: '2025-03-01T00:00:00.000Z',
    state: 'finished',
    iteration: 600,
    best: { iteration: 600, AP50: 0.75, meanAP: 0.5 },
    parameters: 1_654_183,
    settings: SegmenterSettings.parse({ iterations: 600 }),
    learnedFrom: [{ kind: 'dataset', id: 'dataset-1', name: 'Sample', as: 'real', images: ['a.png', 'b.png'] }],
    validatedOn: []
  })
  const study = Study.parse({
    id: 'st-1',
    name: 'few images',
    created: '2025-03-02T00:00:00.000Z',
    kind: 'few-images',
    arms: ['real', 'copy-paste', 'synthetic'],
    repeats: 5
  })
  const things = { ...content, segmenters: [network], studies: [study] }

  test('stand on their shelves, and among what was made last', () => {
    expect(thingsOf('models', things).map(({ name }) => name)).toContain('finder')
    expect(thingsOf('studies', things)).toMatchObject([
      {
        name: 'few images',
        address: '#/studies/st-1',
        facts: '2 ways to learn held against real images alone, 5 repeats'
      }
    ])
    expect(recentThings(things, 9).map(({ name }) => name)).toEqual(expect.arrayContaining(['finder', 'few images']))
  })

  test('tell what they are and how they were made', () => {
    const words = [...thingsOf('models', things), ...thingsOf('studies', things)]
      .filter(({ kind }) => kind === 'segmenter' || kind === 'study')
      .flatMap((thing) => [...numbersOf(thing, things), ...makingOf(thing, things)])
      .flatMap(({ rows }) => rows.flat())
    expect(words).toEqual(
      expect.arrayContaining([
        '1,654,183',
        'Sample (2)',
        'Real images only; Copy-paste of real cells; Synthetic images',
        '5',
        'Few annotated images'
      ])
    )
  })
})

describe('What comes next', () => {
  const things = { ...content, prepared: [] }

  test('of images is a version, and then a model of it', () => {
    const [dataset] = thingsOf('images', things)
    if (dataset === undefined) throw new Error('there is one')
    expect(nextStep(dataset, things)?.address).toBe('#/images/new?dataset=dataset-1')
    const prepared = content.prepared.map((item) => ({ ...item, dataset: 'dataset-1' }))
    expect(nextStep(dataset, { ...things, prepared })?.address).toBe('#/models/new?version=prepared-1')
  })

  test('of a synthetic set and of a version whose model has learned is to ask whether it helps, where its images are here', () => {
    const [made] = thingsOf('sets', content)
    const [version] = recentThings(content, 10).filter(({ kind }) => kind === 'prepared')
    if (made === undefined || version === undefined) throw new Error('there is one of each')
    expect(nextStep(made, content)?.label).toBe('Pack for other programs')
    const prepared = content.prepared.map((item) => ({ ...item, dataset: 'dataset-1' }))
    const runs = [{ ...fakeRun, prepared: 'prepared-1' }]
    const synthetic = content.synthetic.map((item) => ({ ...item, run: fakeRun.id }))
    const here = { ...content, prepared, runs, synthetic }
    expect(nextStep(made, here)?.address).toBe(`#/studies/new?set=${made.id}&data=dataset-1`)
    expect(otherStep(made, here)?.label).toBe('Pack for other programs')
    expect(nextStep(version, here)?.address).toBe('#/studies/new?data=dataset-1')
    expect(otherStep(version, here)?.label).toBe('Train a model')
    const unlearned = { ...here, runs: [] }
    expect(nextStep(version, unlearned)?.label).toBe('Train a model')
    expect(otherStep(version, unlearned)?.address).toBe('#/studies/new?data=dataset-1')
  })

  test('of a model is to watch it while it learns, and pictures of it afterwards', () => {
    const [model] = thingsOf('models', content)
    if (model === undefined) throw new Error('there is one')
    const running = { ...content, runs: [{ ...fakeRun, state: 'running' as const }] }
    expect(nextStep(model, running)?.address).toBe('#/models/run-1/live')
    expect(nextStep(model, content)?.address).toBe('#/sets/new?run=run-1')
    const failed = { ...content, runs: [{ ...fakeRun, state: 'failed' as const }] }
    expect(nextStep(model, failed)).toBeUndefined()
  })
})

describe('The chain of a thing', () => {
  const entry = (kind: OriginEntry['kind'], name: string): OriginEntry => ({ kind, id: name, name })

  test('goes from what was imported to the nearest, without files and the built-in model that it went on from', () => {
    const from = [
      entry('run', 'r'),
      entry('prepared', 'p'),
      entry('built-in', 'starter'),
      entry('dataset', 'd'),
      entry('file', '/x')
    ]
    expect(chainOf(from).map(({ name }) => name)).toEqual(['d', 'p', 'r'])
  })

  test('begins with the built-in model where there is nothing before it', () => {
    expect(chainOf([entry('built-in', 'starter')]).map(({ name }) => name)).toEqual(['starter'])
  })
})
