import { type Run } from '../../src/shared/runs.ts'
import { sampleRun } from './catalog-samples.ts'

const begun = sampleRun('run-1', 'Sample', '2026-11-24T10:15:00.000Z')

/** A small finished run, valid by its schema. */
export const fakeRun: Run = {
  ...begun,
  state: 'finished',
  iteration: 1200,
  best: { iteration: 1200, metric: 'frechet', value: 96.4 },
  classes: ['fluorescence', 'stained'],
  settings: { ...begun.settings, iterations: 1200 }
}
