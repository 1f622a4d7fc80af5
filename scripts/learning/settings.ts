import { isDeepStrictEqual } from 'node:util'
import { TrainingSettings } from '../../src/shared/training.ts'
import { side } from './tiles.ts'

/** What may differ between two learning runs. */
export interface Variant {
  readonly seed: number
  readonly iterations: number
  readonly generator: 'paper' | 'stylegan2'
  /** 0: image only. */
  readonly maskPlanes: 0 | 1
  /** Settings that differ from those of the run that other programs are compared with, as `r1.gamma=0.1`. */
  readonly changes: readonly string[]
}

/** Networks and training of the learning run: one class, no augmentation but flips and turns of reals. */
export function learningSettings({ seed, iterations, ...variant }: Variant): TrainingSettings {
  const never = 1_000_000
  const settings: Tree = {
    preset: 'learning',
    network: {
      generator: variant.generator,
      resolution: side,
      imageChannels: 1,
      maskChannels: variant.maskPlanes,
      classes: 1,
      zDim: 128,
      wDim: 128,
      mappingLayers: 2,
      channelBase: 1024,
      channelMax: 64,
      mergePadding: 'edge',
      embedDim: 128,
      minibatchStdGroup: 4
    },
    seed,
    iterations,
    batch: 8,
    learningRate: { generator: 0.0025, discriminator: 0.0025 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' },
    r1: { gamma: 0.0256, interval: 16 },
    pathLength: { weight: 2, interval: 4, decay: 0.01, batchShare: 0.5 },
    styleMixing: 0.9,
    ema: { halfLifeKimg: 1, rampUp: 0.05 },
    wAverageBeta: 0.998,
    augmentation: { flips: 'all', diffAugment: [] },
    evaluateEvery: never,
    evaluationPictures: 372,
    checkpointEvery: never,
    sampleEvery: never
  }
  const changed = variant.changes.map((change) => applyChange(settings, change))
  const parsed = TrainingSettings.parse(settings)
  for (const { path, value } of changed) {
    if (!isDeepStrictEqual(valueAt(parsed, path), value)) throw new Error(`There is no setting ${path.join('.')}`)
  }
  return parsed
}

type Tree = Record<string, unknown>

interface Change {
  readonly path: readonly string[]
  readonly value: unknown
}

/** Sets the value at a path of names; groups that the settings leave out are made. */
function applyChange(settings: Tree, change: string): Change {
  const [names = '', text = ''] = change.split('=')
  const path = names.split('.')
  const value: unknown = /^(true$|false$|[^a-z])/.test(text) ? JSON.parse(text) : text
  const holder = path.slice(0, -1).reduce<Tree>((tree, name) => (tree[name] ??= {}) as Tree, settings) // groups of settings
  holder[path.at(-1) ?? ''] = value
  return { path, value }
}

/** What stands there, or nothing: a name that the settings do not know is not in what they were parsed to. */
function valueAt(settings: TrainingSettings, path: readonly string[]): unknown {
  return path.reduce<unknown>((tree, name) => (tree as Tree | undefined)?.[name], settings)
}
