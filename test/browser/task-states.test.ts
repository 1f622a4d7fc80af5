import { join } from 'node:path'
import { type Page } from 'playwright-core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Handlers } from '../../src/main/services/dispatch.ts'
import { refuse } from '../../src/shared/errors.ts'
import { type Task } from '../../src/shared/tasks.ts'
import { FakeDemo, fakeTask, fullWorkspace, idleDemo } from '../support/fake-demo.ts'
import { pagesInChromium, type ShownPage } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const show = pagesInChromium('task-states')
const folder = await temporaryFolder(afterAll)

const waiting = { state: 'waiting', worker: 'w' } as const
const began = { started: '2026-11-28T10:00:00.000Z' }

/** One of each state, oldest first. */
const oneOfEach: Task[] = [
  fakeTask('t-look', 'look', { name: 'plate 3', state: 'done', seconds: 4, summary: '60 of 62 files can be taken' }),
  fakeTask('t-gone', 'prepare', { name: 'Plate 2', state: 'interrupted' }),
  fakeTask('t-none', 'import', { name: 'Plate 9', state: 'cancelled' }),
  fakeTask('t-full', 'generate', {
    name: 'Set 4',
    state: 'failed',
    error: {
      kind: 'resources',
      message: 'The disk that holds /home/ana/cytoloom is full.',
      next: 'Free 200 MB.',
      remedies: [{ action: 'task-again', task: 't-full' }, { action: 'install-engine-file' }]
    }
  }),
  fakeTask('t-rest', 'train', { name: 'Model A', state: 'paused', done: 1200, total: 4000, outcome: {}, ...began }),
  fakeTask('t-work', 'train', { name: 'Model B', done: 900, total: 4000, secondsLeft: 3600 * 5, ...began }),
  fakeTask('t-next', 'train', { name: 'Model C', ...waiting, rank: 2 }),
  fakeTask('t-last', 'generate', { name: 'Set 5', ...waiting, rank: 3 }),
  fakeTask('t-soon', 'import', { name: 'Plate 4', done: 40, total: 120 })
]

let shown: ShownPage
let page: Page

afterEach(() => {
  expect(shown.trouble).toEqual([])
})

async function open(answers: Partial<Handlers>, options: Parameters<typeof show>[1] = {}): Promise<FakeDemo> {
  const demo = new FakeDemo(folder, idleDemo, { 'tasks.list': () => ({ tasks: oneOfEach }), ...answers })
  demo.content = fullWorkspace(folder)
  shown = await show(demo.app, options)
  page = shown.page
  await page.getByRole('link', { name: /^Work/ }).click()
  return demo
}

function task(name: string) {
  return page.getByRole('article', { name })
}

function taskCalled(id: string): Task {
  return oneOfEach.find((each) => each.id === id) ?? expect.fail(`there is a task ${id}`)
}

function form(name: string) {
  return page.getByRole('form', { name })
}

async function unfold(name: string): Promise<void> {
  await page.locator('summary', { hasText: name }).click()
}

describe('The screen of tasks', () => {
  test.each([
    { name: 'tasks', options: {} },
    { name: 'tasks-dark-narrow', options: { colorScheme: 'dark' as const, viewport: { width: 390, height: 844 } } }
  ])('says of each what it is, how it stands and what can be done ($name)', async ({ name, options }) => {
    await open({}, options)
    await task('Model B').getByText('about 5 hours left').waitFor()
    await task('Set 5').getByText('with 1 task in front of it').waitFor()
    await task('Plate 2').getByRole('button', { name: 'Start again' }).waitFor()
    await task('Model A').getByRole('button', { name: 'Stop and keep' }).waitFor()
    await task('Set 4').getByRole('alert').getByText('Free 200 MB.').waitFor()
    await task('Set 4').getByRole('button', { name: 'Install a pack from a file' }).waitFor() // the remedy of its error
    expect(await task('Plate 4').getByRole('button').allTextContents()).toEqual(['Cancel: Plate 4'])
    await unfold('Train a model')
    await shown.expectFinished(name, { fullPage: true })
  })

  test('asks for what its buttons say, by keyboard as well, and cancels only after a question', async () => {
    const asked: unknown[] = []
    const note = (what: string) => (input: unknown) => {
      asked.push([what, input])
      return taskCalled((input as { id: string }).id)
    }
    await open({
      'tasks.pause': note('pause'),
      'tasks.cancel': note('cancel'),
      'tasks.move': note('move'),
      'tasks.again': note('again')
    })
    await task('Model B').getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Enter')
    await task('Model B').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog', { name: 'Cancel “Model B”?' }).waitFor()
    await page.keyboard.press('Escape')
    await task('Plate 4').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Cancel it' }).click()
    await task('Set 5').getByRole('button', { name: 'Move up' }).click()
    await task('Set 4').getByRole('button', { name: 'Start again' }).click()
    await expect.poll(() => asked).toHaveLength(4)
    expect(asked).toEqual([
      ['pause', { id: 't-work', follow: false }],
      ['cancel', { id: 't-soon', follow: false }],
      ['move', { id: 't-last', place: 0 }],
      ['again', { id: 't-full', follow: false }]
    ])
  })

  test('says beside a task why a wish was refused', async () => {
    await open({
      'tasks.resume': () => {
        throw refuse('“Model A” is worked on by another window.', { next: 'Look there.' })
      }
    })
    await task('Model A').getByRole('button', { name: 'Resume' }).click()
    await task('Model A').getByRole('alert').getByText('Look there.').waitFor()
    await task('Model A').getByRole('button', { name: 'Close this note' }).click()
    await task('Model A').getByRole('alert').waitFor({ state: 'detached' })
  })

  test('says of a training that does not fit why, and offers what would make it fit', async () => {
    const asked: unknown[] = []
    const outcome = {
      of: 'train',
      estimate: {
        seconds: 86_400 * 400,
        finish: '2028-01-02T10:00:00.000Z',
        diskBytes: 3.4e9,
        diskFreeBytes: 75e9,
        memory: { neededBytes: 15.5e9, availableBytes: 3.8e9, limit: 'webassembly' },
        fits: false,
        wouldFit: [
          {
            remedy: { action: 'install-engine', engine: 'native-cpu' },
            engine: 'native-cpu',
            neededBytes: 17e9,
            seconds: 86_400 * 180,
            finish: '2027-05-27T10:00:00.000Z'
          },
          {
            remedy: { action: 'prepare-again', dataset: 'Plate 1', tile: 32 },
            tile: 32,
            neededBytes: 3.7e9,
            seconds: 86_400 * 20,
            finish: '2026-12-18T10:00:00.000Z'
          }
        ],
        notes: [
          'WebAssembly can use no more than 4 GB, whatever the computer has. The processor pack has no such limit.'
        ]
      }
    }
    const done = { name: 'Plate 1', state: 'done', summary: 'does not fit on this computer' } as const
    await open({
      'tasks.start': ({ kind, input }) => {
        asked.push({ kind, input })
        return fakeTask('t-est', 'estimate', done)
      },
      'tasks.show': () => fakeTask('t-est', 'estimate', { ...done, outcome })
    })
    await unfold('Train a model')
    await form('Train a model').getByRole('button', { name: 'Estimate time and room' }).click()
    const estimate = task('Estimate time and room Plate 1')
    await estimate.getByText('Result').click()
    await estimate.getByText('It needs about 15.5 GB of memory; 3.8 GB is available.').waitFor()
    await estimate.getByText(/^With the processor pack it would fit and take about 180 days/).waitFor()
    await estimate.getByRole('button', { name: 'Get the processor pack' }).waitFor()
    await estimate.getByRole('button', { name: 'Prepare the images again with tiles of 32 pixels' }).waitFor()
    expect(asked).toEqual([
      { kind: 'estimate', input: expect.objectContaining({ of: 'train', preset: 'quick' }) as unknown }
    ])
    await shown.expectFinished('tasks-does-not-fit', { fullPage: true })
  })

  test('shows at once what another page or a terminal does', async () => {
    const demo = await open({})
    demo.app.emit({ event: 'task.changed', task: { ...taskCalled('t-work'), state: 'paused' } })
    await task('Model B').getByRole('button', { name: 'Resume' }).waitFor()
    demo.app.emit({ event: 'task.changed', task: fakeTask('t-new', 'verify', { name: 'from Ada.zip' }) })
    await task('from Ada.zip').getByText('in progress', { exact: true }).waitFor()
  })

  test('packs a set for the programs that are chosen, and says beside the form why not', async () => {
    const asked: unknown[] = []
    await open({
      'tasks.start': ({ kind, input }) => {
        asked.push({ kind, input })
        if (asked.length === 1) throw refuse('The disk is gone.', { next: 'Plug it in.' })
        return fakeTask('t-pack', 'package', {
          name: 'other.zip',
          state: 'done',
          outcome: {
            file: '/w/other.zip',
            bytes: 1_234_567,
            sha256: 'a',
            entries: 9,
            warnings: ['2 images are not in.']
          }
        })
      },
      'tasks.show': () =>
        fakeTask('t-pack', 'package', {
          state: 'done',
          outcome: {
            file: '/w/other.zip',
            bytes: 1_234_567,
            sha256: 'a',
            entries: 9,
            warnings: ['2 images are not in.']
          }
        })
    })
    await unfold('Pack for other programs')
    const pack = form('Pack for other programs')
    await pack.getByLabel('Set', { exact: true }).selectOption({ index: 1 })
    await pack.getByRole('checkbox', { name: 'Cellpose' }).check()
    await pack.getByRole('button', { name: 'Pack' }).click()
    await pack.getByRole('alert').getByText('Plug it in.').waitFor()
    await pack.getByLabel('File to write').fill(join(folder, 'other.zip'))
    await pack.getByRole('button', { name: 'Pack' }).click()
    await task('other.zip').getByText('Result').click()
    await task('other.zip').getByText('1.2 MB').waitFor()
    await task('other.zip').getByText('2 images are not in.').waitFor()
    const input = { set: 'dataset-1', formats: ['labels', 'coco', 'cellpose'] }
    expect(asked).toEqual([
      { kind: 'package', input: { ...input, out: join(folder, 'packages', 'Sample.cytoloom') } },
      { kind: 'package', input: { ...input, out: join(folder, 'other.zip') } }
    ])
    await shown.expectFinished('packing', { fullPage: true })
  })

  test('begins nothing while an answer is missing, and leads there', async () => {
    await open({})
    await unfold('Import images')
    const importing = form('Import images')
    await importing.getByRole('button', { name: 'Import' }).click()
    await importing.getByText('is needed').waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('source')
  })
})
