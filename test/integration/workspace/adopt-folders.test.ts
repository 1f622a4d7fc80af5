import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleDataset, sampleDatasetImages, sampleRun, sampleStep } from '../../support/catalog-samples.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp } from '../../support/test-app.ts'

test('folders that describe themselves are taken in, those with a damaged description are left alone', async () => {
  const workspace = await temporaryFolder()
  const about = JSON.stringify({
    kind: 'dataset',
    version: 1,
    dataset: sampleDataset('whole'),
    images: sampleDatasetImages()
  })
  const run = JSON.stringify({ kind: 'run', version: 1, run: sampleRun('run1', 'first run') })
  const [step, cutOff] = [JSON.stringify(sampleStep(1)), '{"kind":"step","losses":{"generator":0.7}']
  const files = {
    'datasets/whole/about.json': about,
    'datasets/cut/about.json': about.slice(0, about.length >> 1),
    'datasets/other/about.json': about.replace('"channels":1', '"channels":0'),
    'runs/run1/about.json': run,
    'runs/run1/metrics.jsonl': `${step}\n${cutOff}`
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(workspace, name, '..'), { recursive: true })
    await writeFile(join(workspace, name), text)
  }
  const host = await openTestApp(workspace)
  try {
    expect((await host.request('datasets.list', {})).datasets.map(({ id }) => id)).toEqual(['whole'])
    expect((await host.request('runs.show', { name: 'run1' })).history).toEqual([sampleStep(1)])
  } finally {
    await host.app.close()
  }
})
