import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type z } from 'zod'
import { type RunAbout } from '../../shared/abouts.ts'
import { type Output } from '../../shared/api.ts'
import { invariant, toWireError } from '../../shared/errors.ts'
import { type EngineInfo, type Run } from '../../shared/runs.ts'
import { type HistoryEntry, type TrainingSettings } from '../../shared/training.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { type EngineMessage, type MemoryPlan, progressOf, type TrainOutcome } from '../jobs/engine-protocol.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { gigabytes } from '../jobs/engine-troubles.ts'

/** Keeps catalogue and listeners in step with what the engine says about one run. */
export class RunRecord {
  run: Run
  readonly #app: AppContext
  readonly #context: RequestContext
  readonly #before: Run
  readonly #notices: string[] = []
  /** Steps that the catalogue does not have yet: it syncs its disk at every write, so steps go in together. */
  #unwritten: HistoryEntry[] = []
  #lastWrite = 0
  safeIteration = 0
  /** Whether the engine has touched the run. */
  hasBegun = false
  /** How the run fits into memory, once its engine has said so. */
  memory: MemoryPlan | undefined

  /** @param settings of the run from here on */
  constructor(app: AppContext, run: Run, settings: TrainingSettings, context: RequestContext) {
    this.#app = app
    this.#before = run
    this.run = { ...run, settings }
    this.#context = context
    this.safeIteration = Math.max(0, ...app.catalog.runs.checkpoints(run.id).map(({ iteration }) => iteration))
  }

  /** Takes up what the engine says about the run; the rest is for others. */
  take(message: EngineMessage): void {
    if (isForOthers(message)) return
    switch (message.type) {
      case 'engine':
        this.#takeEngine(message.engine)
        break
      case 'memory':
        this.#takeMemory(message.plan)
        break
      case 'progress':
        this.#context.progress(progressOf(message))
        break
      case 'history-begins':
        this.#takeBeginning(message)
        break
      case 'history':
        this.#append(message.entry)
        this.#app.emit({ event: 'run.history', run: this.run.id, entry: message.entry })
        break
      case 'safe-point':
        this.safeIteration = message.iteration
        this.#app.catalog.runs.setCheckpoints(this.run.id, message.checkpoints)
        this.#change({ iteration: message.iteration, ...(message.best === undefined ? {} : { best: message.best }) })
        break
      case 'notice':
        this.notice(message.text)
        break
    }
  }

  notice(text: string): void {
    this.#notices.push(text)
    this.#context.notice?.(text)
  }

  /** A run repeats itself to the last bit on the same engine with as many threads; elsewhere it goes on as well. */
  #takeEngine(engine: EngineInfo): void {
    const { engine: before, iteration } = this.run
    this.#change({ engine })
    if (before === undefined || iteration === 0) return
    if (before.name === engine.name && before.library === engine.library && before.threads === engine.threads) return
    this.notice(
      `The run continues with ${inWords(engine)} instead of ${inWords(before)}: from here on, its numbers differ in their last digits.`
    )
  }

  /** The size is part of the run from now on, so that it goes on in the same way wherever it is resumed. */
  #takeMemory(plan: MemoryPlan): void {
    this.memory = plan
    const { settings } = this.run
    const before = settings.microBatch ?? settings.batch
    if (plan.microBatch === before) return
    this.#change({ settings: { ...settings, microBatch: plan.microBatch } })
    const free = plan.limitBytes === undefined ? 'memory' : `the ${gigabytes(plan.limitBytes)} of available memory`
    const samples = plan.microBatch === 1 ? 'one sample' : `${plan.microBatch} samples`
    this.notice(
      `A batch of ${before} does not fit into ${free}: it is computed ${samples} at a time. The result is the same.`
    )
  }

  /** Files and catalogue have the same from here on: what closed an earlier sitting is gone from both. */
  #takeBeginning({ entries, checkpoints, best }: Extract<EngineMessage, { type: 'history-begins' }>): void {
    this.hasBegun = true
    this.#unwritten = []
    const { runs } = this.#app.catalog
    this.#app.catalog.transaction(() => {
      runs.truncateHistory(this.run.id, -1)
      runs.appendHistory(this.run.id, entries)
      runs.setCheckpoints(this.run.id, checkpoints)
    })
    const { best: _, ...run } = this.run
    this.run = run
    this.#change(best === undefined ? {} : { best })
  }

  #append(entry: HistoryEntry): void {
    this.#unwritten.push(entry)
    if (entry.kind !== 'step' || performance.now() - this.#lastWrite > 1000) this.#flush()
  }

  #flush(): void {
    this.#app.catalog.runs.appendHistory(this.run.id, this.#unwritten)
    this.#unwritten = []
    this.#lastWrite = performance.now()
  }

  /** The run's folder describes itself, so that the catalogue can be rebuilt from it. */
  async describe(): Promise<void> {
    const folder = this.#app.folders.folder('runs', this.run.id)
    await mkdir(folder, { recursive: true })
    const run = this.#app.catalog.runs.find(this.run.id) ?? this.run // it may have another name by now
    await writeFileAtomic(
      join(folder, 'about.json'),
      JSON.stringify({ kind: 'run', version: 1, run } satisfies z.infer<typeof RunAbout>)
    )
  }

  settle(change: { state: Run['state']; iteration: number; outcome?: TrainOutcome }): void {
    const { outcome } = change
    const { problem: _, ...run } = this.run
    this.run = run
    this.#change({
      state: change.state,
      iteration: change.iteration,
      ...(outcome === undefined
        ? {}
        : { parameters: outcome.parameters, secondsPerIteration: outcome.secondsPerIteration })
    })
  }

  /** A run keeps its safe points whatever happened: it is paused where it can go on, failed where it never began. */
  fail(thrown: unknown): void {
    const { message: problem, kind } = toWireError(thrown)
    // A run that was to go on, and was not touched, is what it was.
    if (!this.hasBegun && this.safeIteration > 0) {
      this.run = this.#before
      this.#rest({ problem })
      return
    }
    const canGoOn = this.safeIteration > 0 || kind === 'stopped' || kind === 'resources'
    this.#rest({ state: canGoOn ? 'paused' : 'failed', iteration: this.safeIteration, problem })
  }

  /** Where the catalogue has no room: the state at least, which needs none. The run's files have the whole history. */
  #rest(change: Partial<Run>): void {
    try {
      this.#change(change)
    } catch (thrown) {
      if (toWireError(thrown).kind !== 'resources') throw thrown
      this.#unwritten = []
      const { problem: _, ...bare } = { ...this.run, ...change }
      this.run = bare
      this.#change({})
    }
  }

  result(outcome: TrainOutcome): Output<'runs.train'> {
    const { run } = this
    invariant(run.engine !== undefined, 'an engine that trained has said its name')
    return {
      run,
      parameters: outcome.parameters,
      secondsPerIteration: outcome.secondsPerIteration,
      history: relative(this.#app.folders.root, join(this.#app.folders.folder('runs', run.id), 'metrics.jsonl')),
      notices: this.#notices,
      seed: run.settings.seed,
      engine: run.engine
    }
  }

  #change(change: Partial<Run>): void {
    if (this.#unwritten.length > 0) this.#flush()
    this.run = { ...this.run, ...change }
    this.#app.catalog.runs.update(this.run)
    this.#app.emit({ event: 'run.changed', run: this.run })
  }
}

/** What ends a job is for who started it; safe points of segmentation networks are none of a run. */
const forOthers = [
  'trained',
  'tried',
  'generated',
  'evaluated',
  'segmenter-point',
  'segmented',
  'predicted',
  'probed',
  'failed',
  'out-of-memory'
] as const
type ForOthers = Extract<EngineMessage, { type: (typeof forOthers)[number] }>

function isForOthers(message: EngineMessage): message is ForOthers {
  return forOthers.some((type) => type === message.type)
}

function inWords({ name, library, threads }: EngineInfo): string {
  return `${name} (${library}, ${threads === 1 ? '1 thread' : `${threads} threads`})`
}
