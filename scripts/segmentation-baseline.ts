/**
 * Trains the segmentation network from scratch as the reference run of Cellpose was trained (quarter width, 60 rounds of
 * ten iterations, batch 8, crops of 128²; the first 80 fluorescence pictures by name, tested on the next 30), and says how
 * good it is: npx node scripts/segmentation-baseline.ts DATA OUT [--seed N] [--engine E]
 *
 * DATA has images/fluorescence and labels/fluorescence. OUT/seed-N/ holds the safe points; stopped and started again, a
 * run goes on from the last one, with the same numbers. Each result is one more line of OUT/results.jsonl.
 */
import { decode } from 'fast-png'
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseBackend } from '../src/main/backends/backend.ts'
import { invariant } from '../src/shared/errors.ts'
import { EngineName } from '../src/shared/runs.ts'
import { SegmenterSettings } from '../src/shared/segmentation.ts'
import { batchOf, drawCrop } from '../src/main/segmentation/batch.ts'
import { decodeFlows } from '../src/main/segmentation/decode-flows.ts'
import { picturesOf } from '../src/main/segmentation/picture-order.ts'
import { type TrainingPicture, trainingPicture } from '../src/main/segmentation/training-picture.ts'
import { compareLabels, precisionsAt } from '../src/main/study/compare-labels.ts'
import { addCounts, type Comparison, countMatches, matchScores } from '../src/main/study/label-metrics.ts'
import { nativePackFor } from './native-pack.ts'
import { SegmenterPoints } from '../src/main/engine-process/segmenter-points.ts'
import { SegmenterState } from '../src/main/engine/segmenter-state.ts'
import { predictPicture } from '../src/main/engine-process/predict-picture.ts'

const roundLength = 10
const { data, out, engine, settings } = readArguments()
await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
const files = (await readdir(join(data, 'images/fluorescence'))).sort()
const training = await Promise.all(files.slice(0, 80).map(readTrainingPicture))
const folder = join(out, `seed-${settings.seed}`)
await mkdir(folder, { recursive: true })
const points = new SegmenterPoints(folder)
const state = (await points.newest(settings)) ?? SegmenterState.create(settings)
while (state.iteration < settings.iterations) {
  const iteration = state.iteration + 1
  const picked = picturesOf(iteration, { real: training.length, synthetic: 0 }, settings)
  const crops = await Promise.all(
    picked.map(({ index }, i) =>
      drawCrop(
        pictureAt(index),
        settings,
        { iteration, i },
        { count: 0, load: (index) => Promise.resolve(pictureAt(index)) }
      )
    )
  )
  const loss = await state.step(batchOf(crops))
  process.stderr.write(`${iteration} loss ${loss.toFixed(4)} ${(state.seconds / state.iteration).toFixed(2)} s\n`)
  if (iteration % 50 === 0) await points.write(await state.save(), { settings, scale: 1, isBest: false })
}
const line = JSON.stringify(await judge(files.slice(80, 110)))
process.stdout.write(`${line}\n`)
await appendFile(join(out, 'results.jsonl'), `${line}\n`)

function pictureAt(index: number): TrainingPicture {
  const picture = training[index]
  invariant(picture !== undefined, 'only pictures of the training are picked')
  return picture
}

async function judge(tested: readonly string[]) {
  const comparisons: Comparison[] = []
  for (const file of tested) {
    const { image, truth, width, height } = await readPicture(file)
    const decoded = decodeFlows(await predictPicture(state.network, image, width, height))
    comparisons.push(compareLabels(truth, decoded.labels))
  }
  const thresholds = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100)
  const pooled = thresholds.map(
    (threshold) => matchScores(addCounts(comparisons.map((each) => countMatches(each, threshold)))).accuracy
  )
  const perPicture = comparisons.map((each) => precisionsAt(each))
  const perThreshold = thresholds.map((_, i) => mean(perPicture.map((precisions) => precisions[i] ?? 0)))
  const { seed, iterations } = settings
  const cells = comparisons.reduce((sum, { truthAreas }) => sum + truthAreas.length, 0)
  return {
    seed,
    iterations,
    cells,
    AP50: perThreshold[0],
    meanAP: mean(perThreshold),
    perThreshold,
    pooledAP50: pooled[0],
    pooledMeanAP: mean(pooled),
    secondsPerIteration: state.seconds / state.iteration
  }
}

async function readTrainingPicture(file: string): Promise<TrainingPicture> {
  const { image, truth, width, height } = await readPicture(file)
  return trainingPicture(image, { labels: truth, width, height })
}

async function readPicture(file: string) {
  const { data: pixels, channels, width, height } = decode(await readFile(join(data, 'images/fluorescence', file)))
  const labels = decode(await readFile(join(data, 'labels/fluorescence', file)))
  const image = Float32Array.from({ length: width * height }, (_, i) => pixels[i * channels] ?? 0)
  return { image, truth: Int32Array.from(labels.data), width, height }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '0' }, engine: { type: 'string', default: 'native-cpu' } }
  })
  const [data, out] = positionals
  if (data === undefined || out === undefined) {
    throw new Error('Usage: node scripts/segmentation-baseline.ts DATA OUT [--seed N] [--engine E]')
  }
  const settings = SegmenterSettings.parse({
    iterations: 60 * roundLength,
    warmUp: 10 * roundLength,
    seed: Number(values.seed)
  })
  return { data, out, engine: EngineName.parse(values.engine), settings }
}
