import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type NpyArray, readNpz } from '../../src/main/files/npz.ts'
import { cellAgreement } from './cell-agreement.ts'
import { decodeFlows, strictDecoding } from '../../src/main/segmentation/decode-flows.ts'
import { type Flows, flowTargets } from '../../src/main/segmentation/flow-targets.ts'
import { followFlows } from '../../src/main/segmentation/follow-flows.ts'
import { type LabelPicture } from '../../src/main/segmentation/label-picture.ts'
import { refuse } from '../../src/shared/errors.ts'
import { compareFlowNetwork } from './flow-network.ts'
import { compareTransforms } from './flow-transforms.ts'
import { type ParityResult } from './result.ts'

/** Compares flow targets, decoding, network and transforms: a folder `flows` as its README describes it. */
export async function* runFlows(folder: string): AsyncGenerator<ParityResult> {
  const table = readTable(folder)
  const files = (await readdir(folder)).filter((file) => /^\d+\.npz$/.test(file)).sort()
  const means = { exact: new Mean(), noisy: new Mean(), peerExact: new Mean(), peerNoisy: new Mean() }
  for (const file of files) yield* compareFile(folder, file, table.get(file), means)
  if (files.length > 0) yield* compareMeans(means)
  if (existsSync(join(folder, 'network.npz'))) yield* compareFlowNetwork(folder)
  if (existsSync(join(folder, 'transforms.json'))) yield* compareTransforms(folder)
}

interface Means {
  readonly exact: Mean
  readonly noisy: Mean
  readonly peerExact: Mean
  readonly peerNoisy: Mean
}

async function* compareFile(
  folder: string,
  file: string,
  row: Row | undefined,
  means: Means
): AsyncGenerator<ParityResult> {
  const arrays = await readNpz(join(folder, file))
  yield* compareTargets(file, arrays)
  yield* compareDecoding({ file, kind: 'exact', arrays, expected: row?.exact }, means.exact)
  yield* compareDecoding({ file, kind: 'noisy', arrays, expected: row?.noisy }, means.noisy)
  if (row === undefined) return
  means.peerExact.add(row.exact.AP[0] ?? NaN)
  means.peerNoisy.add(row.noisy.AP[0] ?? NaN)
}

/** The README's bars, 0.989 and 0.960, are the peer's own means less these. */
function* compareMeans({ exact, noisy, peerExact, peerNoisy }: Means): Generator<ParityResult> {
  yield atLeast('mean AP@.5 of exact flows', exact.value, peerExact.value - 0.0046)
  yield atLeast('mean AP@.5 of noisy flows', noisy.value, peerNoisy.value - 0.0098)
}

interface Decoded {
  readonly AP: number[]
  readonly mean_AP: number
}
interface Row {
  readonly file: string
  readonly exact: Decoded
  readonly noisy: Decoded
}

function readTable(folder: string): Map<string, Row> {
  // Written by the set's own script, as its README describes it.
  const { images } = JSON.parse(readFileSync(join(folder, 'flows.json'), 'utf8')) as { images: Row[] }
  return new Map(images.map((row) => [row.file, row]))
}

class Mean {
  #sum = 0
  #count = 0
  add(value: number): void {
    this.#sum += value
    this.#count++
  }
  get value(): number {
    return this.#sum / this.#count
  }
}

type Arrays = Readonly<Record<string, NpyArray>>

function array(arrays: Arrays, name: string): NpyArray {
  const found = arrays[name]
  if (found === undefined) throw refuse(`The case holds no array named ${name}.`)
  return found
}

function labelsOf(arrays: Arrays, name = 'labels'): LabelPicture {
  const { shape, data } = array(arrays, name)
  return { labels: Int32Array.from(data), height: shape[0] ?? 0, width: shape[1] ?? 0 }
}

/** Foreground pixels, in row-major order as the case lists them. */
function foreground({ labels }: LabelPicture): Int32Array {
  return Int32Array.from([...labels.keys()].filter((pixel) => labels[pixel] !== 0))
}

const allowedPixels = 10

function* compareTargets(file: string, arrays: Arrays): Generator<ParityResult> {
  const picture = labelsOf(arrays)
  const flows = flowTargets(picture)
  const pixels = foreground(picture)
  const centres = array(arrays, 'centres').data
  const equalCentres =
    flows.centres.length === centres.length && flows.centres.every((value, i) => value === centres[i])
  yield verdict(`flows ${file}: centres`, Number(!equalCentres), 'identical', equalCentres)

  const [flowY, flowX] = [array(arrays, 'flow_y').data, array(arrays, 'flow_x').data]
  const angles = [...pixels.keys()].map((i) => angleAt(flows, pixels[i] ?? 0, flowY[i] ?? 0, flowX[i] ?? 0))
  const outliers = angles.filter((angle) => !(angle < 0.1)).length
  const typical = angles.toSorted((a, b) => a - b).at(-1 - allowedPixels) ?? 0
  const tolerance = `0.1 degrees, but for ${allowedPixels} pixels`
  yield verdict(
    `flows ${file}: directions`,
    typical,
    tolerance,
    outliers <= allowedPixels && pixels.length === flowY.length
  )

  const end = followFlows({ ...flows, ...size(picture) }, pixels)
  yield* compareEnds(`flows ${file}: end points`, end, array(arrays, 'end_y').data, array(arrays, 'end_x').data)

  const noisy = networkOutput(arrays, picture)
  const above = Int32Array.from([...noisy.logit.keys()].filter((pixel) => (noisy.logit[pixel] ?? 0) > 0))
  const moved = {
    flowY: noisy.flowY.map((value) => value / 5),
    flowX: noisy.flowX.map((value) => value / 5),
    ...size(picture)
  }
  const [noisyY, noisyX] = [array(arrays, 'noisy_end_y').data, array(arrays, 'noisy_end_x').data]
  yield* compareEnds(`flows ${file}: end points of noisy flows`, followFlows(moved, above), noisyY, noisyX)
}

function size({ width, height }: LabelPicture): { width: number; height: number } {
  return { width, height }
}

/** In degrees; 0 where neither has a direction. */
function angleAt({ flowY, flowX }: Flows, pixel: number, expectedY: number, expectedX: number): number {
  const [y, x] = [flowY[pixel] ?? 0, flowX[pixel] ?? 0]
  const [own, other] = [Math.hypot(y, x), Math.hypot(expectedY, expectedX)]
  if (own === 0 && other === 0) return 0
  if (own === 0 || other === 0) return 180
  return (Math.abs(Math.atan2(y * expectedX - x * expectedY, y * expectedY + x * expectedX)) * 180) / Math.PI
}

interface Ends {
  readonly endY: Int32Array
  readonly endX: Int32Array
}

function* compareEnds(
  name: string,
  { endY, endX }: Ends,
  expectedY: ArrayLike<number>,
  expectedX: ArrayLike<number>
): Generator<ParityResult> {
  const distances = Array.from(endY, (y, i) =>
    Math.max(Math.abs(y - (expectedY[i] ?? NaN)), Math.abs((endX[i] ?? 0) - (expectedX[i] ?? NaN)))
  )
  const equal = distances.filter((distance) => distance === 0).length / Math.max(1, distances.length)
  const farthest = distances.reduce((most, distance) => Math.max(most, distance), 0)
  const isWhole = distances.length === expectedY.length
  yield verdict(name, farthest, '1 pixel, 99 % identical', isWhole && equal >= 0.99 && farthest <= 1)
}

interface DecodingCase {
  readonly file: string
  readonly kind: 'exact' | 'noisy'
  readonly arrays: Arrays
  readonly expected: Decoded | undefined
}

function* compareDecoding({ file, kind, arrays, expected }: DecodingCase, mean: Mean): Generator<ParityResult> {
  const truth = labelsOf(arrays)
  const output = kind === 'exact' ? exactOutput(truth) : networkOutput(arrays, truth)
  const decoded = decodeFlows(output)
  const peer = labelsOf(arrays, kind === 'exact' ? 'masks' : 'noisy_masks')
  yield foundShare(`flows ${file}: masks of ${kind} flows`, decoded, peer)
  if (kind === 'noisy') {
    const all = decodeFlows(output, { ...strictDecoding, flowErrorUpTo: Infinity })
    yield foundShare(`flows ${file}: masks of noisy flows, unchecked`, all, labelsOf(arrays, 'noisy_masks_no_qc'))
  }
  const { precisions } = cellAgreement(truth, decoded)
  mean.add(precisions[0] ?? NaN)
  if (expected === undefined) return
  const differences = [
    (precisions[0] ?? NaN) - (expected.AP[0] ?? NaN),
    precisions.reduce((sum, value) => sum + value, 0) / precisions.length - expected.mean_AP
  ].map(Math.abs)
  const largest = Math.max(...differences)
  yield verdict(`flows ${file}: AP@.5 and mean AP of ${kind} flows`, largest, '0.01', largest <= 0.01)
}

function foundShare(name: string, decoded: LabelPicture, peer: LabelPicture): ParityResult {
  const { alike, count } = cellAgreement(peer, decoded)
  const missed = count === 0 ? 0 : 1 - alike / count
  return verdict(name, missed, '0.02 of masks without a partner of IoU 0.9', missed <= 0.02)
}

function exactOutput(truth: LabelPicture) {
  const { flowY, flowX } = flowTargets(truth)
  return {
    flowY: flowY.map((value) => 5 * value),
    flowX: flowX.map((value) => 5 * value),
    logit: Float32Array.from(truth.labels, (label) => (label > 0 ? 6 : -6)),
    ...size(truth)
  }
}

/** The case's noisy network output: flows in twentieths, y before x; logits in tenths. */
function networkOutput(arrays: Arrays, picture: LabelPicture) {
  const flows = Float32Array.from(array(arrays, 'noisy_dP_x20').data, (value) => value / 20)
  const pixels = picture.labels.length
  return {
    flowY: flows.slice(0, pixels),
    flowX: flows.slice(pixels),
    logit: Float32Array.from(array(arrays, 'noisy_logit_x10').data, (value) => value / 10),
    ...size(picture)
  }
}

function atLeast(name: string, value: number, bar: number): ParityResult {
  return verdict(`flows: ${name}`, Math.max(0, bar - value), `at least ${bar.toFixed(3)}`, value >= bar)
}

function verdict(name: string, absolute: number, tolerance: string, ok: boolean): ParityResult {
  return { name, relative: 0, absolute, tolerance, ok }
}
