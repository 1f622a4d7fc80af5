/**
 * One learning run, described so that two programs can be compared: 32×32 nuclei, one class, no augmentation. Writes the
 * curve of the Fréchet distance and of the cell distance, with what the masks show (curve.jsonl), and a sheet of pictures
 * at each of its points.
 *
 * Usage: node scripts/learning-run.ts DATA OUT [--seed N] [--generator paper|stylegan2] [--mask-planes 0|1]
 *        [--iterations N] [--engine E] [--set NAME=VALUE …]
 *        --set changes a setting of training, as in r1.gamma=0.1 or network.mergePadding=zeros; DATA has images/fluorescence and labels/fluorescence
 *
 * Each point of the curve is a safe point: stopped and started again, it goes on from the last one, with the same numbers.
 */
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import sharp from 'sharp'
import { z } from 'zod'
import { chooseBackend } from '../src/main/backends/backend.ts'
import { frechetDistances, PictureFeatures } from '../src/main/engine/metrics/sample-quality.ts'
import { type Generator } from '../src/main/engine/networks/generator.ts'
import { sampleGenerator } from '../src/main/engine/sampling.ts'
import { type Batch } from '../src/main/engine/gan/batch.ts'
import { train } from '../src/main/engine/gan/training-loop.ts'
import { TrainingState } from '../src/main/engine/gan/training-state.ts'
import { CheckpointFolder } from '../src/main/engine-process/checkpoints.ts'
import { imageBytes, maskGrays } from '../src/main/engine-process/sample-bytes.ts'
import { drawContactSheet } from '../src/main/images/contact-sheet.ts'
import { encodeRgbPng } from '../src/main/images/png-encode.ts'
import { RandomStream } from '../src/shared/random.ts'
import { EngineName } from '../src/shared/runs.ts'
import { learningSettings } from './learning/settings.ts'
import { loadFeatures } from './learning/feature-network.ts'
import { type JudgedPictures, LearningJudge, someTiles } from './learning/judge.ts'
import { readLearningTiles, realStep, side } from './learning/tiles.ts'
import { nativePackFor } from './native-pack.ts'

const classes = ['nuclei']
const measured = [0, 100, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000]

const { dataFolder, outFolder, engine, ...variant } = readArguments()
await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
await mkdir(outFolder, { recursive: true })
const tiles = await readLearningTiles(dataFolder, variant.seed)
const settings = learningSettings(variant)
const { batch: batchSize, network, seed } = settings
const features = await loadFeatures()
const realTiles = someTiles(tiles, 0, realStep)
const real = await featuresOf(realTiles.images)
const judge = await LearningJudge.of(features, realTiles)
const safePoints = new CheckpointFolder(outFolder)
const state = await startingState()
if (state.iteration === 0) await measure(state.generatorEma, 0)
const hooks = { nextBatch: (iteration: number) => Promise.resolve(batchOf(iteration)) }
for await (const event of train(settings, state, hooks, new AbortController().signal)) {
  if (event.kind === 'diverged') throw new Error(`A loss was no longer a number at iteration ${event.iteration}`)
  if (event.kind === 'step' && measured.includes(event.iteration)) {
    await measure(state.generatorEma, event.iteration)
    await safePoints.write(await state.save(), { isBest: false, settings, classes })
  }
}

/** Where the run in this folder was left, or its beginning; what was measured after that is measured again. */
async function startingState(): Promise<TrainingState> {
  const { loaded } = (await safePoints.newestWhole()) ?? {}
  const curve = join(outFolder, 'curve.jsonl')
  if (loaded === undefined) {
    await rm(curve, { force: true })
    return TrainingState.create(settings)
  }
  if (!isDeepStrictEqual({ ...loaded.settings, iterations: 0 }, { ...settings, iterations: 0 })) {
    throw new Error(`${outFolder} holds a run with other settings`)
  }
  const state = TrainingState.restore(settings, loaded.saved)
  const lines = (await readFile(curve, 'utf8')).trimEnd().split('\n')
  const before = lines.filter((line) => (JSON.parse(line) as { iteration: number }).iteration <= state.iteration)
  await writeFile(curve, before.map((line) => `${line}\n`).join(''))
  return state
}

/** Reals drawn evenly; left-right, upside down and transposed, each with probability one half. */
function batchOf(iteration: number): Batch {
  const random = new RandomStream(seed, 'learning batch', iteration)
  const planes = 1 + network.maskChannels
  const samples = new Float32Array(batchSize * side * side * planes)
  for (let n = 0; n < batchSize; n++) {
    const tile = random.integer(tiles.count) * side * side * 2
    const [leftRight, upsideDown, transposed] = [random.uniform() < 0.5, random.uniform() < 0.5, random.uniform() < 0.5]
    for (let pixel = 0; pixel < side * side; pixel++) {
      const [row, column] = [Math.floor(pixel / side), pixel % side]
      const [y, x] = transposed ? [column, row] : [row, column]
      const from = tile + ((upsideDown ? side - 1 - y : y) * side + (leftRight ? side - 1 - x : x)) * 2
      for (let p = 0; p < planes; p++) {
        samples[(n * side * side + pixel) * planes + p] = (tiles.values[from + p] ?? 0) / 127.5 - 1
      }
    }
  }
  return { samples, labels: new Int32Array(batchSize) }
}

async function measure(generator: Generator, iteration: number): Promise<void> {
  const labels = new Int32Array(Math.ceil(tiles.count / realStep))
  const samples = await sampleGenerator(generator, { labels, seed: 1000 + seed, firstIndex: 0, batch: realStep })
  const pictures = judgedPictures(samples)
  const fake = await featuresOf(pictures.images)
  const { mean } = frechetDistances(real, fake, classes)
  const line = JSON.stringify({
    iteration,
    seconds: Math.round(state.seconds),
    frechet: mean,
    ...(await judge.judge(pictures))
  })
  process.stdout.write(`${line}\n`)
  await appendFile(join(outFolder, 'curve.jsonl'), `${line}\n`)
  await drawSheet(samples, iteration)
  await keepSamples(pictures, iteration)
}

function judgedPictures(samples: Float32Array): JudgedPictures {
  const images = imageBytes(samples, network)
  return { images, masks: network.maskChannels > 0 ? Uint8Array.from(maskGrays(samples, network)) : undefined }
}

/** Every picture that was measured, pictures above masks in one gray file, so that another judge can be asked later. */
async function keepSamples({ images, masks }: JudgedPictures, iteration: number): Promise<void> {
  const pixels = Buffer.concat(masks ? [images, Uint8Array.from(masks)] : [images])
  await sharp(pixels, { raw: { width: side, height: pixels.length / side, channels: 1 } })
    .png({ compressionLevel: 9 })
    .toFile(join(outFolder, `samples-${String(iteration).padStart(4, '0')}.png`))
}

async function drawSheet(samples: Float32Array, iteration: number): Promise<void> {
  const size = side * side * (1 + network.maskChannels)
  const picture = (index: number) => {
    const sample = samples.subarray(index * size, (index + 1) * size)
    const mask = network.maskChannels === 1 ? { gray: Uint8Array.from(maskGrays(sample, network)) } : undefined
    return { image: imageBytes(sample, network), imageChannels: 1 as const, mask }
  }
  const rows = [0, 1, 2, 3].map((row) => ({
    title: row === 0 ? `iteration ${iteration}` : '',
    samples: [0, 1, 2, 3, 4, 5].map((column) => picture(6 * row + column))
  }))
  const sheet = drawContactSheet(rows, side)
  const name = `${String(iteration).padStart(4, '0')}.png`
  await writeFile(join(outFolder, name), encodeRgbPng(sheet.pixels, sheet.width, sheet.height))
}

async function featuresOf(pixels: Uint8Array): Promise<PictureFeatures> {
  const classes = new Int32Array(pixels.length / side ** 2)
  return PictureFeatures.of(features, { pixels, height: side, width: side, channels: 1, classes })
}

function readArguments() {
  const text = (fallback: string) => ({ type: 'string', default: fallback }) as const
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      seed: text('0'),
      generator: text('paper'),
      'mask-planes': text('1'),
      set: { type: 'string', multiple: true, default: [] },
      iterations: text('4000'),
      engine: text('native-cpu')
    }
  })
  const [dataFolder, outFolder] = z.tuple([z.string(), z.string()]).parse(positionals)
  return {
    dataFolder,
    outFolder,
    engine: EngineName.parse(values.engine),
    seed: z.coerce.number().int().parse(values.seed),
    iterations: z.coerce.number().int().positive().parse(values.iterations),
    generator: z.enum(['paper', 'stylegan2']).parse(values.generator),
    maskPlanes: values['mask-planes'] === '0' ? (0 as const) : (1 as const),
    changes: values.set
  }
}
