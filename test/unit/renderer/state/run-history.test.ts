import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { RunHistory } from '../../../../src/renderer/state/run-history.svelte.ts'
import { requests } from '../../../../src/shared/api.ts'
import { type HistoryEntry } from '../../../../src/shared/training.ts'
import { fakeRun } from '../../../support/fake-run.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const evaluation = (iteration: number, value: number): HistoryEntry => ({
  kind: 'evaluation',
  iteration,
  seconds: iteration,
  metric: 'frechet',
  value,
  classes: [],
  isBest: false
})
const sample = (iteration: number): HistoryEntry => ({ kind: 'sample', iteration, file: `samples/${iteration}.png` })
const step = (iteration: number): HistoryEntry => ({
  kind: 'step',
  iteration,
  seconds: iteration,
  generatorLoss: 1,
  discriminatorLoss: 1,
  d2dGenerator: 1,
  d2dDiscriminator: 1,
  realSign: 0
})

function follow(history: (run: string) => HistoryEntry[] | Promise<HistoryEntry[]>) {
  const transport = new FakeTransport({
    'runs.show': async (input) => ({
      run: fakeRun,
      history: await history(requests['runs.show'].input.parse(input).name),
      checkpoints: []
    })
  })
  const bridge = new Bridge(transport)
  const shown = new RunHistory(bridge)
  shown.follow()
  bridge.connect()
  const tell = (run: string, entry: HistoryEntry) => {
    transport.emit({ event: 'run.history', run, entry })
  }
  return { shown, tell }
}

describe('RunHistory', () => {
  test('shows what a run said before and goes on with what it says now', async () => {
    const { shown, tell } = follow(() => [step(1), sample(50), evaluation(50, 200)])
    await shown.show('a')
    tell('a', evaluation(100, 150))
    tell('a', sample(100))
    tell('b', evaluation(150, 1))
    expect(shown.evaluations.map(({ value }) => value)).toEqual([200, 150])
    const samples = shown.samples.map(async ({ iteration, picture }) => [iteration, (await picture.load()).address])
    expect(await Promise.all(samples)).toEqual([
      [50, 'picture:runs/a/samples/50.png'],
      [100, 'picture:runs/a/samples/100.png']
    ])
  })

  test('loses nothing that comes while the beginning is under way, and shows nothing twice', async () => {
    const beginning = Promise.withResolvers<HistoryEntry[]>()
    const { shown, tell } = follow(() => beginning.promise)
    const showing = shown.show('a')
    tell('a', evaluation(100, 150))
    beginning.resolve([evaluation(50, 200), evaluation(100, 150)])
    await showing
    expect(shown.evaluations.map(({ iteration }) => iteration)).toEqual([50, 100])
  })

  test('takes the later of two entries at one place: a killed engine trains a stretch again', async () => {
    const { shown, tell } = follow(() => [evaluation(50, 200), evaluation(100, 150)])
    await shown.show('a')
    tell('a', evaluation(100, 149))
    expect(shown.evaluations.map(({ value }) => value)).toEqual([200, 149])
  })

  test('forgets one run when another is shown, also when its answer comes late', async () => {
    const late = Promise.withResolvers<HistoryEntry[]>()
    const { shown } = follow((run) => (run === 'a' ? late.promise : [evaluation(10, 5)]))
    const showingA = shown.show('a')
    await shown.show('b')
    late.resolve([evaluation(999, 1)])
    await showingA
    expect(shown.evaluations.map(({ iteration }) => iteration)).toEqual([10])
    await shown.show(undefined)
    expect(shown.evaluations).toEqual([])
  })

  test('makes up for what was missed while the page was away', async () => {
    const history = [evaluation(50, 200)]
    const { shown } = follow(() => history)
    await shown.show('a')
    history.push(evaluation(100, 150))
    await shown.reload()
    expect(shown.evaluations).toHaveLength(2)
  })
})
