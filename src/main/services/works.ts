import { basename, resolve } from 'node:path'
import { type Output, type ParsedInput, requests } from '../../shared/api.ts'
import { invariant } from '../../shared/errors.ts'
import { requestOf } from '../../shared/task-requests.ts'
import { abilities, type Abilities, type Task, type TaskKind } from '../../shared/tasks.ts'
import type { Work, WorkContext, Works } from '../tasks/work.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { parseInput, parseStored } from './parse-input.ts'
import { discardRun, keepRun, resumeTraining, runCanGoOn } from './run-tasks.ts'
import { samplePlan } from './sample.ts'
import { discardSegmenter, keepSegmenter, segmenterCanGoOn } from './segmenter-tasks.ts'
import { studyPlan } from './study-plan.ts'
import * as summaries from './task-summaries.ts'

type RequestOf<K extends TaskKind> = (typeof requestOf)[K]
export type InputOfKind<K extends TaskKind> = ParsedInput<RequestOf<K>>
export type OutcomeOfKind<K extends TaskKind> = Output<RequestOf<K>>

/** What differs from kind to kind. */
interface Kind<K extends TaskKind> extends Partial<
  Omit<Work, 'nameOf' | 'run' | 'summary' | 'parse' | 'parseStored' | keyof Abilities>
> {
  readonly nameOf: (input: InputOfKind<K>) => string
  readonly run: (input: InputOfKind<K>, context: WorkContext, task: Task) => Promise<OutcomeOfKind<K>>
  readonly summary: (outcome: OutcomeOfKind<K>) => string
  /** Fields of the input that are paths: another process may have another current folder. */
  readonly paths?: readonly string[]
}

/** What every kind of task does, from a short list of loaders: a process that only looks loads none of it. */
export function createWorks(app: AppContext): Works {
  return {
    ...dataWorks(app),
    ...modelWorks(app),
    ...segmentWorks(app),
    ...packageWorks(app),
    ...engineWorks(app),
    ...estimateWorks(app),
    ...studyWorks(app)
  }
}

function dataWorks(app: AppContext): Pick<Works, 'look' | 'import' | 'prepare' | 'score'> {
  return {
    look: work('look', {
      paths: ['source', 'images', 'annotations'],
      nameOf: ({ source }) => basename(source),
      run: async (input, context) => (await import('./datasets.ts')).inspectFiles(app, input, context),
      summary: summaries.look
    }),
    import: work('import', {
      ...removable(app),
      paths: ['source', 'images', 'annotations'],
      nameOf: ({ name }) => name,
      run: async (input, context) => (await import('./datasets.ts')).importSource(app, input, context),
      summary: summaries.imported
    }),
    prepare: work('prepare', {
      ...removable(app),
      nameOf: ({ name }) => name,
      run: async (input, context) => (await import('./prepare.ts')).prepareDataset(app, input, context),
      summary: summaries.prepared
    }),
    score: work('score', {
      paths: ['truth', 'predictions'],
      nameOf: ({ predictions }) => basename(predictions),
      run: async (input, context) =>
        (await import('../workers/reader.ts')).runInReader(
          app,
          { name: 'score', input, file: input.predictions },
          context
        ),
      summary: summaries.scored
    })
  }
}

function modelWorks(app: AppContext): Pick<Works, 'train' | 'resume' | 'evaluate' | 'generate' | 'sample'> {
  const training = {
    isPaused: (outcome: unknown) => (outcome as OutcomeOfKind<'train'>).run.state === 'paused',
    canGoOn: (task: Task) => runCanGoOn(app, task),
    settle: (task: Task) => keepRun(app, task),
    summary: summaries.trained
  } as const
  return {
    train: work('train', {
      ...training,
      nameOf: ({ name }) => name,
      run: async (input, context, task) =>
        task.thing === undefined
          ? (await import('./training.ts')).trainRun(app, input, context)
          : resumeTraining(app, task, input, context),
      discard: (task) => discardRun(app, task)
    }),
    resume: work('resume', {
      ...training,
      nameOf: ({ run }) => app.catalog.runs.find(run)?.name ?? run,
      run: async (input, context) => (await import('./training.ts')).resumeRun(app, input, context)
    }),
    evaluate: work('evaluate', {
      nameOf: ({ run }) => app.catalog.runs.find(run)?.name ?? run,
      run: async (input, context) => (await import('./runs.ts')).evaluateRun(app, input, context),
      summary: summaries.evaluated
    }),
    generate: work('generate', {
      ...removable(app),
      nameOf: ({ name }) => name,
      run: async (input, context) => (await import('./synthetic.ts')).generateSynthetic(app, input, context),
      summary: summaries.generated
    }),
    sample: work('sample', {
      isPaused: (outcome) => outcome === undefined,
      canGoOn: ({ id }) => app.catalog.tasks.parts(id).some(({ state }) => state === 'paused'),
      nameOf: () => 'Sample nuclei',
      run: () => Promise.reject(new Error('a plan is worked through part by part')),
      summary: ({ sentences }) => sentences[0] ?? '',
      plan: samplePlan(app)
    })
  }
}

function segmentWorks(app: AppContext): Pick<Works, 'segment' | 'predict'> {
  return {
    segment: work('segment', {
      isPaused: (outcome) => (outcome as OutcomeOfKind<'segment'>).model.state === 'paused',
      canGoOn: (task) => segmenterCanGoOn(app, task),
      settle: (task) => keepSegmenter(app, task),
      summary: summaries.segmented,
      nameOf: ({ name }) => name,
      run: async (input, context, task) =>
        (await import('./segmentation.ts')).trainSegmenter(app, input, context, task),
      discard: (task) => discardSegmenter(app, task)
    }),
    predict: work('predict', {
      paths: ['out'],
      nameOf: ({ out }) => basename(out),
      run: async (input, context) => (await import('./predict-cells.ts')).predictCells(app, input, context),
      summary: summaries.predicted
    })
  }
}

function packageWorks(app: AppContext): Pick<Works, 'package' | 'verify' | 'open'> {
  return {
    package: work('package', {
      discard: async (task) => (await import('./packages.ts')).discardPackage(app, task),
      paths: ['out'],
      nameOf: ({ out }) => basename(out),
      run: async (input, context) => (await import('./packages.ts')).packSet(app, input, context),
      summary: summaries.packed
    }),
    verify: work('verify', {
      paths: ['file'],
      nameOf: ({ file }) => basename(file),
      run: async (input, context) => (await import('./packages.ts')).checkPackage(app, input, context),
      summary: summaries.verified
    }),
    open: work('open', {
      ...removable(app),
      paths: ['file'],
      nameOf: ({ file }) => basename(file),
      run: async (input, context) => (await import('./open-package.ts')).takePackage(app, input, context),
      summary: summaries.opened
    })
  }
}

function engineWorks({ environment }: AppContext): Pick<Works, 'engine-build' | 'engine-install'> {
  return {
    'engine-build': work('engine-build', {
      paths: ['wheels', 'archive'],
      nameOf: ({ gpu }) => (gpu ? 'TensorFlow for graphics cards' : 'TensorFlow for the processor'),
      run: async (input, context) => (await import('./engine-packs.ts')).buildEnginePack(environment, input, context),
      summary: ({ built, archive }) => (archive === undefined ? built : `${built}, written to ${archive.file}`)
    }),
    'engine-install': work('engine-install', {
      paths: ['files'],
      nameOf: ({ files }) => files.map((file) => basename(file)).join(', '),
      run: async (input, context) => (await import('./engine-packs.ts')).installEnginePack(environment, input, context),
      summary: ({ installed }) => installed
    })
  }
}

function estimateWorks(app: AppContext): Pick<Works, 'estimate'> {
  return {
    estimate: work('estimate', {
      paths: ['source', 'images', 'annotations', 'out'],
      nameOf: (input) => subjectOf(app, input),
      run: async (input, context) => (await import('./estimates.ts')).estimateWork(app, input, context),
      summary: summaries.estimated
    })
  }
}

function studyWorks(app: AppContext): Pick<Works, 'study' | 'study-task'> {
  return {
    study: work('study', {
      isPaused: (outcome) => outcome === undefined,
      canGoOn: ({ id }) => app.catalog.tasks.parts(id).some(({ state }) => state === 'paused'),
      nameOf: ({ study }) => app.catalog.studies.find(study)?.name ?? study,
      run: () => Promise.reject(new Error('a plan is worked through part by part')),
      summary: summaries.studied,
      plan: studyPlan(app)
    }),
    'study-task': work('study-task', {
      nameOf: ({ task }) => task,
      canGoOn: () => true,
      run: async (input, context) => {
        const { doStudyTask } = await import('./studies.ts')
        const { studyMakers } = await import('./study-makers.ts')
        return doStudyTask(app, input, studyMakers(app.environment), context)
      },
      summary: summaries.studyTask
    })
  }
}

/** What an estimate is about. */
function subjectOf({ catalog }: AppContext, input: InputOfKind<'estimate'>): string {
  if (input.of === 'import') return basename(input.source)
  const [table, name] = subjectIn(catalog, input)
  return table?.find(name)?.name ?? name
}

function subjectIn(
  catalog: AppContext['catalog'],
  input: Exclude<InputOfKind<'estimate'>, { of: 'import' }>
): [{ find(name: string): { readonly name: string } | undefined } | undefined, string] {
  switch (input.of) {
    case 'prepare':
      return [catalog.datasets, input.dataset]
    case 'train':
      return [catalog.prepared, input.prepared]
    case 'generate':
      return [catalog.runs, input.run]
    case 'package':
      return [undefined, input.set]
    case 'study':
      return [catalog.datasets, input.data ?? catalog.datasets.list()[0]?.name ?? '']
  }
}

/** What was cancelled leaves nothing, even where the thing was whole when its program was killed. */
function removable(app: AppContext): Pick<Work, 'discard'> {
  return { discard: async (task) => (await import('../workspace/made-things.ts')).removeMade(app, task) }
}

/** A kind of task, as the table of all of them takes it: inputs and outcomes are checked by its request's schemas. */
function work<K extends TaskKind>(kind: K, { paths = [], nameOf, run, summary, ...details }: Kind<K>): Work {
  const request = requestOf[kind]
  const keys = new Set<PropertyKey>(paths)
  return {
    computes: false,
    pauses: false,
    keeps: false,
    isPaused: () => false,
    canGoOn: () => false,
    discard: () => Promise.resolve(),
    settle: () => undefined,
    ...abilities[kind],
    ...details,
    parse: (input) => withFullPaths(parseInput(request, input), keys),
    parseStored: (input) => withFullPaths(parseStored(request, input), keys),
    // The casts join what `parse` and the request's output schema have made sure of.
    nameOf: (input) => nameOf(input as InputOfKind<K>),
    run: (input, context, task) => run(input as InputOfKind<K>, context, task),
    summary: (outcome) => summary(requests[request].output.parse(outcome) as OutcomeOfKind<K>)
  }
}

function withFullPaths(input: unknown, keys: ReadonlySet<PropertyKey>): unknown {
  invariant(typeof input === 'object' && input !== null, 'a request is an object')
  const full = (value: unknown): unknown => {
    if (typeof value === 'string') return resolve(value)
    return Array.isArray(value) ? value.map(full) : value
  }
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, keys.has(key) ? full(value) : value]))
}
