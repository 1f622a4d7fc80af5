import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

const size = { tile: 16, scale: 0.25 } as const
const quick = { preset: 'demo', batch: 4, engine: 'wasm', iterations: 2, evaluateEvery: 100 } as const

describe('images without annotation', () => {
  let host: TestApp
  let workspace: string
  beforeAll(async () => {
    workspace = await temporaryFolder(afterAll)
    host = await openTestApp(workspace)
    const source = await temporaryFolder(afterAll)
    await cp(sampleFolder, source, { recursive: true })
    for (const name of ['fluorescence', 'stained']) {
      const labels = join(source, 'labels', name)
      for (const file of (await readdir(labels)).sort().slice(0, 5)) await rm(join(labels, file))
    }
    await host.request('datasets.import', { source, name: 'nuclei', format: 'labels' })
    await host.request('prepared.create', { dataset: 'nuclei', name: 'tiles', ...size })
    await host.request('prepared.create', { dataset: 'nuclei', name: 'more', ...size, withoutAnnotation: true })
  })
  afterAll(() => host.app.close())

  test('are prepared as such, all of them for training', async () => {
    const { prepared } = await host.request('workspace.show', {})
    expect(prepared.find(({ name }) => name === 'more')).toMatchObject({
      unannotated: true,
      classes: ['fluorescence', 'stained']
    })
    expect(prepared.find(({ name }) => name === 'tiles')?.unannotated).toBeUndefined()
    const again = { dataset: 'nuclei', name: 'again', ...size, withoutAnnotation: true } as const
    const { splits, warnings } = await host.request('prepared.create', again)
    expect(splits).toEqual({ train: 10, validation: 0, test: 0 })
    expect(warnings).toEqual([{ reason: '14 images with annotation are left out.' }])
  })

  test('are learned from beside a set with masks, and the run can be gone on with', async () => {
    const { run } = await host.request('runs.train', { ...quick, name: 'both', prepared: 'tiles', unannotated: 'more' })
    expect(run).toMatchObject({
      state: 'finished',
      iteration: 2,
      settings: { unannotated: expect.any(String) as string }
    })
    expect(await readdir(join(workspace, 'prepared', run.settings.unannotated ?? ''))).toContain('packed')
    const longer = await host.request('runs.resume', { run: 'both', iterations: 3, engine: 'wasm' })
    expect(longer.run).toMatchObject({ state: 'finished', iteration: 3 })
  })

  test('are needed by the run that learns from them', async () => {
    const { needed, trashed } = await host.request('things.trash', { things: ['more'] })
    expect(trashed).toEqual([])
    expect(needed?.map(({ name }) => name)).toEqual(['both'])
  })

  test('alone teach no masks, and are refused with a sentence', async () => {
    await expect(host.request('runs.train', { ...quick, name: 'alone', prepared: 'more' })).rejects.toMatchObject({
      kind: 'input',
      message: '"more" holds images without annotation: nothing says where their cells are.'
    })
    const joint = { ...quick, name: 'joint', prepared: 'tiles', unannotated: 'more', discriminators: 'joint' } as const
    await expect(host.request('runs.train', joint)).rejects.toThrow(/sees the image alone/)
    const annotated = { dataset: 'nuclei', name: 'none', ...size, leaveOut: ['stained', 'fluorescence'] }
    await expect(host.request('prepared.create', annotated)).rejects.toThrow(/remains/)
  })
})
