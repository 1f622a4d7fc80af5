import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatasetAbout } from '../../shared/abouts.ts'
import { DatasetId, type DatasetImage } from '../../shared/datasets.ts'
import { AppError, invariant, refuse } from '../../shared/errors.ts'
import { defaultMaskSettings, fewestOfClass, PreparedAbout, PreparedId, PrepareRequest } from '../../shared/masks.ts'
import type { Progress } from '../../shared/api.ts'
import { type EngineInfo, TrainRequest } from '../../shared/runs.ts'
import type { FrozenStudy, GenerationPlan } from '../../shared/studies.ts'
import { type SyntheticAbout, SyntheticId, type SyntheticImage } from '../../shared/synthetic.ts'
import type { TrainingSettings } from '../../shared/training.ts'
import type { Environment } from '../environment.ts'
import { isThere, stageFolder } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { whole } from '../files/partials.ts'
import { type EngineMessage, type GenerateOutcome, progressOf, type TrialOutcome } from '../jobs/engine-protocol.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { secondsFrom } from '../jobs/training-seconds.ts'
import { settingsOf } from '../jobs/training-settings.ts'
import { describeSet } from '../prepare/describe-set.ts'
import { prepareImages } from '../prepare/prepare-images.ts'
import { productName } from '../product.ts'
import type { TriedGenerator } from '../study/effort.ts'
import { type StudyTask, trainingImages } from '../study/study-tasks.ts'
import { type CopyCount, countCopies } from './count-copies.ts'
import type { PictureMaker } from './run-task.ts'
import type { Watcher } from './segmenter.ts'
import type { StudyFolder } from './study-folder.ts'

/**
 * Trains a generator from nothing on the real images of one share and no others, chooses its checkpoint by these as well,
 * and makes pictures. Stopped anywhere, the next try goes on from its safe points.
 */
export function pictureMaker(environment: Environment): PictureMaker {
  return async (place, study, task, watcher) => {
    const plan = study.generation
    invariant(plan !== undefined, 'a study with generators says how they are trained')
    const images = await datasetImages(place, study, task)
    const work = new GeneratorWork(environment, place.work(task.id), watcher)
    const about = await work.prepare(place, study, { plan, images, task })
    const classes = about.result.classes.map(({ name }) => name)
    const settings = generatorSettings(about, classes, plan, study.seed + 100_000 + 100 * task.draw + task.generator)
    await work.train(settings, classes, study)
    const began = performance.now()
    const made = await work.generate(settings, classes, { plan, study, about })
    const secondsOfPictures = (performance.now() - began) / 1000
    return {
      record: {
        trainedOn: images.map(({ file }) => file),
        details: { iterations: settings.iterations, secondsOfPictures, ...made.details },
        notes: made.notes,
        ...(work.engine === undefined ? {} : { engine: work.engine })
      },
      fill: async (folder) => {
        const target = join(folder, 'pictures')
        for (const part of ['images', 'masks']) {
          await cp(join(work.out, part), join(target, part), { recursive: true })
        }
        await writeFile(join(target, 'about.json'), JSON.stringify(aboutOf(study, task, work.engine, made)))
      }
    }
  }
}

/** So many images are prepared for a trial, and so many pictures made. */
const [triedImages, triedPictures] = [8, 16]

/** What a generator takes, tried in earnest on some of its images. */
export async function tryGenerator(
  environment: Environment,
  {
    place,
    study,
    task,
    folder
  }: { readonly place: StudyFolder; readonly study: FrozenStudy; readonly task: StudyTask; readonly folder: string },
  watcher: Watcher
): Promise<TriedGenerator> {
  const plan = study.generation
  invariant(plan !== undefined, 'a study with generators says how they are trained')
  const images = (await datasetImages(place, study, task)).slice(0, triedImages)
  /** When it was ready to make pictures. */
  let ready = 0
  const progress = (step: Progress): void => {
    if (step.stage === 'generate' && step.done === 0) ready = performance.now()
    watcher.progress(step)
  }
  const work = new GeneratorWork(environment, folder, { signal: watcher.signal, progress })
  const about = await work.prepare(place, study, { plan, images, task })
  const classes = about.result.classes.map(({ name }) => name)
  const settings = generatorSettings(about, classes, plan, study.seed)
  const { stages, isInProportion } = await work.try(settings, classes, study)
  const training = stages.start + secondsFrom(settings, 0, stages)
  // A network that was tried with less than it will have has left no safe point to make pictures with.
  if (isInProportion) {
    return { training, start: stages.start, perPicture: stages.evaluation / settings.evaluationPictures }
  }
  const began = performance.now()
  const few = { plan: { ...plan, images: triedPictures }, study, about }
  // The filter would reject what a generator paints that has learned nothing.
  await work.generate(settings, classes, few, 'unfiltered')
  return {
    training,
    start: (ready - began) / 1000,
    perPicture: (performance.now() - ready) / 1000 / triedPictures
  }
}

/** As every synthetic set describes itself. */
function aboutOf(
  study: FrozenStudy,
  task: StudyTask,
  engine: EngineInfo | undefined,
  {
    images,
    outcome,
    seed
  }: { readonly images: SyntheticImage[]; readonly outcome: GenerateOutcome; readonly seed: number }
): SyntheticAbout {
  invariant(engine !== undefined, 'an engine that generated has said its name')
  const cells = images.reduce((sum, image) => sum + image.cells, 0)
  return {
    kind: 'synthetic',
    version: 1,
    synthetic: {
      id: SyntheticId.parse(task.id.replaceAll('.', '-')),
      name: task.id,
      created: study.created,
      origin: study.name,
      iteration: outcome.iteration,
      seed,
      truncation: 1,
      images: images.length,
      cells,
      classes: []
    },
    images,
    filtered: outcome.filtered,
    provenance: {
      software: productName,
      run: task.id,
      dataset: study.dataset.name,
      preset: study.generation?.preset ?? '',
      engine
    }
  }
}

/** The images of a share. Classes with too few of them to be learned apart are learned as one. */
async function datasetImages(place: StudyFolder, study: FrozenStudy, task: StudyTask): Promise<DatasetImage[]> {
  const file = join(place.dataset(study.dataset.id), 'about.json')
  const about = DatasetAbout.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (about === undefined) throw refuse('The data set of this study is not there, or damaged.', { file })
  const wanted = new Set(trainingImages(study, task))
  const images = about.images.filter(({ id }) => wanted.has(id))
  const counts = Map.groupBy(images, (image) => image.class)
  const isPoor = [...counts.values()].some((members) => members.length < fewestOfClass)
  return isPoor ? images.map((image) => ({ ...image, class: 'all' })) : images
}

function generatorSettings(
  about: PreparedAbout,
  classes: readonly string[],
  { preset, iterations }: GenerationPlan,
  seed: number
): TrainingSettings {
  const request = TrainRequest.parse({ prepared: 'share', name: 'generator', preset, iterations, seed })
  const settings = settingsOf(request, about.result.prepared, classes.length, undefined)
  const every = Math.min(settings.evaluateEvery, iterations)
  return {
    ...settings,
    evaluateEvery: every,
    checkpointEvery: Math.min(settings.checkpointEvery, iterations),
    sampleEvery: iterations,
    sampleSeconds: []
  }
}

interface Share {
  readonly plan: GenerationPlan
  readonly images: readonly DatasetImage[]
  readonly task: StudyTask
}

/** One generator in its folder: prepared tiles, the run, the pictures. */
class GeneratorWork {
  engine: EngineInfo | undefined
  readonly #environment: Environment
  readonly #folder: string
  readonly #watcher: Watcher

  constructor(environment: Environment, folder: string, watcher: Watcher) {
    this.#environment = environment
    this.#folder = folder
    this.#watcher = watcher
  }

  get out(): string {
    return join(this.#folder, 'out')
  }

  get #prepared(): string {
    return join(this.#folder, 'prepared')
  }

  get #run(): string {
    return join(this.#folder, 'run')
  }

  async prepare(place: StudyFolder, study: FrozenStudy, { plan, images, task }: Share): Promise<PreparedAbout> {
    const file = join(this.#prepared, 'about.json')
    if (!(await isThere(this.#prepared))) await this.#prepareAnew(place, study, { plan, images, task })
    return PreparedAbout.parse(JSON.parse(await readFile(file, 'utf8')))
  }

  async #prepareAnew(place: StudyFolder, study: FrozenStudy, { plan, images, task }: Share): Promise<void> {
    const { tile, channels } = plan
    const neighbours = task.arm === 'synthetic-literal' ? 'overlap' : defaultMaskSettings.neighbours
    const request = PrepareRequest.parse({
      dataset: study.dataset.id,
      name: 'share',
      tile,
      channels,
      split: [1, 0, 0],
      seed: study.seed,
      mask: { ...defaultMaskSettings, neighbours },
      workers: 2
    })
    await mkdir(this.#folder, { recursive: true })
    const staged = await stageFolder(this.#prepared)
    try {
      const folders = { source: place.dataset(study.dataset.id), target: staged.path }
      const outcomes = await prepareImages(images, request, folders, {
        workerPath: this.#environment.workerPath,
        signal: this.#watcher.signal,
        onProgress: (done) => this.#watcher.progress({ stage: 'prepare', done, total: images.length })
      })
      const dataset = { id: DatasetId.parse(study.dataset.id) }
      const facts = { dataset, request, id: PreparedId.parse('share'), created: study.created, warnings: [] }
      await writeFile(join(staged.path, 'about.json'), JSON.stringify(describeSet(facts, images, outcomes)))
      await staged.commit()
    } finally {
      await staged.discard()
    }
  }

  async train(settings: TrainingSettings, classes: readonly string[], { engine }: FrozenStudy): Promise<void> {
    await mkdir(this.#run, { recursive: true })
    const { resources } = this.#environment
    const outcome = await runEngineJob(
      this.#environment,
      {
        job: 'train',
        engine,
        resources,
        runFolder: this.#run,
        preparedFolder: this.#prepared,
        settings,
        classes: [...classes]
      },
      (message) => this.#hear(message),
      this.#watcher.signal
    )
    if (outcome.ending !== 'finished') throw stopped()
  }

  async try(settings: TrainingSettings, classes: readonly string[], { engine }: FrozenStudy): Promise<TrialOutcome> {
    await mkdir(this.#run, { recursive: true })
    const { resources } = this.#environment
    return runEngineJob(
      this.#environment,
      {
        job: 'trial',
        engine,
        resources,
        runFolder: this.#run,
        preparedFolder: this.#prepared,
        settings,
        classes: [...classes],
        smaller: [],
        thinner: []
      },
      (message) => this.#hear(message),
      this.#watcher.signal
    )
  }

  async generate(
    settings: TrainingSettings,
    classes: readonly string[],
    {
      plan,
      study,
      about
    }: { readonly plan: GenerationPlan; readonly study: FrozenStudy; readonly about: PreparedAbout },
    cells: 'filtered' | 'unfiltered' = 'filtered'
  ) {
    await rm(this.out, whole)
    for (const part of ['images', 'masks', 'previews']) await mkdir(join(this.out, part), { recursive: true })
    const { resources } = this.#environment
    const made = await runEngineJob(
      this.#environment,
      {
        job: 'generate',
        engine: study.engine,
        resources,
        runFolder: this.#run,
        outFolder: this.out,
        settings,
        classes: [...classes],
        counts: countsOf(about, classes, plan.images),
        grayLevels: about.result.prepared.grayLevels,
        truncation: 1,
        seed: settings.seed,
        ...(cells === 'filtered' ? { limits: about.limits } : {}),
        preparedFolder: this.#prepared,
        statement: `Synthetic picture made by ${productName} in the study "${study.name}"; not a photograph of real cells.`
      },
      (message) => this.#hear(message),
      this.#watcher.signal
    )
    const { images, filtered, maskFit, health, warnings } = made
    const details = { filtered, maskFit, health, copies: await this.#countCopies(images, about) }
    return { images: inTurns(images), outcome: made, seed: settings.seed, details, notes: warnings }
  }

  #countCopies(made: readonly SyntheticImage[], { images }: PreparedAbout): Promise<CopyCount> {
    const pictures = made.map(({ file }) => join(this.out, 'images', file))
    const training = images.map(({ source, file }) => ({ name: source, file: join(this.#prepared, 'images', file) }))
    return countCopies(
      { pictures, training },
      { workerPath: this.#environment.workerPath, signal: this.#watcher.signal }
    )
  }

  #hear(message: EngineMessage): void {
    if (message.type === 'engine') this.engine = message.engine
    if (message.type === 'progress') this.#watcher.progress(progressOf(message))
  }
}

/** As the classes are among the real images. */
function countsOf(about: PreparedAbout, classes: readonly string[], pictures: number): number[] {
  const own = classes.map((name) => about.images.filter((image) => image.class === name).length)
  const all = own.reduce((sum, count) => sum + count, 0)
  const counts = own.map((count) => Math.floor((pictures * count) / all))
  for (let i = 0; counts.reduce((sum, count) => sum + count, 0) < pictures; i++) {
    counts[i % counts.length] = (counts[i % counts.length] ?? 0) + 1
  }
  return counts
}

/** The classes by turns, so that the first pictures are of all of them. */
function inTurns(images: readonly SyntheticImage[]): SyntheticImage[] {
  const ranked = [...Map.groupBy(images, (image) => image.class).values()].flatMap((members) =>
    members.map((image, rank) => ({ image, place: (rank + 0.5) / members.length }))
  )
  return ranked.sort((a, b) => a.place - b.place).map(({ image }) => image)
}

function stopped(): AppError {
  return new AppError('stopped', 'The training of a generator was stopped; everything is saved.', {
    next: 'The study goes on from there when it is resumed.'
  })
}
