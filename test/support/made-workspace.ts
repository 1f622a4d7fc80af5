import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../src/shared/runs.ts'
import {
  sampleDataset,
  sampleDatasetImages,
  samplePackage,
  samplePrepared,
  samplePreparedImages,
  sampleRun,
  sampleSynthetic,
  sampleSyntheticImages
} from './catalog-samples.ts'

/**
 * Fills a folder with a thing of each kind, each made from the one before: the data set `ds1`, the prepared set `pr1`,
 * the finished run `run1` and the begun run `run2` that starts from it, the synthetic set `sy1`, its package `k1`.
 */
export async function makeWorkspace(folder: string): Promise<void> {
  const { prepared, ...report } = samplePrepared()
  const finished: Run = { ...sampleRun('run1', 'first run'), state: 'finished', iteration: 1000 }
  const begun: Run = { ...sampleRun('run2', 'second run'), state: 'paused', from: 'run1' }
  const engine = { name: 'wasm', library: 'tfjs', device: 'CPU', threads: 1 }
  const files: Readonly<Record<string, unknown>> = {
    'datasets/ds1/about.json': {
      kind: 'dataset',
      version: 1,
      dataset: { ...sampleDataset(), source: '/data/livecell' },
      images: sampleDatasetImages()
    },
    'datasets/ds1/images/a.tif': '.'.repeat(5000),
    'prepared/pr1/about.json': {
      kind: 'prepared',
      version: 1,
      result: { prepared: { ...prepared, dataset: 'ds1' }, ...report },
      images: samplePreparedImages(),
      limits: []
    },
    'runs/run1/about.json': { kind: 'run', version: 1, run: finished },
    'runs/run2/about.json': { kind: 'run', version: 1, run: begun },
    'synthetic/sy1/about.json': {
      kind: 'synthetic',
      version: 1,
      synthetic: { ...sampleSynthetic(), run: 'run1' },
      images: sampleSyntheticImages(),
      filtered: { cells: 1, images: 0, why: {} },
      provenance: { software: 'CytoLoom', run: 'first run', dataset: 'livecell', preset: 'demo', engine }
    },
    'packages/k1/about.json': { kind: 'package', version: 1, package: { ...samplePackage(), file: 'packages/a.zip' } },
    'packages/a.zip': 'packed'.repeat(100)
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
}
