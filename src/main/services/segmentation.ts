import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { AppError, invariant, refuse, toWireError } from '../../shared/errors.ts'
import { type Segmenter, SegmenterId, SegmenterSettings } from '../../shared/segmentation.ts'
import type { EngineInfo } from '../../shared/runs.ts'
import type { Task } from '../../shared/tasks.ts'
import { removeFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { newId } from '../files/new-id.ts'
import { EngineGone } from '../jobs/engine-client.ts'
import { type EngineMessage, progressOf, type SegmentOutcome } from '../jobs/engine-protocol.ts'
import { runEngineJob } from '../jobs/run-engine-job.ts'
import { sharedSeconds } from '../jobs/shared-clock.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import type { RequestContext } from './dispatch.ts'
import { countPictures, pictureSets, settleSources } from './segmenter-sources.ts'

/** An engine that dies is started again this often without a new safe point in between. */
const restartsWithoutProgress = 2
/** The least that a sitting lasts, in seconds. */
const shortestSitting = 3

/** Trains a segmentation model, or goes on with the one that a task began, and stays with it until it is at rest. */
export async function trainSegmenter(
  app: AppContext,
  request: ParsedInput<'segment.train'>,
  context: RequestContext,
  task?: Task
): Promise<Output<'segment.train'>> {
  const begun = task?.thing === undefined ? undefined : app.catalog.segmenters.require(task.thing)
  if (begun !== undefined) return new SegmenterRecord(app, begun, context, []).train(request, task)
  requireFreeName(app.catalog.segmenters, 'segmentation model', request.name)
  const { sets, validation, seed } = request
  const { notices, ...sources } = await settleSources(app, sets, validation, seed)
  const settings = SegmenterSettings.parse(request)
  requireCrop(settings)
  if (countPictures(sources.learnedFrom, 'real') + countPictures(sources.learnedFrom, 'synthetic') === 0) {
    throw refuse('There is no annotated picture to learn from.', { next: 'Choose sets that hold pictures with cells.' })
  }
  const segmenter: Segmenter = {
    id: SegmenterId.parse(newId('m')),
    name: request.name,
    created: app.environment.now().toISOString(),
    state: 'paused',
    iteration: 0,
    settings,
    ...sources
  }
  app.catalog.segmenters.insert(segmenter)
  const record = new SegmenterRecord(app, segmenter, context, notices)
  try {
    return await record.train(request, task)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.kind === 'input' && record.segmenter.iteration === 0) {
      await forgetSegmenter(app, segmenter.id)
    }
    throw thrown
  }
}

/** The network halves a picture three times, EfficientNet five times; tiles in use are multiples of both. */
const cropSteps = { flows: 16, 'flows-effnet': 32 }
const [smallestCrop, largestCrop] = [32, 1024]

/** @throws AppError of kind `usage` for a side that the network cannot halve often enough */
function requireCrop({ crop, network }: SegmenterSettings): void {
  const cropStep = cropSteps[network]
  if (crop % cropStep === 0 && crop >= smallestCrop && crop <= largestCrop) return
  throw new AppError(
    'usage',
    `The side of a crop must be a multiple of ${cropStep} from ${smallestCrop} to ${largestCrop}, not ${crop}.`
  )
}

/** A model that could not begin, or has learned nothing when it is cancelled, takes no name. */
export async function forgetSegmenter(app: AppContext, id: string): Promise<void> {
  app.catalog.segmenters.remove(id)
  await removeFolder(app.folders.folder('segmenters', id))
  app.emit({ event: 'workspace.changed' })
}

/** Keeps catalogue, folder and listeners in step with what the engine says about one segmenter. */
class SegmenterRecord {
  segmenter: Segmenter
  readonly #app: AppContext
  readonly #context: RequestContext
  readonly #notices: string[]
  #engine: EngineInfo | undefined

  constructor(app: AppContext, segmenter: Segmenter, context: RequestContext, notices: readonly string[]) {
    this.#app = app
    this.segmenter = segmenter
    this.#context = context
    this.#notices = [...notices]
  }

  async train(request: ParsedInput<'segment.train'>, task: Task | undefined): Promise<Output<'segment.train'>> {
    const folder = await ownFolder(this.#app, 'segmenters', this.segmenter)
    await mkdir(folder, { recursive: true })
    this.#context.thingBegun?.(this.segmenter.id)
    for (const text of this.#notices) this.#context.notice?.(text)
    try {
      await this.#change({ state: 'running', problem: undefined })
      const outcome = await this.#untilDone(request, folder, task?.seconds ?? 0)
      await this.#settle(outcome)
      return this.#result(folder)
    } catch (thrown) {
      const { message: problem, kind } = toWireError(thrown)
      const canGoOn = this.segmenter.iteration > 0 || kind === 'stopped' || kind === 'resources'
      await this.#change({ state: canGoOn ? 'paused' : 'failed', problem })
      throw thrown
    }
  }

  /** An engine that dies is replaced, as long as each comes further than the one before. */
  async #untilDone(
    { engine, minutes }: ParsedInput<'segment.train'>,
    folder: string,
    secondsBefore: number
  ): Promise<SegmentOutcome> {
    const { settings, learnedFrom, validatedOn } = this.segmenter
    const [sets, validation] = [await pictureSets(this.#app, learnedFrom), await pictureSets(this.#app, validatedOn)]
    const seconds = minutes === undefined ? undefined : Math.max(shortestSitting, 60 * minutes - secondsBefore)
    const endsAt = seconds === undefined ? undefined : sharedSeconds() + seconds
    const { resources } = this.#app.environment
    const { signal } = this.#context
    for (let restarts = 0; ; restarts++) {
      const before = this.segmenter.iteration
      try {
        const job = { job: 'segment' as const, engine, resources, folder, settings, sets, validation, endsAt }
        return await runEngineJob(this.#app.environment, job, (message) => this.#take(message), signal)
      } catch (thrown) {
        if (!(thrown instanceof EngineGone) || signal.aborted) throw thrown
        if (this.segmenter.iteration > before) restarts = 0
        if (restarts >= restartsWithoutProgress) throw thrown
        this.#notice('The engine stopped unexpectedly. Training continues from its last safe point.')
      }
    }
  }

  #take(message: EngineMessage): void {
    if (message.type === 'engine') {
      this.#engine = message.engine
      this.#update({ engine: message.engine })
    } else if (message.type === 'progress') this.#context.progress(progressOf(message))
    else if (message.type === 'notice') this.#notice(message.text)
    else if (message.type === 'segmenter-point') this.#update({ iteration: message.iteration, best: message.best })
  }

  #notice(text: string): void {
    this.#notices.push(text)
    this.#context.notice?.(text)
  }

  async #settle({ ending, iteration, secondsPerIteration, parameters, best }: SegmentOutcome): Promise<void> {
    const isKept = ending === 'minutes' || this.#context.wish?.() === 'keep'
    const state = ending === 'finished' ? 'finished' : isKept ? 'stopped' : 'paused'
    await this.#change({ state, iteration, secondsPerIteration, parameters, best })
  }

  /** In the catalogue, and in its folder, from which the catalogue can be made anew. */
  async #change(change: Partial<Segmenter>): Promise<void> {
    this.#update(change)
    const about = { kind: 'segmenter', version: 1, segmenter: this.segmenter }
    const folder = this.#app.folders.folder('segmenters', this.segmenter.id)
    await writeFileAtomic(join(folder, 'about.json'), `${JSON.stringify(about, undefined, 1)}\n`)
  }

  #update(change: Partial<Segmenter>): void {
    const changed = Object.entries({ ...this.segmenter, ...change }).filter(([, value]) => value !== undefined)
    this.segmenter = Object.fromEntries(changed) as Segmenter // the same fields but those that have no value
    this.#app.catalog.segmenters.update(this.segmenter)
    this.#app.emit({ event: 'workspace.changed' })
  }

  #result(folder: string): Output<'segment.train'> {
    const { best, settings } = this.segmenter
    invariant(this.#engine !== undefined, 'an engine that trained has said its name')
    return {
      model: this.segmenter,
      history: relative(this.#app.folders.root, resolve(folder, 'metrics.jsonl')),
      ...(best !== undefined && { best: { iteration: best.iteration, AP50: best.AP50 } }),
      notices: this.#notices,
      seed: settings.seed,
      engine: this.#engine
    }
  }
}
