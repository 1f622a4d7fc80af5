/**
 * Says of a model whether it may be shipped as the one on board: makes pictures of it, and compares them with the tiles
 * that it learned from. A line for each demand; exits with 1 where one does not hold.
 *
 * Usage: node scripts/check-starter.ts PREPARED [--model NAME] [--workspace DIR] [--per-class N] [--seed N]
 *        [--truncation PSI] [--name NAME] [--engine E] [--real N] [--json]
 *        PREPARED is the folder of the prepared set that the model learned from (WORKSPACE/prepared/ID). The model is the
 *        one on board, or a run of the workspace, where the set stays under its name; without a workspace it is removed
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Input, type Output, type RequestName } from '../src/shared/api.ts'
import { AppError, fromWireError, invariant, refuse } from '../src/shared/errors.ts'
import { EngineRequest } from '../src/shared/runs.ts'
import { type ClassHealth } from '../src/shared/set-report.ts'
import { StarterCard, starterName } from '../src/shared/starter.ts'
import { type SyntheticImage } from '../src/shared/synthetic.ts'
import { type App, createApp } from '../src/main/app.ts'
import { chooseBackend } from '../src/main/backends/backend.ts'
import { openPreparedTiles, type TileRequest } from '../src/main/datasets/prepared-tiles.ts'
import { agreement, type MaskedPicture, meanOf } from '../src/main/engine/metrics/foreground.ts'
import { findMemorized } from '../src/main/engine/metrics/memorization.ts'
import { otsuForeground, type Polarity } from '../src/main/engine/metrics/otsu.ts'
import { describeRealCells } from '../src/main/engine-process/real-cells.ts'
import { type PictureStream } from '../src/main/engine-process/picture-stream.ts'
import { realTiles } from '../src/main/engine-process/real-tiles.ts'
import { Scorer } from '../src/main/engine-process/scorer.ts'
import { defaultEnvironment } from '../src/main/environment.ts'
import { readLabelImage } from '../src/main/images/label-image.ts'
import { readPicture } from '../src/main/images/read.ts'
import { adviceLines } from '../src/main/terminal/remedies.ts'
import { dispatch } from '../src/main/services/dispatch.ts'
import { nativePackFor } from './native-pack.ts'
import { type ClassFacts, type StarterFacts, verdictsOn } from './starter/verdicts.ts'

/** Real tiles that Otsu's threshold is tried on, of each class. */
const otsuTiles = 200

const options = readArguments()
process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const nativeFolder = await nativePackFor(options.engine)
    const facts = await measure(nativeFolder)
    const verdicts = verdictsOn(facts)
    const lines = verdicts.map(({ says, holds }) => `${holds ? 'ok' : 'NO'}  ${says}\n`)
    process.stdout.write(options.json ? `${JSON.stringify({ ...facts, verdicts })}\n` : lines.join(''))
    return verdicts.every(({ holds }) => holds) ? 0 : 1
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    process.stderr.write(`${[thrown.message, ...adviceLines(thrown)].join('\n')}\n`)
    return 3
  }
}

async function measure(nativeFolder: string | undefined): Promise<StarterFacts> {
  const scratch = await mkdtemp(join(tmpdir(), 'check-starter-'))
  const workspace = options.workspace ?? scratch
  const app = await createApp(defaultEnvironment({ workspace }))
  try {
    const { name, model: run, perClass, seed, truncation, engine } = options
    const { synthetic, health } = await request(app, 'synthetic.generate', {
      run,
      name,
      perClass,
      seed,
      engine,
      truncation
    })
    const { images } = await request(app, 'synthetic.show', { name: synthetic.id })
    const { settings, classes, megabytes } = await describeModel(app)
    const tiles: TileRequest = { preparedFolder: options.prepared, settings, classes }
    const set = { folder: join(workspace, 'synthetic', synthetic.id), images }
    await chooseBackend(engine, { nativeFolder })
    return {
      resolution: settings.network.resolution,
      megabytes,
      classes: await classFacts(set, tiles, health ?? []),
      farFromTraining: await farFromTraining(set, tiles)
    }
  } finally {
    await app.close()
    await rm(scratch, { recursive: true })
  }
}

async function request<N extends RequestName>(app: App, name: N, input: Input<N>): Promise<Output<N>> {
  const context = { signal: new AbortController().signal, progress: () => undefined }
  const reply = await dispatch(app.handlers, name, input, context, () => undefined)
  if ('error' in reply) throw fromWireError(reply.error)
  return reply.output as Output<N> // dispatch has parsed it with this request's schema
}

/** The files of a run are not what would be shipped, so that only those of the model on board are weighed. */
async function describeModel(app: App) {
  const { runs } = await request(app, 'workspace.show', {})
  const run = runs.find(({ id, name }) => [id, name].includes(options.model))
  if (run !== undefined) {
    return { settings: run.settings, classes: run.classes, megabytes: undefined }
  }
  const folder = join(defaultEnvironment().resources, 'starter')
  const { settings, classes } = StarterCard.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
  return { settings, classes, megabytes: (await bytesOf(folder)) / 1e6 }
}

interface MadeSet {
  readonly folder: string
  readonly images: readonly SyntheticImage[]
}

async function bytesOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What the model says of its tiles is not asked: the tiles are. */
async function classFacts(
  { folder, images }: MadeSet,
  tiles: TileRequest,
  health: readonly ClassHealth[]
): Promise<ClassFacts[]> {
  const real = await describeRealCells(tiles)
  const source = await openPreparedTiles(tiles)
  const { resolution: side, imageChannels: channels } = tiles.settings.network
  const facts: ClassFacts[] = []
  for (const [label, { class: name, statistics }] of real.entries()) {
    const made = images.filter((image) => image.class === name)
    const generated = await Promise.all(made.map(({ file }) => readMasked(folder, file)))
    const { places, read, readLevels } = source.evaluationTiles(label, otsuTiles)
    const known = await Promise.all(
      places.map(async (_, i) => ({
        picture: { pixels: await read(i), height: side, width: side, channels },
        foreground: (await readLevels(i)).map((level) => Number(level > 0))
      }))
    )
    const polarity = polarityOf(known)
    const found = health.find((entry) => entry.class === name)?.generated
    invariant(found, 'the pictures of every class are counted')
    facts.push({
      name,
      generated: found,
      real: statistics,
      otsu: { polarity, generated: otsuAgreement(generated, polarity), real: otsuAgreement(known, polarity) }
    })
  }
  return facts
}

async function readMasked(folder: string, file: string): Promise<MaskedPicture> {
  const { data, width, height, channels } = await readPicture(join(folder, 'images', file))
  const { labels } = await readLabelImage(join(folder, 'masks', file))
  invariant(data instanceof Uint8Array && (channels === 1 || channels === 3), 'pictures of 8 bits')
  const foreground = Uint8Array.from(labels, (label) => Number(label > 0))
  return { picture: { pixels: data, height, width, channels }, foreground }
}

function polarityOf(real: readonly MaskedPicture[]): Polarity {
  return (otsuAgreement(real, 'bright') ?? 0) >= (otsuAgreement(real, 'dark') ?? 0) ? 'bright' : 'dark'
}

/** Picture by picture, where there is a cell. */
function otsuAgreement(pictures: readonly MaskedPicture[], polarity: Polarity): number | undefined {
  return meanOf(pictures.map((known) => agreement(known, otsuForeground(known.picture, polarity))))
}

/** The same question that an evaluation asks, of the pictures that a person gets. */
async function farFromTraining({ folder, images }: MadeSet, tiles: TileRequest): Promise<number | undefined> {
  const { resources } = defaultEnvironment()
  const scorer = await Scorer.open({ resources, ...tiles })
  const { resolution, imageChannels } = tiles.settings.network
  const real = realTiles(await openPreparedTiles(tiles), tiles.settings, tiles.classes, options.real)
  const made: PictureStream = {
    height: resolution,
    width: resolution,
    channels: imageChannels,
    classes: Int32Array.from(images, (image) => tiles.classes.indexOf(image.class)),
    pixels: async (from, to) => {
      const some = await Promise.all(images.slice(from, to).map(({ file }) => readMasked(folder, file)))
      return new Uint8Array(Buffer.concat(some.map(({ picture }) => picture.pixels)))
    }
  }
  const [of, among] = [await scorer.featuresOfReal(real), await scorer.featuresOf(made)]
  const names = [...new Set(real.places.map(({ image }) => image))]
  const imageOf = real.places.map(({ image }) => names.indexOf(image))
  const { share } = findMemorized(of.vectors('all'), among.vectors('all'), of.size, imageOf)
  scorer.dispose()
  return share === undefined ? undefined : 1 - share
}

function readArguments() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string', default: starterName },
      workspace: { type: 'string' },
      'per-class': { type: 'string', default: '200' },
      seed: { type: 'string', default: '0' },
      truncation: { type: 'string' },
      engine: { type: 'string', default: 'auto' },
      real: { type: 'string', default: '800' },
      name: { type: 'string', default: 'check' },
      json: { type: 'boolean', default: false }
    }
  })
  const [prepared] = positionals
  if (prepared === undefined) {
    throw refuse('Name the folder of the prepared set that the model learned from.', {
      next: 'node scripts/check-starter.ts WORKSPACE/prepared/ID'
    })
  }
  return {
    prepared: resolve(prepared),
    model: values.model,
    workspace: values.workspace === undefined ? undefined : resolve(values.workspace),
    perClass: Number(values['per-class']),
    seed: Number(values.seed),
    truncation: values.truncation === undefined ? undefined : Number(values.truncation),
    engine: EngineRequest.parse(values.engine),
    real: Number(values.real),
    name: values.name,
    json: values.json
  }
}
