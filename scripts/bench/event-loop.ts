import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Input, type RequestName } from '../../src/shared/api.ts'
import { Dataset, DatasetImage } from '../../src/shared/datasets.ts'
import { AppError } from '../../src/shared/errors.ts'
import { type App, createApp } from '../../src/main/app.ts'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { dispatch } from '../../src/main/services/dispatch.ts'
import { type BenchResult } from './result.ts'

const pictures = 10_000
const times = 5
const trainedFor = 12 // s

const created = '2025-01-02T03:04:05.000Z'
const counts = { images: 1, cells: 31, removedByCover: 1, droppedByCap: 0, painted: 30, labelsNeeded: 4 }

/**
 * How long a request of ten thousand pictures keeps everything else waiting in the app's own process: the longest that
 * the event loop stood still, of all times that it was asked; then the same while something is trained and asked for.
 */
export async function benchEventLoop(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-bench-'))
  try {
    await writeSets(folder)
    const app = await createApp(defaultEnvironment({ workspace: folder }))
    try {
      const whole = await benchTraining(app)
      const parts: BenchResult[] = []
      for (const ask of questions) parts.push(await benchRequest(app, ask))
      return [whole, ...parts, await benchEntry()]
    } finally {
      await app.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A set of a hundred thousand pictures is entered into a catalogue. */
async function benchEntry(): Promise<BenchResult> {
  const count = 10 * pictures
  const { dataset, images } = datasetAbout(count)
  const stills: number[] = []
  for (let i = 0; i < times; i++) {
    const catalog = openCatalog(':memory:')
    const about = { dataset: Dataset.parse(dataset), images: images.map((image) => DatasetImage.parse(image)) }
    stills.push(
      await longestStill(async () => {
        await catalog.datasets.parts.ahead(about.dataset.id, about.images).write()
        catalog.datasets.insert(about.dataset, about.images)
      })
    )
    catalog.close()
  }
  return resultOf('event loop, a hundred thousand pictures are entered', stills)
}

interface Question {
  readonly name: RequestName
  readonly input: object
}

function question<N extends RequestName>(name: N, input: Input<N> & object): Question {
  return { name, input }
}

const judged = { set: 's-many', positions: positionsTo(1000) }
const questions = [
  question('workspace.show', {}),
  question('pictures.list', { collection: 'datasets', set: 'd-many' }),
  question('pictures.list', { collection: 'prepared', set: 'p-many' }),
  question('pictures.list', { collection: 'synthetic', set: 's-many' }),
  question('datasets.show', { name: 'd-many' }),
  question('synthetic.show', { name: 's-many' }),
  question('synthetic.judge', { ...judged, verdict: 'rejected' }),
  question('synthetic.judge', judged),
  question('prepared.forecast', { dataset: 'd-many' }),
  question('things.origin', { thing: 's-many' }),
  question('things.storage', {})
]

async function ask(app: App, { name, input }: Question): Promise<void> {
  const context = { signal: new AbortController().signal, progress: () => undefined }
  const reply = await dispatch(app.handlers, name, input, context, () => undefined)
  if ('error' in reply) throw new AppError('defect', `${name}: ${reply.error.message}`)
  JSON.stringify(reply) // as each host does
}

async function benchRequest(app: App, question: Question): Promise<BenchResult> {
  await ask(app, question) // what it needs is loaded
  const stills: number[] = []
  for (let i = 0; i < times; i++) {
    stills.push(await longestStill(() => ask(app, question)))
  }
  const { collection = '' } = question.input as { collection?: string }
  return resultOf(`event loop, ${question.name} ${collection}`.trim(), stills)
}

/** A model of the sample learns while its set of ten thousand is asked for. */
async function benchTraining(app: App): Promise<BenchResult> {
  const sample = resolve(import.meta.dirname, '../../resources/sample')
  await ask(app, question('datasets.import', { source: sample, name: 'sample', format: 'labels' }))
  await ask(app, question('prepared.create', { dataset: 'sample', name: 'tiles', tile: 32, scale: 0.5 }))
  const train = { prepared: 'tiles', name: 'learning', preset: 'demo' }
  await ask(app, question('tasks.start', { kind: 'train', input: train }))
  await setTimeout(5000) // the engine is chosen and loaded
  const stills: number[] = []
  for (let second = 0; second < trainedFor; second++) {
    const asked = questions[second % questions.length]
    stills.push(await longestStill(() => (asked === undefined ? Promise.resolve() : ask(app, asked))))
    stills.push(await longestStill(() => setTimeout(900)))
  }
  return resultOf('event loop, while training', stills)
}

function resultOf(name: string, stills: readonly number[]): BenchResult {
  const sorted = [...stills].sort((a, b) => a - b)
  const [longest = 0, median = 0] = [sorted.at(-1), sorted[sorted.length >> 1]]
  return { name, threads: 1, seconds: { min: median, median: longest }, unit: 'stills', perSecond: 1 / longest }
}

/**
 * Seconds of the processor that one turn of the event loop took at most while something was done: how long everybody else
 * waits on a computer with nothing else to do. On a busy one the clock tells what others took.
 */
async function longestStill(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let before = process.threadCpuUsage()
  const turn = () => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1e6)
    before = process.threadCpuUsage()
  }
  const checks = repeatEachTurn(turn)
  await setTimeout(20)
  longest = 0
  await work()
  checks.end()
  return longest
}

function repeatEachTurn(turn: () => void): { end(): void } {
  let isOn = true
  const next = () => {
    turn()
    if (isOn) setImmediate(next)
  }
  setImmediate(next)
  return {
    end: () => {
      turn()
      isOn = false
    }
  }
}

const common = { width: 704, height: 520, class: 'A172' }
const set = { created, images: pictures, cells: 31 * pictures }
const positions = positionsTo(pictures)

function positionsTo(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i)
}

function nameOf(position: number): string {
  return `${String(position).padStart(6, '0')}.png`
}

/** An image set, a version and a synthetic set of ten thousand pictures each, without their files. */
async function writeSets(folder: string): Promise<void> {
  const abouts = {
    'datasets/d-many': datasetAbout(),
    'prepared/p-many': preparedAbout(),
    'synthetic/s-many': syntheticAbout()
  }
  for (const [place, about] of Object.entries(abouts)) {
    await mkdir(join(folder, place), { recursive: true })
    await writeFile(join(folder, place, 'about.json'), JSON.stringify(about))
  }
}

function datasetAbout(count = pictures) {
  const of = { images: count, annotated: count, cells: 31 * count }
  const classes = [{ name: 'A172', ...of }]
  return {
    kind: 'dataset',
    version: 1,
    dataset: { ...of, created, id: 'd-many', name: 'many images', format: 'coco', classes },
    images: positionsTo(count).map((i) => ({
      ...common,
      id: i + 1,
      file: `plate 3/${nameOf(i)}`,
      cells: 31,
      channels: 1,
      bits: 16,
      time: i % 24,
      group: `well ${String(i % 96)}`,
      annotated: true,
      sha256: 'a'.repeat(64),
      pixelSize: { x: 1.24, y: 1.24 },
      ranges: [{ low: 12, high: 4000.5 }]
    }))
  }
}

function preparedAbout() {
  return {
    kind: 'prepared',
    version: 1,
    result: preparedResult(),
    images: positions.map((i) => ({
      ...common,
      file: nameOf(i),
      source: `plate 3/${nameOf(i)}`,
      split: 'train',
      counts
    })),
    limits: []
  }
}

function syntheticAbout() {
  const classes = [{ name: 'A172', images: pictures, cells: set.cells }]
  const made = { origin: 'first', iteration: 500, seed: 7, truncation: 0.9 }
  const removed = [{ reason: 'too-small', area: 12, counts: 'lknh04L3M2N2N1O1O1N2N2' }]
  return {
    kind: 'synthetic',
    version: 1,
    synthetic: { ...set, ...made, id: 's-many', name: 'many pictures', classes },
    images: positions.map((i) => ({
      ...common,
      file: nameOf(i),
      index: i,
      cells: 31,
      removedCells: 1,
      removed,
      maskFit: 0.61
    })),
    filtered: { cells: pictures, images: 0, why: { 'too small': pictures } },
    provenance: {
      software: 'CytoLoom 0.1.0',
      run: 'first',
      dataset: 'many images',
      preset: 'demo',
      engine: { name: 'wasm', library: 'tfjs 4.22.0', device: 'CPU', threads: 2 }
    }
  }
}

function preparedResult() {
  const roundTrip = { AP: 0.97, AP50: 0.99, AP75: 0.98 }
  return {
    prepared: {
      id: 'p-many',
      name: 'many tiles',
      created,
      dataset: 'd-many',
      tile: 64,
      scale: 0.5,
      channels: 'gray',
      grayLevels: 4,
      mask: { maxCover: 0.7, grayLevels: 4, neighbours: 'contact', labelling: 'dsatur' },
      seed: 3,
      classes: ['A172'],
      roundTrip
    },
    totals: { ...counts, images: pictures },
    classes: [{ name: 'A172', ...counts, images: pictures }],
    roundTrip,
    roundTripPaper: roundTrip,
    splits: { train: pictures, validation: 0, test: 0 },
    warnings: [],
    seed: 3
  }
}
