import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { AdamW } from '../../src/main/engine/common/adam-w.ts'
import { type TensorMap, writeTensors } from '../../src/main/engine/common/tensor-map.ts'
import { flowLoss, type FlowTargets } from '../../src/main/engine/losses/flow-loss.ts'
import { FlowNetwork } from '../../src/main/engine/networks/flow-network.ts'
import { type NpyArray, readNpz } from '../../src/main/files/npz.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { refuse } from '../../src/shared/errors.ts'
import { Deviation } from './deviation.ts'
import { gradientsOf } from './network-cases.ts'
import { type ParityResult } from './result.ts'

interface GoldenNetwork {
  readonly widths: readonly number[]
  readonly weights: number
  readonly loss_eval: number
  readonly loss_train: number
  readonly 'loss_train_after_one_AdamW_step lr .005 decay 1e-5': number
  readonly 'gradients of loss_train': Readonly<Record<string, { sum: number; norm: number }>>
}

type Arrays = Readonly<Record<string, NpyArray>>

/** The segmentation network, its loss, gradients and a step: `network.npz` and `network.json`. */
export async function* compareFlowNetwork(folder: string): AsyncGenerator<ParityResult> {
  const golden = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8')) as GoldenNetwork
  const arrays = await readNpz(join(folder, 'network.npz'))
  const [inputChannels = 1, ...widths] = golden.widths
  const network = new FlowNetwork({ inputChannels, widths, norm: 'batch' }, new RandomStream(0, 'network', 0))
  const { fresh } = writeTensors(network.variables(), weightsOf(arrays))
  yield exactly('flows: weights of the network', [fresh.length, network.countParameters()], [0, golden.weights])

  const x = pictures(arrays, 'x')
  const targets = targetsOf(arrays)
  yield* compareUse(network, arrays, x)
  yield near('flows: loss of the network in use', flowLoss(network.forward(x, 'use'), targets), golden.loss_eval)
  yield* compareTraining({ network, arrays, golden, x, targets })
  tf.dispose([x, targets.flows, targets.cells])
  network.dispose()
}

function* compareUse(network: FlowNetwork, arrays: Arrays, x: tf.Tensor4D): Generator<ParityResult> {
  yield within('flows: output of the network in use', network.forward(x, 'use'), pictures(arrays, 'y_eval'))
  const { maps, style } = tf.tidy(() => network.encode(x, 'use'))
  for (const [level, map] of maps.entries()) {
    if (arrays[`down${level}_eval`] === undefined) continue
    yield within(`flows: map ${level} of the network in use`, map, pictures(arrays, `down${level}_eval`))
  }
  const expected = array(arrays, 'style_eval')
  yield within(
    'flows: style of the network in use',
    style,
    tf.tensor(Float32Array.from(expected.data), [...expected.shape])
  )
}

interface TrainingCase {
  readonly network: FlowNetwork
  readonly arrays: Arrays
  readonly golden: GoldenNetwork
  readonly x: tf.Tensor4D
  readonly targets: FlowTargets
}

function* compareTraining({ network, arrays, golden, x, targets }: TrainingCase): Generator<ParityResult> {
  let output: tf.Tensor4D | undefined
  const gradients = gradientsOf(network, () => {
    output = tf.keep(network.forward(x, 'training'))
    return flowLoss(output, targets)
  })
  if (output === undefined) return
  yield near('flows: loss of the network in training', flowLoss(output, targets), golden.loss_train)
  yield within('flows: output of the network in training', output, pictures(arrays, 'y_train'))
  const afterPass = runningOf(network)

  yield compareGradients(gradients, golden['gradients of loss_train'])
  const optimizer = new AdamW(network, 0.005, 1e-5)
  optimizer.apply(gradients)
  const loss = tf.tidy(() => flowLoss(network.forward(x, 'training'), targets))
  yield near('flows: loss after a step', loss, golden['loss_train_after_one_AdamW_step lr .005 decay 1e-5'], 1e-3)
  yield* compareRunning([afterPass, runningOf(network)], arrays)
  optimizer.dispose()
  tf.dispose([...gradients.values()])
}

const runningNames = ['running_mean', 'running_var'] as const

/** What the network's last normalisation remembers. */
function runningOf(network: FlowNetwork): number[] {
  const variables = network.variables()
  return runningNames.flatMap((name) => [...(variables.get(`output.norm.${name}`)?.dataSync() ?? [])])
}

/** Three biases meet before the last normalisation; each may have gone a learning rate (.005) the other way. */
const meanTolerance = 0.05 * 3 * 2 * 0.005
const varianceTolerance = 1e-4

/**
 * A set holds them as they are after a pass, or after a step and another pass. In the second case a bias before a
 * normalisation has moved by the whole learning rate of the step in a direction that only rounding tells, and with it a
 * share of the means; never the variances.
 */
function* compareRunning(candidates: readonly number[][], arrays: Arrays): Generator<ParityResult> {
  const compared = candidates.map((got) =>
    runningNames.map((name, i) => {
      const { data } = array(arrays, `run:output.0.${name}`)
      const deviation = new Deviation()
      deviation.compareAll(got.slice(i * data.length, (i + 1) * data.length), data)
      return deviation.within(`flows: ${name}`, i === 0 ? meanTolerance : varianceTolerance)
    })
  )
  yield* compared.find((results) => results.every(({ ok }) => ok)) ?? compared[0] ?? []
}

/** Norms, which no order of the weights changes. What is only rounding (biases before a normalisation) counts as 0. */
function compareGradients(
  gradients: ReadonlyMap<string, tf.Tensor>,
  expected: GoldenNetwork['gradients of loss_train']
): ParityResult {
  const deviation = new Deviation()
  const rounding = 1e-5
  for (const [name, { norm }] of Object.entries(expected)) {
    const gradient = gradients.get(ourName(name))
    const got = gradient === undefined ? NaN : (tf.tidy(() => tf.norm(gradient)).dataSync()[0] ?? NaN)
    if (norm > rounding || !(got <= rounding)) deviation.compare(got, norm)
  }
  return deviation.withinRelative('flows: norms of the gradients', 1e-3, 0)
}

function weightsOf(arrays: Arrays): TensorMap {
  const entries = Object.entries(arrays).filter(([name]) => name.startsWith('w:'))
  return Object.fromEntries(
    entries.map(([name, { shape, data }]) => {
      const value = tf.tidy(() => inOurOrder(tf.tensor(Float32Array.from(data), [...shape])))
      const tensor = { shape: [...value.shape], data: Float32Array.from(value.dataSync()) }
      value.dispose()
      return [ourName(name.slice(2)), tensor]
    })
  )
}

/** Kernels [O, I, h, w] become [h, w, I, O], matrices [out, in] become [in, out]. */
function inOurOrder(value: tf.Tensor): tf.Tensor {
  if (value.rank === 4) return tf.transpose(value, [2, 3, 1, 0])
  return value.rank === 2 ? tf.transpose(value) : value
}

const renamings: readonly (readonly [RegExp, string])[] = [
  [/^downsample\.down\.res_down_/, 'down.'],
  [/^upsample\.up\.res_up_/, 'up.'],
  [/\.conv\.conv_(\d)\.(?:conv\.)?/, '.unit$1.'],
  [/\.proj\.0\./, '.projection.norm.'],
  [/\.proj\.1\./, '.projection.conv.'],
  [/(unit\d|output)\.0\./, '$1.norm.'],
  [/(unit\d|output)\.2\./, '$1.conv.'],
  [/\.full\./, '.style.']
]

function ourName(name: string): string {
  return renamings.reduce((renamed, [pattern, by]) => renamed.replace(pattern, by), name)
}

function targetsOf(arrays: Arrays): FlowTargets {
  return tf.tidy(() => {
    const [cells, flows] = tf.split(pictures(arrays, 'target'), [1, 2], 3) as [tf.Tensor4D, tf.Tensor4D]
    return { flows: tf.mul<tf.Tensor4D>(flows, 5), cells }
  })
}

/** [N, C, H, W] of the reference → [N, H, W, C] */
function pictures(arrays: Arrays, name: string): tf.Tensor4D {
  const { shape, data } = array(arrays, name)
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(Float32Array.from(data), shape as [number, number, number, number]), [0, 2, 3, 1])
  )
}

function array(arrays: Arrays, name: string): NpyArray {
  const found = arrays[name]
  if (found === undefined) throw refuse(`network.npz holds no array named ${name}.`)
  return found
}

function within(name: string, got: tf.Tensor, expected: tf.Tensor): ParityResult {
  const deviation = new Deviation()
  deviation.compareAll(got.dataSync(), expected.dataSync())
  tf.dispose([got, expected])
  return deviation.within(name, 1e-4)
}

function near(name: string, got: tf.Scalar, expected: number, relative = 1e-5): ParityResult {
  const deviation = new Deviation()
  deviation.compare(got.dataSync()[0], expected)
  got.dispose()
  return deviation.withinRelative(name, relative, 0)
}

function exactly(name: string, got: readonly number[], expected: readonly number[]): ParityResult {
  const deviation = new Deviation()
  deviation.compareAll(got, expected)
  return deviation.exact(name)
}
