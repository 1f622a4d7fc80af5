import { type Remedy } from '../../src/shared/remedies.ts'

/** One remedy of each action, with names that a shell would split. */
export const everyRemedy: readonly Remedy[] = [
  { action: 'list', kind: 'run' },
  { action: 'show', kind: 'dataset', name: 'my cells' },
  { action: 'make', kind: 'prepared' },
  { action: 'choose-name' },
  { action: 'choose-workspace' },
  { action: 'rebuild-catalogue' },
  { action: 'choose-engine', engine: 'wasm' },
  { action: 'install-engine', engine: 'native-gpu', again: true },
  { action: 'install-engine-file' },
  { action: 'archive-engine' },
  { action: 'remove-engine', name: 'tensorflow-cpu' },
  { action: 'resume-run', run: 'my run', engine: 'wasm', microBatch: 2 },
  { action: 'pause-run', run: 'my run' },
  { action: 'train-from', run: 'my run', prepared: 'my tiles', learningRate: 0.001 },
  { action: 'extend-run', run: 'my run' },
  { action: 'import-again', option: 'annotations' },
  { action: 'prepare-again', dataset: 'my cells', tile: 256 },
  { action: 'generate-again', run: 'my run' },
  { action: 'set-option', option: 'microBatch', value: 4 },
  { action: 'open-package', file: 'my cells.zip' },
  { action: 'show-storage' },
  { action: 'empty-trash' },
  { action: 'trash-with', names: ['my cells', 'tiles'] },
  { action: 'restore', name: 'my cells' },
  { action: 'task-again', task: 't1' }
]
