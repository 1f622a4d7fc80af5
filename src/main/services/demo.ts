import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress } from '../../shared/api.ts'
import { type DemoRequest, type DemoResult, type DemoStep } from '../../shared/demo.ts'
import { ImportRequest } from '../../shared/datasets.ts'
import { PrepareRequest, type PrepareResult } from '../../shared/masks.ts'
import { EvaluateRequest, type EvaluationResult } from '../../shared/evaluation.ts'
import { TrainRequest, type TrainResult } from '../../shared/runs.ts'
import { starterName } from '../../shared/starter.ts'
import { GenerateRequest, type GenerateResult } from '../../shared/synthetic.ts'
import { type AppContext } from './app-context.ts'
import { importSource } from './datasets.ts'
import { type RequestContext } from './dispatch.ts'
import { sampleSettings } from './demo-settings.ts'
import { overviewPicture } from './overview-picture.ts'
import { packSet } from './packages.ts'
import { prepareDataset } from './prepare.ts'
import { evaluateRun } from './runs.ts'
import { generateSynthetic } from './synthetic.ts'
import { resumeRun, trainRun } from './training.ts'
import { newId } from './workspace.ts'

/** Who follows the tour: the terminal shows a bar, the page a list of steps. */
export interface DemoWatcher {
  readonly begin: (step: DemoStep) => void
  readonly progress: (step: DemoStep, progress: Progress) => void
  readonly finish: (step: DemoStep, outcome: string) => void
  readonly notice: (text: string) => void
  readonly runStarted: (run: string) => void
  /** Resolves when the tour may go on after a pause; rejects when it was cancelled meanwhile. */
  readonly mayGoOn: () => Promise<void>
  /** Aborted to stop training at a safe point, to go on later. The other steps are short: a pause waits for their end. */
  readonly pause: () => AbortSignal
  /** Aborted to end the tour. */
  readonly cancel: AbortSignal
}

/** The bundled sample through every step: import, prepare, train, evaluate, generate, package. */
export async function runDemo(app: AppContext, request: DemoRequest, watch: DemoWatcher): Promise<DemoResult> {
  const started = performance.now()
  const tour = new Tour(app, request, watch)
  const imported = await tour.step(
    'import',
    (context) => importSource(app, tour.importRequest(), context),
    importOutcome
  )
  const prepared = await tour.step(
    'prepare',
    (context) => prepareDataset(app, tour.prepareRequest(), context),
    prepareOutcome
  )
  const trained = await tour.train()
  const score = await tour.step(
    'evaluate',
    (context) => evaluateRun(app, tour.evaluateRequest(), context),
    evaluateOutcome
  )
  const made = await tour.step(
    'generate',
    (context) => generateSynthetic(app, tour.generateRequest(), context),
    generateOutcome
  )
  const packed = await tour.step(
    'package',
    async (context) => packSet(app, await tour.packageRequest(made.synthetic.id), context),
    ({ entries }) => `${entries} files in one checked package`
  )
  const folder = app.folders.folder('synthetic', made.synthetic.id)
  const picture = await overviewPicture(folder, app.catalog.synthetic.images(made.synthetic.id))
  const seconds = (performance.now() - started) / 1000
  return {
    dataset: imported.dataset.id,
    prepared: prepared.prepared.id,
    run: trained.run.id,
    synthetic: made.synthetic.id,
    package: { file: packed.file, bytes: packed.bytes, sha256: packed.sha256 },
    pictures: [picture],
    sentences: closingSentences({ trained, score, made, folder, picture, packageFile: packed.file }),
    seconds,
    seed: request.seed
  }
}

/** The requests of one tour share names that no earlier tour has taken. */
class Tour {
  readonly #app: AppContext
  readonly #request: DemoRequest
  readonly #watch: DemoWatcher
  readonly #name: string

  constructor(app: AppContext, request: DemoRequest, watch: DemoWatcher) {
    this.#app = app
    this.#request = request
    this.#watch = watch
    this.#name = freeName(app)
  }

  async step<Result>(
    step: DemoStep,
    work: (context: RequestContext) => Promise<Result>,
    outcome: (result: Result) => string
  ): Promise<Result> {
    await this.#watch.mayGoOn()
    this.#watch.begin(step)
    const result = await work(this.#context(step, this.#watch.cancel))
    this.#watch.finish(step, outcome(result))
    return result
  }

  /** Training alone can pause in the middle and go on from there. */
  async train(): Promise<TrainResult> {
    const { engine } = this.#request
    const minutes = this.#request.minutes ?? sampleSettings.minutes
    await this.#watch.mayGoOn()
    this.#watch.begin('train')
    let pause = this.#watch.pause()
    let result = await trainRun(this.#app, this.#trainRequest(minutes), this.#context('train', pause))
    while (pause.aborted) {
      await this.#watch.mayGoOn()
      this.#watch.begin('train')
      pause = this.#watch.pause()
      const spent = (result.secondsPerIteration * result.run.iteration) / 60
      const left = { run: result.run.id, engine, minutes: Math.max(0.05, minutes - spent) }
      result = await resumeRun(this.#app, left, this.#context('train', pause))
    }
    this.#watch.finish('train', trainOutcome(result))
    return result
  }

  importRequest() {
    const { name } = this
    return ImportRequest.parse({
      source: join(this.#app.environment.resources, 'sample'),
      name,
      format: 'labels',
      classFrom: 'folder'
    })
  }

  prepareRequest() {
    const { tile, scale } = sampleSettings
    return PrepareRequest.parse({ dataset: this.name, name: this.name, tile, scale, seed: this.#request.seed })
  }

  evaluateRequest() {
    const { seed, engine } = this.#request
    return EvaluateRequest.parse({ run: this.name, seed, engine, count: sampleSettings.evaluationPictures })
  }

  generateRequest() {
    const { seed, engine } = this.#request
    return GenerateRequest.parse({
      run: this.name,
      name: this.name,
      perClass: sampleSettings.picturesPerClass,
      seed,
      engine
    })
  }

  async packageRequest(set: string) {
    const folder = this.#app.folders.folder('packages')
    await mkdir(folder, { recursive: true })
    return {
      set,
      out: join(folder, `${this.name.replaceAll(' ', '-')}.zip`),
      formats: ['coco' as const, 'labels' as const],
      license: 'CC0-1.0',
      author: 'not stated'
    }
  }

  get name(): string {
    return this.#name
  }

  #trainRequest(minutes: number) {
    const { seed, engine } = this.#request
    return TrainRequest.parse({
      prepared: this.name,
      name: this.name,
      preset: 'demo',
      from: starterName,
      minutes,
      seed,
      engine
    })
  }

  #context(step: DemoStep, signal: AbortSignal): RequestContext {
    return {
      signal,
      progress: (progress) => this.#watch.progress(step, progress),
      notice: (text) => this.#watch.notice(text),
      runStarted: (run) => this.#watch.runStarted(run)
    }
  }
}

function freeName({ catalog }: AppContext): string {
  const isTaken = (name: string): boolean =>
    [catalog.datasets, catalog.prepared, catalog.runs, catalog.synthetic].some((table) => table.nameTaken(name))
  for (let number = 1; number < 1000; number++) {
    const name = number === 1 ? 'Sample nuclei' : `Sample nuclei ${number}`
    if (!isTaken(name)) return name
  }
  return `Sample nuclei ${newId('n')}`
}

function importOutcome({ dataset }: { dataset: { images: number; cells: number } }): string {
  return `${dataset.images} images with ${dataset.cells.toLocaleString('en')} nuclei`
}

function prepareOutcome({ totals, roundTrip }: PrepareResult): string {
  return `${totals.painted.toLocaleString('en')} nuclei in gray masks; read back at AP ${(100 * roundTrip.AP).toFixed(0)}`
}

function trainOutcome({ run }: TrainResult): string {
  return `${run.iteration.toLocaleString('en')} practice rounds`
}

function evaluateOutcome({ mean }: EvaluationResult): string {
  return `picture quality score ${mean.frechet.toFixed(0)} (lower is better)`
}

function generateOutcome({ synthetic }: GenerateResult): string {
  return `${synthetic.images} pictures with ${synthetic.cells.toLocaleString('en')} nuclei`
}

interface Told {
  readonly trained: TrainResult
  readonly score: EvaluationResult
  readonly made: GenerateResult
  readonly folder: string
  readonly picture: string
  readonly packageFile: string
}

/** What was made, how good it is, where it is. Honest: pictures of 32 pixels, by a small network. */
function closingSentences({ trained, score, made, folder, packageFile }: Told): string[] {
  const { synthetic } = made
  const seen = trained.run.iteration * trained.run.settings.batch
  return [
    `CytoLoom made ${synthetic.images} synthetic pictures with ${synthetic.cells.toLocaleString('en')} outlined nuclei. Its model on board, which knew nuclei already, learned from the sample for ${minutesText(trained)} (${seen.toLocaleString('en')} pictures seen).`,
    `Their quality score is ${score.mean.frechet.toFixed(0)} (${score.features.name}; near 0 would be as good as real ones, and lower is better): the network is small and so are its pictures; train for hours on your own data.`,
    `The pictures are in ${join(folder, 'images')}, their masks beside them in masks, and the package for a colleague is ${packageFile}.`
  ]
}

function minutesText({ run, secondsPerIteration }: TrainResult): string {
  const minutes = (run.iteration * secondsPerIteration) / 60
  return minutes < 1.5 ? 'about a minute' : `about ${minutes.toFixed(0)} minutes`
}
