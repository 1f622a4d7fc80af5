/**
 * Trains the model on board from CC0 nuclei (Data Science Bowl 2018), and writes it to resources/starter.
 *
 * Usage: node scripts/train-starter.ts DATA [--minutes N] [--engine E] [--workspace DIR] [--checkpoint N]
 *        [--average RUN@ITERATION=WEIGHT …]
 *        DATA has images/{fluorescence,stained} and labels/ with the same names below. With a checkpoint, that one is
 *        written and nothing trained; else the best. With averages, one model is written that is the mean of several: RUN
 *        is a run of the workspace, or `built-in` for the model of the repository; the last one's discriminators are kept
 *
 * It can be stopped at any time and started again. Where the workspace with the unfinished run is gone, training goes
 * on from the model in resources/starter, which holds generator and discriminator.
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Input, type Output, type RequestName } from '../src/shared/api.ts'
import { fromWireError, invariant, refuse } from '../src/shared/errors.ts'
import { PreparedAbout } from '../src/shared/masks.ts'
import { EngineRequest } from '../src/shared/runs.ts'
import { StarterCard, starterName } from '../src/shared/starter.ts'
import { createApp } from '../src/main/app.ts'
import { CheckpointFolder } from '../src/main/engine-process/checkpoints.ts'
import { describeRealCells } from '../src/main/engine-process/real-cells.ts'
import { defaultEnvironment } from '../src/main/environment.ts'
import { dispatch } from '../src/main/services/dispatch.ts'
import { averageModels } from './starter/average.ts'

const classes = ['fluorescence', 'stained'] as const
/** Tests and studies hold out the first so many fluorescence images by name: the model must not have seen them. */
const heldOut = 110
/**
 * It learns the whole of a field first, small, and then its details: each stage goes on from the one before at twice the
 * resolution. The last one's tiles are those of the model; the sample is prepared alike, so that its training can go on.
 */
const stages = [
  { name: `${starterName}-32`, tile: 32, scale: 0.25, iterations: 6000 },
  { name: starterName, tile: 64, scale: 0.5, iterations: 60_000 }
] as const
const lastStage = stages[1]
const evaluateEvery = 1000
const learningRate = 0.0025
const scoredPictures = 1000
/** ψ of its pictures: a little below 1, fewer of them are empty and masks fit better (resources/starter/README.md). */
const truncation = 0.85
/** What `--average` calls the model of the repository. */
const builtInName = 'built-in'
/** What `check-starter` found of the model on board; to be written again with the model. */
const limitations =
  'It knows nuclei of this look and size alone, in small gray pictures: 64 pixels show a field of 128. Its masks agree with their pictures nearly nine tenths as well as those of real tiles do; one stained picture in eight shows no cell, and touching stained nuclei run together. It is a start for learning on, not a source of training data.'

const target = resolve(import.meta.dirname, '../resources/starter')
const { data, workspace, minutes, engine, checkpoint, averages } = readArguments()
const app = await createApp(defaultEnvironment({ workspace }))
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())
try {
  await importNuclei()
  if (averages.length > 0) await writeAverage()
  else if (checkpoint !== undefined || (await train())) await writeStarter(starterName, checkpoint)
} finally {
  await app.close()
}

async function importNuclei(): Promise<void> {
  const { datasets, prepared } = await request('workspace.show', {})
  if (!datasets.some(({ name }) => name === starterName)) {
    const selection = join(workspace, 'selection')
    for (const className of classes) await selectImages(className, selection)
    await request('datasets.import', { source: selection, name: starterName, format: 'labels', classFrom: 'folder' })
    await rm(selection, { recursive: true })
  }
  for (const { name, tile, scale } of stages) {
    if (!prepared.some((there) => there.name === name)) {
      await request('prepared.create', { dataset: starterName, name, tile, scale })
    }
  }
}

async function selectImages(className: (typeof classes)[number], selection: string): Promise<void> {
  const names = (await readdir(join(data, 'images', className))).filter((name) => name.endsWith('.png')).sort()
  for (const folder of ['images', 'labels']) {
    await mkdir(join(selection, folder, className), { recursive: true })
    for (const name of className === 'fluorescence' ? names.slice(heldOut) : names) {
      await cp(join(data, folder, className, name), join(selection, folder, className, name))
    }
  }
}

/**
 * Goes on with what this workspace has begun. Where it has nothing, with the model of the repository, where that is of the
 * last stage; else from the first stage. Minutes are those of the stage that is at work.
 *
 * @returns whether the last stage has begun, so that there is a model to write
 */
async function train(): Promise<boolean> {
  const { runs } = await request('workspace.show', {})
  if (runs.length === 0 && (await isOfLastStage())) {
    await trainStage(lastStage, starterName, undefined)
    return true
  }
  let from: string | undefined
  for (const stage of stages) {
    const run = runs.find(({ name }) => name === stage.name)
    const state = run?.state === 'finished' ? 'finished' : await trainStage(stage, from, run?.name)
    if (state !== 'finished') return stage === lastStage
    from = stage.name
  }
  return true
}

/** @returns the state that the run is in afterwards */
async function trainStage(
  { name, iterations }: (typeof stages)[number],
  from: string | undefined,
  begun: string | undefined
): Promise<string> {
  const limits = minutes === undefined ? {} : { minutes }
  if (begun !== undefined) return (await request('runs.resume', { run: begun, engine, ...limits })).run.state
  const start = from === undefined ? {} : { from }
  const settings = { preset: 'quick', iterations, learningRate, evaluateEvery, engine, ...start, ...limits } as const
  return (await request('runs.train', { prepared: name, name, ...settings })).run.state
}

async function isOfLastStage(): Promise<boolean> {
  const file = join(target, 'model.json')
  if (!existsSync(file)) return false
  const card = StarterCard.parse(JSON.parse(await readFile(file, 'utf8')))
  return card.prepared.tile === lastStage.tile && card.settings.network.discriminators === 'separate'
}

/** The mean of several models; it stands beside the last of them while it is scored. */
async function writeAverage(): Promise<void> {
  const shares = await Promise.all(
    averages.map(async ({ run, iteration, weight }) => {
      const folder = run === builtInName ? target : await runFolder(run)
      return { model: await new CheckpointFolder(folder).chooseModel(iteration), weight }
    })
  )
  const { scalars, tensors } = averageModels(shares)
  const { run: name } = averages.at(-1) ?? {}
  invariant(name, 'there is a model to average')
  const { run } = await request('runs.show', { name })
  const iteration = scalars.iteration + 1
  const folder = await runFolder(name)
  const notes = { isBest: false, settings: run.settings, classes: run.classes }
  await new CheckpointFolder(folder).writeModel({ scalars: { ...scalars, iteration }, tensors }, notes)
  try {
    await writeStarter(name, iteration)
  } finally {
    await rm(join(folder, 'checkpoints', String(iteration).padStart(8, '0')), { recursive: true })
  }
}

async function runFolder(name: string): Promise<string> {
  const { run } = await request('runs.show', { name })
  return join(workspace, 'runs', run.id)
}

async function writeStarter(name: string, iteration: number | undefined): Promise<void> {
  const { run } = await request('runs.show', { name })
  const score = await request('runs.evaluate', {
    run: name,
    engine,
    count: scoredPictures,
    ...(iteration === undefined ? {} : { checkpoint: iteration })
  })
  const preparedFolder = join(workspace, 'prepared', run.prepared)
  const about = PreparedAbout.parse(JSON.parse(await readFile(join(preparedFolder, 'about.json'), 'utf8')))
  const { tile, scale, channels, grayLevels } = about.result.prepared
  const model = await new CheckpointFolder(await runFolder(name)).chooseModel(score.iteration)
  const card: StarterCard = {
    version: 1,
    classes: run.classes,
    settings: run.settings,
    prepared: { tile, scale, channels, grayLevels },
    limits: about.limits,
    real: await describeRealCells({ preparedFolder, settings: run.settings, classes: run.classes }),
    trainedOn: `${about.images.length} images of nuclei of the 2018 Data Science Bowl (BBBC038, stage 1)`,
    license: 'CC0-1.0',
    limitations,
    iteration: model.scalars.iteration,
    imagesSeen: model.scalars.imagesSeen,
    truncation,
    score: { metric: score.features.name, value: score.mean.frechet, pictures: scoredPictures }
  }
  await rm(join(target, 'checkpoints'), { recursive: true, force: true })
  const notes = { isBest: true, settings: run.settings, classes: run.classes }
  await new CheckpointFolder(target).writeModel(model, notes)
  await writeFile(join(target, 'model.json'), `${JSON.stringify(card, undefined, 2)}\n`)
  process.stdout.write(
    `${target}: ${card.imagesSeen} images seen, ${card.score.metric} ${card.score.value.toFixed(1)}\n`
  )
}

async function request<N extends RequestName>(name: N, input: Input<N>): Promise<Output<N>> {
  const context = {
    signal: stop.signal,
    progress: () => undefined,
    notice: (text: string) => void process.stderr.write(`${text}\n`)
  }
  const reply = await dispatch(app.handlers, name, input, context, () => undefined)
  if ('error' in reply) throw fromWireError(reply.error)
  return reply.output as Output<N> // dispatch has parsed it with this request's schema
}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string' },
      engine: { type: 'string', default: 'auto' },
      workspace: { type: 'string' },
      checkpoint: { type: 'string' },
      average: { type: 'string', multiple: true, default: [] }
    }
  })
  const [data] = positionals
  if (data === undefined) {
    throw refuse('Name the folder with the annotated nuclei.', { next: 'node scripts/train-starter.ts DATA' })
  }
  return {
    data: resolve(data),
    workspace: resolve(values.workspace ?? join(import.meta.dirname, '../.cache/starter')),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
    engine: EngineRequest.parse(values.engine),
    checkpoint: values.checkpoint === undefined ? undefined : Number(values.checkpoint),
    averages: values.average.map(readAverage)
  }
}

/** RUN@ITERATION=WEIGHT */
function readAverage(text: string) {
  const [, run, iteration, weight] = /^(.+)@(\d+)=(\d+)$/.exec(text) ?? []
  if (run === undefined) throw refuse(`"${text}" is not RUN@ITERATION=WEIGHT.`)
  return { run, iteration: Number(iteration), weight: Number(weight) }
}
