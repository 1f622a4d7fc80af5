import { type Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { startWebHost } from '../../src/main/web.ts'
import { AppError } from '../../src/shared/errors.ts'
import { type DemoState } from '../../src/shared/demo.ts'
import { type Task } from '../../src/shared/tasks.ts'
import {
  demoSteps,
  demoTasks,
  fakeTask,
  FakeDemo,
  fakeResult,
  fullWorkspace,
  idleDemo,
  trainingDemo
} from '../support/fake-demo.ts'
import { pagesInChromium, type ShownPage } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const show = pagesInChromium('home')
const folder = await temporaryFolder(afterAll)

let shown: ShownPage
let page: Page

async function open(demo: FakeDemo, options: Parameters<typeof show>[1] = {}): Promise<void> {
  shown = await show(demo.app, options)
  page = shown.page
}

function expectFinished(name: string, fullPage = true): Promise<void> {
  return shown.expectFinished(name, { fullPage })
}

/** Where the keys go. */
function focused(of: 'id' | 'textContent') {
  return expect.poll(() => page.evaluate(`document.activeElement.${of}`))
}

/** The plan itself, as the app answers. */
function planOf(state: DemoState): Task {
  const [plan] = demoTasks(state)
  if (plan === undefined) throw new Error('an idle sample has no plan')
  return plan
}

function heading(name: string | RegExp) {
  return page.getByRole('heading', { name })
}

/** The pictures of a set that are shown, each with its cells outlined beside it. */
function pictures(title: string) {
  return page.getByRole('region', { name: title }).getByRole('img', { name: /\d cells?$/ })
}

describe('Home', () => {
  test('greets a newcomer and says what the sample does', async () => {
    await open(new FakeDemo(folder, idleDemo))
    await page.getByRole('button', { name: 'Try the sample' }).waitFor()
    await page.getByRole('link', { name: 'Add my images' }).waitFor()
    await page.getByRole('button', { name: 'Open a package' }).waitFor()
    await page.getByText('no picture leaves this computer').waitFor()
    await expectFinished('first-visit')
  })

  test('makes pictures at a press, offers to learn on, and takes the minutes that are given, by keyboard alone', async () => {
    const asked: unknown[] = []
    const input = { run: 'starter', name: 'First pictures', perClass: 12 }
    const making = fakeTask('t-1', 'generate', { name: input.name, input, done: 6, total: 24 })
    const demo: FakeDemo = new FakeDemo(folder, idleDemo, {
      'tasks.start': (start) => {
        asked.push(start)
        if (start.kind === 'generate') return making
        demo.change(trainingDemo)
        return planOf(trainingDemo)
      }
    })
    demo.draw()
    await open(demo)
    await page.getByRole('button', { name: 'Try the sample' }).focus()
    await page.keyboard.press('Enter')
    await heading('Making the first pictures').waitFor()
    await focused('id').toBe('first-title')
    await expectFinished('first-making')

    demo.tell({ ...making, state: 'done', thing: 'set-1' })
    await pictures('The first pictures').nth(11).waitFor()
    await expectFinished('first-made')

    await page.getByRole('button', { name: 'Let it learn on' }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('soon')
    await page.getByText('Enter a number of minutes').waitFor()
    await page.keyboard.press('Enter')
    expect(asked).toHaveLength(1)

    await page.getByLabel('Minutes of training').fill('0.5')
    await page.keyboard.press('Enter')
    await heading(/^Step 4 of 7/).waitFor()
    expect(asked).toMatchObject([
      { kind: 'generate', input },
      { kind: 'sample', input: { minutes: 0.5 } }
    ])
    await focused('id').toBe('running-title')
    expect(shown.trouble).toEqual([])
  })

  test('shows the first pictures before anything is learned', async () => {
    const demo = new FakeDemo(folder, {
      ...trainingDemo,
      steps: demoSteps('first', 'running'),
      first: undefined,
      run: undefined
    })
    demo.draw()
    await open(demo)
    await page.getByText('The first pictures come within seconds').waitFor()
    const { run: _, ...unlearned } = trainingDemo
    demo.change({ ...unlearned, steps: demoSteps('prepare', 'running') })
    await pictures('The first pictures').nth(11).waitFor()
    await expectFinished('first-pictures')
  })

  test('shows each step, the newest sheet and the curve while the model learns, and what is new as it comes', async () => {
    const demo = new FakeDemo(folder, trainingDemo)
    demo.history = demo.history.slice(0, 12)
    demo.draw()
    await open(demo)
    await page.getByText('about 3 minutes left').waitFor()
    await page.getByRole('img', { name: /117.5 at 750; .*best 117.5|best 117.5/ }).waitFor()

    demo.app.emit({
      event: 'run.history',
      run: 'run-1',
      entry: {
        kind: 'evaluation',
        iteration: 1050,
        seconds: 9,
        metric: 'frechet',
        value: 88.8,
        classes: [],
        isBest: true
      }
    })
    await page.getByRole('img', { name: /best 88.8 at 1,050/ }).waitFor()
    demo.change({
      ...trainingDemo,
      notices: ['The engine stopped unexpectedly and was started again: learning goes on from the last safe point.']
    })
    await page.getByText('learning goes on from the last safe point').waitFor()
    await page.getByRole('slider').press('ArrowLeft')
    await page.getByText('sheet 5 of 6').waitFor()
    await expectFinished('learning')
  })

  test('pauses, goes on, and cancels only after asking', async () => {
    const paused: DemoState = { ...trainingDemo, state: 'paused', steps: demoSteps('train', 'paused') }
    const demo: FakeDemo = new FakeDemo(folder, trainingDemo, {
      'tasks.pause': () => planOf({ ...trainingDemo, state: 'stopping' }),
      'tasks.resume': () => planOf(trainingDemo),
      'tasks.cancel': () => planOf({ ...trainingDemo, state: 'cancelled' })
    })
    demo.draw()
    await open(demo)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Stopping at the next safe point').waitFor()
    demo.change(paused)
    await heading('Paused').waitFor()
    await expectFinished('paused')

    await page.getByRole('button', { name: 'Resume' }).click()
    await heading(/^Step 4/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog', { name: 'Cancel the sample?' }).waitFor()
    await expectFinished('cancel-question', false)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await focused('textContent').toBe('Cancel')

    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Cancel the sample' }).click()
    await page.getByText('The sample was cancelled.').first().waitFor()
    await page.getByRole('button', { name: 'Try the sample' }).waitFor()
    expect(shown.trouble).toEqual([])
  })

  test('shows what went wrong as a sentence with what to do', async () => {
    await open(
      new FakeDemo(folder, {
        ...trainingDemo,
        state: 'failed',
        steps: demoSteps('generate', 'failed'),
        problem: {
          message: `The disk that holds ${folder} is full.`,
          next: 'Free 200 MB and start again: the model is kept.'
        }
      })
    )
    await page.getByText('Free 200 MB and start again').waitFor()
    await page.getByRole('button', { name: 'Copy details' }).waitFor()
    await expectFinished('failed')
  })

  test('says why a request was refused and what can be done, and lets the note be put away', async () => {
    await open(
      new FakeDemo(folder, idleDemo, {
        'tasks.start': () => {
          throw new AppError('input', 'Another training is using the engine.', {
            next: 'Wait for it, or pause it.',
            remedies: [
              { action: 'choose-engine', engine: 'webgpu' },
              { action: 'install-engine', engine: 'native-cpu' }
            ]
          })
        }
      })
    )
    await page.getByRole('button', { name: 'Try the sample' }).click()
    await page.getByText('Wait for it, or pause it.').waitFor()
    await page.getByRole('button', { name: 'Use “Any graphics card (WebGPU)”' }).waitFor()
    await page.getByRole('button', { name: 'Get the processor pack' }).waitFor()
    await page.getByRole('button', { name: 'Close this note' }).click()
    await page.getByText('Another training is using the engine.').waitFor({ state: 'detached' })
    expect(shown.trouble).toEqual([])
  })

  test.each([
    { name: 'result', options: {} },
    { name: 'result-dark', options: { colorScheme: 'dark' as const } },
    { name: 'result-narrow', options: { viewport: { width: 390, height: 844 } } }
  ])('shows pictures with masks, the three sentences and the package at the end ($name)', async ({ name, options }) => {
    const demo = new FakeDemo(folder, {
      ...trainingDemo,
      state: 'done',
      steps: demoSteps('package', 'done'),
      result: fakeResult(folder)
    })
    demo.draw()
    demo.content = fullWorkspace(folder)
    await open(demo, options)
    await page.getByText('is 96.4 (lower is better').waitFor()
    await pictures('The new pictures').nth(15).waitFor()
    await expect.poll(() => pictures('The new pictures').count()).toBe(16)
    await expect.poll(() => pictures('For comparison').count()).toBe(8)
    await page.getByText('sample.zip').first().waitFor()
    await expectFinished(name)
  })

  test('says that the connection is lost, and asks for everything anew when it is back', async () => {
    const demo = new FakeDemo(folder, trainingDemo)
    demo.draw()
    await open(demo)
    await heading(/^Step 4/).waitFor()
    const port = Number(new URL(shown.host.origin).port)
    await shown.host.close()
    await page.getByText('Trying again').waitFor()

    const host = await startWebHost(demo.app, { port })
    await page.getByText('CytoLoom does not know this page').waitFor() // its key is of the earlier start
    demo.state = { ...idleDemo, state: 'cancelled' }
    await page.goto(host.entry())
    await page.getByRole('button', { name: 'Try the sample' }).waitFor()
    await page.context().close()
    await host.close()
  })
})
