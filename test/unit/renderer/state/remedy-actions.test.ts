import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { addressOf, routeAt } from '../../../../src/renderer/router.ts'
import { answerIn } from '../../../../src/renderer/state/answering.ts'
import { Computer } from '../../../../src/renderer/state/computer.svelte.ts'
import { Problems } from '../../../../src/renderer/state/problems.svelte.ts'
import { Questions } from '../../../../src/renderer/state/questions.svelte.ts'
import { remedyActions } from '../../../../src/renderer/state/remedy-actions.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { Tending } from '../../../../src/renderer/state/tending.svelte.ts'
import { givenAnswers } from '../../../../src/renderer/wizards/images/images-answers.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { defaultMaskSettings, type Prepared, PreparedId } from '../../../../src/shared/masks.ts'
import { EstimateRequest } from '../../../../src/shared/estimates.ts'
import { type Remedy, RemedyOption } from '../../../../src/shared/remedies.ts'
import { TaskKind } from '../../../../src/shared/tasks.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const tiles: Prepared = {
  ...{ id: PreparedId.parse('p-1'), name: 'tiles', created: '2026-11-28T10:00:00.000Z', dataset: 'dataset-1' },
  ...{ tile: 256, scale: 0.5, channels: 'rgb', grayLevels: 3, seed: 0, classes: ['HeLa'] },
  mask: { ...defaultMaskSettings, grayLevels: 3 },
  roundTrip: { AP: 1, AP50: 1, AP75: 1 }
}

function page(chooseWorkspace?: () => Promise<boolean>) {
  const transport = new FakeTransport()
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  const shown: string[] = []
  const problems = new Problems()
  const questions = new Questions(problems)
  const actionOf = remedyActions({
    go: (place) => shown.push(addressOf(place)),
    idOf: (kind, name) => (name === undefined ? undefined : `${kind}-1`),
    runOf: () => undefined,
    preparedOf: (name) => (name === tiles.id ? tiles : undefined),
    freeName: (wanted) => `${wanted} 2`,
    chooseWorkspace,
    computer: new Computer(bridge, tasks),
    tasks,
    tending: new Tending(bridge),
    problems,
    questions
  })
  return { transport, shown, actionOf, problems, tasks, questions }
}

test('resuming with fewer samples at a time starts that task', () => {
  const { transport, actionOf } = page()
  actionOf({ action: 'resume-run', run: 'my run', microBatch: 2 })?.()
  expect(transport.sent).toEqual([
    { name: 'tasks.start', input: { kind: 'resume', input: { run: 'my run', microBatch: 2 } } }
  ])
})

test('a damaged pack is fetched again where packs are shown', () => {
  const { transport, shown, actionOf } = page()
  actionOf({ action: 'install-engine', engine: 'native-gpu', again: true })?.()
  expect(shown).toEqual(['#/settings'])
  expect(transport.sent).toEqual([
    { name: 'tasks.start', input: { kind: 'engine-build', input: { gpu: true, force: true } } }
  ])
})

test('what is in the trash is restored at once, and the trash is shown before it is emptied', () => {
  const { transport, shown, actionOf } = page()
  actionOf({ action: 'restore', name: 'my run' })?.()
  expect(transport.sent).toEqual([{ name: 'things.restore', input: { thing: 'my run' } }])
  actionOf({ action: 'empty-trash' })?.()
  expect([shown, transport.sent.length]).toEqual([['#/trash'], 1])
})

test('a remedy that fails says why', async () => {
  const { actionOf, problems } = page()
  actionOf({ action: 'open-package', file: '/x.zip' })?.()
  await expect.poll(() => problems.of('page')?.kind).toBe('defect') // this page answers nothing
})

test.each<[Remedy, string]>([
  [{ action: 'list', kind: 'run' }, '#/models'],
  [{ action: 'show', kind: 'dataset', name: 'my cells' }, '#/images/dataset-1'],
  [{ action: 'make', kind: 'dataset' }, '#/images/new'],
  [{ action: 'make', kind: 'prepared' }, '#/images/new'],
  [{ action: 'make', kind: 'run' }, '#/models/new'],
  [{ action: 'make', kind: 'synthetic' }, '#/sets/new'],
  [{ action: 'import-again' }, '#/images/new'],
  [{ action: 'prepare-again', dataset: 'my cells' }, '#/images/new?dataset=dataset-1'],
  [{ action: 'generate-again', run: 'my run' }, '#/sets/new?run=run-1'],
  [{ action: 'train-from', run: 'my run', prepared: 'my tiles' }, '#/models/new?version=prepared-1&from=run-1'],
  [{ action: 'train-from', run: 'my run', learningRate: 0.001 }, '#/models/new?from=run-1&learningRate=0.001'],
  [{ action: 'archive-engine' }, '#/settings?at=archive'],
  [{ action: 'install-engine-file' }, '#/settings?at=file'],
  [{ action: 'set-option', option: 'wheel' }, '#/settings?at=file'],
  [{ action: 'show-storage' }, '#/settings']
])('a remedy that needs answers leads to where they are asked (%j)', (remedy, address) => {
  const { transport, shown, actionOf } = page()
  actionOf(remedy)?.()
  expect([shown, transport.sent]).toEqual([[address], []])
})

describe('Preparing images again', () => {
  const again: Remedy = { action: 'prepare-again', tile: 64, leaveOut: ['BV2'] }
  /** What the wizard is opened with. */
  const asked = (address: string | undefined) => {
    const { query = {} } = routeAt(address ?? '')
    return givenAnswers(query)
  }

  test('begins with what a version shows of how it was prepared, and what the remedy changes', () => {
    const { shown, actionOf } = page()
    actionOf(again, { ...fakeTask('t-1', 'train'), state: 'failed', input: { prepared: 'p-1', name: 'a' } })?.()
    expect(asked(shown[0])).toEqual({
      ...{ dataset: 'dataset-1', tile: 64, scale: 0.5, channels: 'rgb', leaveOut: ['BV2'] },
      ...{ maxCover: defaultMaskSettings.maxCover, grayLevels: 3 }
    })
  })

  test('begins with what was asked of a preparation, where that is known', async () => {
    const { transport, shown, actionOf, tasks } = page()
    const input = { dataset: 'plate', name: 'tiles', tile: 256, split: [0.5, 0.25, 0.25], mergeClasses: true }
    const preparing = { ...fakeTask('t-2', 'prepare'), state: 'failed', input } as const
    actionOf(again, preparing)?.()
    const answers = { dataset: 'dataset-1', tile: 64, split: [0.5, 0.25, 0.25], mergeClasses: true, leaveOut: ['BV2'] }
    expect(asked(shown[0])).toEqual(answers)

    transport.answers['tasks.list'] = () => ({ tasks: [{ ...preparing, state: 'done', thing: 'p-1' }] })
    await tasks.load()
    actionOf(again, { ...fakeTask('t-3', 'estimate'), state: 'done', input: { of: 'train', prepared: 'p-1' } })?.()
    expect(asked(shown[1])).toMatchObject({ ...answers, scale: 0.5, channels: 'rgb' })
  })

  test('of what is not known begins at the images alone', () => {
    const { shown, actionOf } = page()
    actionOf({ action: 'prepare-again' }, { ...fakeTask('t-1', 'train'), input: { prepared: 'gone' } })?.()
    expect(shown).toEqual(['#/images/new'])
  })
})

test('a run is paused where it is at work, and else there is no button', async () => {
  const { transport, actionOf, tasks } = page()
  expect(actionOf({ action: 'pause-run', run: 'my run' })).toBeUndefined()
  transport.answers['tasks.list'] = () => ({
    tasks: [{ ...fakeTask('t-1', 'train'), name: 'my run', state: 'running' }]
  })
  await tasks.load()
  actionOf({ action: 'pause-run', run: 'my run' })?.()
  expect(transport.sent.at(-1)).toMatchObject({ name: 'tasks.pause', input: { id: 't-1' } })
})

describe('What was answered before', () => {
  const failed = { ...fakeTask('t-1', 'look'), state: 'failed', input: { source: '/plate', planes: { z: 2 } } } as const

  test('is answered otherwise where the remedy knows how, and the task begins anew with it', () => {
    const { transport, actionOf } = page()
    actionOf({ action: 'set-option', option: 'annotations', value: '/cells.json' }, failed)?.()
    expect(transport.sent).toEqual([
      { name: 'tasks.again', input: { id: 't-1', changes: { annotations: '/cells.json' } } }
    ])
  })

  test('is asked for where it does not, with what was answered in the field, beside what belongs to it', async () => {
    const { transport, actionOf, questions } = page()
    transport.answers['tasks.again'] = () => fakeTask('t-2', 'look')
    actionOf({ action: 'set-option', option: 'z' }, failed)?.()
    expect(questions.open).toMatchObject({ choice: 'z', before: '2' })
    await questions.answer(' 3 ')
    expect(transport.sent[0]?.input).toEqual({ id: 't-1', changes: { planes: { z: 3 } } })
    expect(questions.open).toBeUndefined()
  })

  test('is asked for again where the app refuses the answer, which can be corrected', async () => {
    const { transport, actionOf, questions, problems } = page()
    transport.answers['tasks.again'] = () => {
      throw new AppError('usage', 'There is no such rule.')
    }
    actionOf({ action: 'set-option', option: 'classFrom' }, failed)?.()
    await questions.answer('nothing')
    expect(problems.of('form question')?.message).toBe('There is no such rule.')
    expect(questions.open?.choice).toBe('classFrom')
    questions.close()
    expect(problems.of('form question')).toBeUndefined()
  })

  test('stays a sentence while it is at work, and where a task was never asked it', () => {
    const { actionOf } = page()
    const remedy: Remedy = { action: 'set-option', option: 'annotations', value: '/cells.json' }
    expect(actionOf(remedy, { ...failed, state: 'running' })).toBeUndefined()
    expect(actionOf({ ...remedy, option: 'tile' }, failed)).toBeUndefined()
    expect(actionOf(remedy)).toBeUndefined()
  })

  test('is typed as people write lists and numbers', () => {
    expect(answerIn('channels', '-, 1,2')).toEqual([0, 1, 2])
    expect(answerIn('learningRate', '0,001')).toBe(0.001)
    expect(answerIn('leaveOut', 'A172, BV2')).toEqual(['A172', 'BV2'])
    expect(answerIn('name', ' plate 3 ')).toBe('plate 3')
  })
})

test('another workspace is opened where the window can, and is a sentence in a browser, whose program opens one alone', async () => {
  const remedy: Remedy = { action: 'choose-workspace' }
  expect(page().actionOf(remedy)).toBeUndefined()
  const opened: string[] = []
  const { actionOf } = page(async () => {
    opened.push('asked')
    return Promise.resolve(true)
  })
  actionOf(remedy)?.()
  await expect.poll(() => opened).toEqual(['asked'])
})

/** Whoever starts the program chooses its port; the page calls things by their ids, so that no kind has to be told. */
const inTerminalsAlone: readonly RemedyOption[] = ['kind', 'port']

test('every option that an error can name is taken by a task, by the wizard of a study or by Settings', () => {
  const { actionOf } = page()
  const failed = (kind: TaskKind, input: object) => ({ ...fakeTask('t-1', kind), input, state: 'failed' as const })
  const tasks = [
    ...TaskKind.options.map((kind) => failed(kind, {})),
    ...EstimateRequest.options.map(({ shape }) => failed('estimate', { of: shape.of.value }))
  ]
  const left = RemedyOption.options.filter((option) =>
    tasks.every((task) => actionOf({ action: 'set-option', option }, task) === undefined)
  )
  expect(left).toEqual(inTerminalsAlone)
})
