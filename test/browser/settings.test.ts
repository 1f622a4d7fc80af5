import { type Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { type Handlers } from '../../src/main/services/dispatch.ts'
import { type Output } from '../../src/shared/api.ts'
import { type InstalledPack } from '../../src/shared/engine-packs.ts'
import { refuse, toWireError } from '../../src/shared/errors.ts'
import { type Task } from '../../src/shared/tasks.ts'
import { FakeDemo, fakeTask, idleDemo } from '../support/fake-demo.ts'
import { pagesInChromium, type ShownPage } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const show = pagesInChromium('settings')
const folder = await temporaryFolder(afterAll)

const pack: InstalledPack = {
  name: 'native-cpu-2.21.0',
  kind: 'native-cpu',
  library: 'TensorFlow',
  version: '2.21.0',
  bytes: 634_909_675,
  folder: '/home/ana/.local/share/cytoloom-engines/native-cpu-2.21.0',
  origin: 'pack'
}

const doctor: Output<'app.doctor'> = {
  version: '0.1.0',
  workspace: '/home/ana/.local/share/cytoloom',
  engine: { name: 'native-cpu', library: 'TensorFlow 2.21.0', device: 'processor (x64)', threads: 8 },
  reason: 'CytoLoom uses native-cpu, the fastest engine on this computer.',
  engines: [
    { name: 'native-gpu', available: false, why: "TensorFlow's library for graphics cards is not installed." },
    {
      name: 'native-cpu',
      available: true,
      library: 'TensorFlow 2.21.0',
      device: 'processor (x64)',
      convGflops: 257,
      trainGflops: 193
    },
    { name: 'webgpu', available: false, why: 'WebGPU finds no graphics card that it can use on this computer.' },
    {
      name: 'wasm',
      available: true,
      library: 'TensorFlow.js WebAssembly 4.22.0',
      device: 'processor (x64)',
      convGflops: 40,
      trainGflops: 25.8
    },
    { name: 'cpu', available: true, library: 'TensorFlow.js', device: 'processor', convGflops: 1, trainGflops: 0.047 }
  ],
  packs: [pack],
  cores: 8,
  memoryBytes: 34e9,
  diskFreeBytes: 120e9,
  speed: { convGflops: 257, trainGflops: 193 }
}

const storage: Output<'things.storage'> = {
  bytes: {
    total: 2.4e9,
    datasets: 1.5e9,
    prepared: 2e8,
    runs: 5e8,
    synthetic: 1e8,
    packages: 0,
    studies: 0,
    segmenters: 0,
    trash: 3e8,
    other: 1e8,
    free: 120e9
  },
  things: [{ kind: 'dataset', id: 'd-1', name: 'plate 3', created: '2025-01-02T03:04:05.000Z', bytes: 1.5e9 }]
}

let shown: ShownPage
let page: Page

async function open(answers: Partial<Handlers>, options: Parameters<typeof show>[1] = {}): Promise<FakeDemo> {
  const demo = new FakeDemo(folder, idleDemo, {
    'engine.list': () => ({ packs: [] }),
    'things.storage': () => storage,
    ...answers
  })
  shown = await show(demo.app, options)
  page = shown.page
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  return demo
}

function button(name: string) {
  return page.getByRole('button', { name, exact: true })
}

function expectFinished(name: string): Promise<void> {
  return shown.expectFinished(name, { fullPage: true })
}

describe('Settings', () => {
  test.each<[string, NonNullable<Parameters<typeof show>[1]>]>([
    ['settings-checked', {}],
    ['settings-checked-dark-narrow', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }]
  ])('shows what the computer can do once it was measured (%s)', async (name, options) => {
    const measured = Promise.withResolvers<typeof doctor>()
    await open({ 'app.doctor': () => measured.promise, 'engine.list': () => ({ packs: [pack] }) }, options)
    await button('Check my computer').click()
    await page.getByText('Measuring …').waitFor()
    expect(await button('Check my computer').isDisabled()).toBe(true)
    measured.resolve(doctor)
    const used = page.getByRole('row', { name: /Processor \(TensorFlow\).*in use.*193/ })
    await used.waitFor()
    expect(await page.getByRole('table').filter({ has: used }).getByRole('row').count()).toBe(6)
    await expect.poll(() => page.getByText('not on this computer').count()).toBe(2)
    await expectFinished(name)
  })

  test('fetches a pack as a task, which a reload still shows, and then has one', async () => {
    const asked: unknown[] = []
    let packs: InstalledPack[] = []
    let tasks: Task[] = []
    const fetching = fakeTask('t-1', 'engine-build', { name: 'TensorFlow for the processor', done: 27, total: 270 })
    const demo = await open({
      'engine.list': () => ({ packs }),
      'tasks.list': () => ({ tasks }),
      'tasks.start': ({ kind, input }) => {
        asked.push({ kind, input })
        tasks = [fetching]
        return fetching
      }
    })
    await page.getByText('No pack is installed.').waitFor()
    await button('Download the processor pack (270 MB)').click()
    const task = page.getByRole('article', { name: 'Download an acceleration pack' })
    await task.getByText('10 %').waitFor()
    await page.reload()
    await task.getByText('10 %').waitFor()
    expect(await button('Install the pack').isDisabled()).toBe(true)
    await expectFinished('settings-fetching')
    packs = [pack]
    demo.app.emit({ event: 'task.changed', task: { ...fetching, state: 'done' } })
    await page.getByText('634.9 MB').waitFor()
    expect(asked).toEqual([{ kind: 'engine-build', input: { gpu: false, force: false } }])
    await button('Download the processor pack (270 MB)').waitFor({ state: 'detached' })
  })

  test('writes a pack for another computer to a file; a remedy leads to where its path is typed', async () => {
    const asked: unknown[] = []
    await open({
      'engine.list': () => ({ packs: [pack] }),
      'tasks.start': ({ kind, input }) => {
        asked.push({ kind, input })
        return fakeTask('t-1', 'engine-build', { name: 'TensorFlow for the processor' })
      }
    })
    await page.evaluate(`location.hash = '#/settings?at=archive'`)
    const path = page.getByLabel('Where to write the file')
    await path.and(page.locator(':focus')).waitFor()
    await button('Write the pack to a file').click()
    await page.getByText('Enter the path of the file first.').waitFor()
    await path.fill('/media/usb/pack.zip')
    await expectFinished('settings-archive')
    await page.keyboard.press('Enter')
    await page.getByRole('article', { name: 'Download an acceleration pack' }).waitFor()
    expect(asked).toEqual([{ kind: 'engine-build', input: { gpu: false, archive: '/media/usb/pack.zip' } }])
    await expect.poll(() => path.inputValue()).toBe('')
  })

  test('takes a pack from a file, and says beside its task why not when it is not good', async () => {
    const asked: unknown[] = []
    const stranger = { file: '/media/usb/pack.zip', sha256: '0123456789abcdef'.repeat(4), says: 'TensorFlow 2.21.0' }
    const refused = refuse('/media/usb/pack.zip is not accepted: it is not a zip archive.', {
      file: '/media/usb/pack.zip',
      next: 'Nothing was taken from it. Download or copy the file again.'
    })
    await open({
      'engine.look': () => ({ strangers: [stranger] }),
      'tasks.start': (input) => {
        asked.push(input)
        return fakeTask('t-1', 'engine-install', { name: 'pack.zip', state: 'failed', error: toWireError(refused) })
      },
      'tasks.dismiss': () => fakeTask('t-1', 'engine-install', { state: 'failed', dismissed: true })
    })
    await button('Install the pack').click()
    await page.getByText('Enter the path of the file first.').waitFor()
    expect(asked).toEqual([])
    await page.getByLabel('Path of the file').fill('/media/usb/pack.zip')
    await page.keyboard.press('Enter')
    const question = page.getByRole('dialog', { name: 'Do you trust whoever made this?' })
    await question.getByText(stranger.sha256).waitFor()
    expect(asked).toEqual([])
    await question.getByRole('button', { name: 'Do not install' }).click()
    expect(asked).toEqual([])
    await button('Install the pack').click()
    await question.getByRole('button', { name: 'I trust it: install' }).click()
    const task = page.getByRole('article', { name: 'pack.zip' })
    await task.getByRole('alert').getByText('it is not a zip archive').waitFor()
    expect(asked).toEqual([
      expect.objectContaining({ input: { files: ['/media/usb/pack.zip'], trust: [stranger.sha256] } })
    ])
    await expectFinished('settings-refused')
    await task.getByRole('button', { name: 'Dismiss' }).click()
    await task.waitFor({ state: 'detached' })
    expect(shown.trouble).toEqual([])
  })

  test('removes a pack only after asking', async () => {
    const removed: unknown[] = []
    await open({
      'engine.list': () => ({ packs: [{ ...pack, problem: 'Its file libtensorflow_cc.so.2 was changed.' }] }),
      'engine.remove': (input) => {
        removed.push(input)
        return { packs: [], removed: pack.name }
      }
    })
    await page.getByText('was changed').waitFor()
    await button(`Remove ${pack.name}`).click()
    await page.keyboard.press('Escape')
    expect(removed).toEqual([])
    await button(`Remove ${pack.name}`).click()
    await button('Remove the pack').click()
    await page.getByText('No pack is installed.').waitFor()
    expect(removed).toEqual([{ name: pack.name }])
    expect(shown.trouble).toEqual([])
  })

  test('tells what takes the space, and where some of it can be had back', async () => {
    await open({})
    const space = page.getByRole('region', { name: 'What takes the space' })
    await space.getByText('This workspace takes 2.4 GB; 120.0 GB are free on its disk.').waitFor()
    await space.getByRole('row', { name: 'plate 3 image set 1.5 GB' }).waitFor()
    await space.getByRole('link', { name: '300.0 MB are in the trash' }).click()
    await page.getByRole('heading', { name: 'Trash', exact: true }).waitFor()
  })

  test('is where it is after a reload, and leads back to the start', async () => {
    await open({})
    await page.reload()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.goBack()
    await button('Try the sample').waitFor()
    await page.goForward()
    await page.getByRole('link', { name: 'Home' }).click()
    await button('Try the sample').waitFor()
    expect(shown.trouble).toEqual([])
  })
})
