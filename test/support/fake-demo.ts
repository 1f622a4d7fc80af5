import { join } from 'node:path'
import { type Output } from '../../src/shared/api.ts'
import { DatasetId } from '../../src/shared/datasets.ts'
import { type DemoResult, type DemoState, DemoStep, type StepState } from '../../src/shared/demo.ts'
import { type BuiltInModel } from '../../src/shared/starter.ts'
import { type Task, TaskId } from '../../src/shared/tasks.ts'
import { type Handlers } from '../../src/main/services/dispatch.ts'
import { defaultMaskSettings, PreparedId } from '../../src/shared/masks.ts'
import { PackageId } from '../../src/shared/packages.ts'
import { type ListedPicture } from '../../src/shared/pictures.ts'
import { SyntheticId } from '../../src/shared/synthetic.ts'
import { type HistoryEntry } from '../../src/shared/training.ts'
import { FakeApp } from './fake-app.ts'
import { fakeRun } from './fake-run.ts'
import { writeSheet, writeViews } from './fake-pictures.ts'

/** Steps before the `current` one are done, it is in `state`, later ones wait. */
export function demoSteps(current: DemoStep, state: StepState['state'], details: Partial<StepState> = {}): StepState[] {
  const position = DemoStep.options.indexOf(current)
  return DemoStep.options.map((step, index) => {
    if (index < position) return { step, state: 'done', done: 1, total: 1, outcome: outcomes[step] }
    if (index > position) return { step, state: 'waiting', done: 0, total: 1 }
    return { step, state, done: 38, total: 100, ...details }
  })
}

const outcomes: Readonly<Record<DemoStep, string>> = {
  first: '24 pictures, 151 cells',
  import: '60 images, 1,482 cells, 2 kinds',
  prepare: '3 cells removed; the masks keep 97 % of the outlines',
  train: '1,200 rounds in 4 minutes',
  evaluate: 'score 96.4',
  generate: '32 pictures, 215 cells',
  package: '0.4 MB'
}

export const idleDemo: DemoState = {
  state: 'idle',
  steps: DemoStep.options.map((step) => ({ step, state: 'waiting', done: 0, total: 1 })),
  notices: []
}

export const trainingDemo: DemoState = {
  state: 'running',
  steps: demoSteps('train', 'running', { secondsLeft: 165 }),
  first: 'set-1',
  run: 'run-1',
  notices: []
}

/** An app in the middle of, or after, a demo; `state` is what its tasks tell, and may be set at any time. */
export class FakeDemo {
  readonly app: FakeApp
  state: DemoState
  content: Output<'workspace.show'>
  history: HistoryEntry[] = fakeHistory()
  /** Beside those of the sample. */
  others: Task[] = []

  constructor(workspace: string, state: DemoState, answers: Partial<Handlers> = {}) {
    this.state = state
    this.app = new FakeApp(workspace, {
      'tasks.list': () => ({ tasks: [...demoTasks(this.state), ...this.others] }),
      'drafts.list': () => ({ drafts: [] }),
      'engine.list': () => ({ packs: [] }),
      'workspace.show': () => this.content,
      'runs.show': () => ({ run: fakeRun, history: this.history, checkpoints: [] }),
      'pictures.list': () => ({ pictures: fakePictures }),
      ...answers
    })
    this.content = {
      folder: this.app.workspace,
      notices: [],
      datasets: [],
      prepared: [],
      runs: [],
      segmenters: [],
      synthetic: [],
      studies: [],
      builtIn: [fakeBuiltIn],
      packages: []
    }
  }

  /** A task of its own begins, or is another thing now. */
  tell(task: Task): void {
    this.others = [...this.others.filter(({ id }) => id !== task.id), task]
    this.app.emit({ event: 'task.changed', task })
  }

  change(state: DemoState): void {
    this.state = state
    for (const task of demoTasks(state)) this.app.emit({ event: 'task.changed', task })
  }

  /** Puts the pictures into the workspace that history and synthetic set speak of. */
  draw(): void {
    for (const entry of this.history) {
      if (entry.kind === 'sample') {
        writeSheet(join(this.app.workspace, 'runs/run-1', entry.file), 2, entry.iteration)
      }
    }
    for (const set of setsOfPictures) {
      for (let position = 0; position < mostPictures; position++) {
        writeViews(join(this.app.workspace, set, 'views'), position)
      }
    }
  }
}

/** The plan and its tasks, of which the page makes this state. */
export function demoTasks({ state, steps, first, run, notices, problem, result }: DemoState): Task[] {
  if (state === 'idle') return []
  const plan = fakeTask('t-sample', 'sample', {
    state,
    ...(problem === undefined ? {} : { error: { kind: 'resources' as const, ...problem } }),
    ...(result === undefined ? {} : { outcome: result })
  })
  const parts = steps.map(({ step, state: stepState, done, total, secondsLeft, outcome }) =>
    fakeTask(`t-${step}`, step === 'first' ? 'generate' : step, {
      plan: plan.id,
      name: step,
      state: stepState,
      done,
      total,
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(outcome === undefined ? {} : { summary: outcome }),
      ...(step === 'first' && first !== undefined ? { thing: first } : {}),
      ...(step === 'train' && run !== undefined ? { thing: run } : {}),
      ...(step === 'train' ? { notices: [...notices] } : {})
    })
  )
  return [plan, ...parts]
}

export function fakeTask(id: string, kind: Task['kind'], details: Partial<Task> = {}): Task {
  return {
    id: TaskId.parse(id),
    kind,
    name: kind,
    state: 'running',
    input: {},
    created,
    seconds: 0,
    notices: [],
    beside: false,
    dismissed: false,
    rank: 1,
    ...details
  }
}

export function fakeResult(workspace: string): DemoResult {
  const file = join(workspace, 'packages/sample.zip')
  return {
    first: 'set-1',
    dataset: 'Sample',
    prepared: 'Sample',
    run: 'Sample',
    synthetic: 'Sample',
    package: { file, bytes: 412_345, sha256: 'a'.repeat(64) },
    pictures: [],
    sentences: [
      'CytoLoom learned from 60 images with 1,482 nuclei and made 32 new pictures with 215 cells, each with its mask.',
      'The picture quality score is 96.4 (lower is better; it was 231.0 at the beginning): after four minutes of learning the cells have their shape, but not yet their texture.',
      `The pictures are in ${join(workspace, 'synthetic/set-1')}.`
    ],
    seconds: 338,
    seed: 0
  }
}

export function fakeHistory(): HistoryEntry[] {
  const scores = [231, 180.4, 149.9, 128.2, 117.5, 121.1, 104.3, 96.4]
  return scores.flatMap((value, index): HistoryEntry[] => {
    const iteration = (index + 1) * 150
    const classes = [{ name: 'fluorescence', frechet: value, real: 64, fake: 64 }]
    return [
      { kind: 'evaluation', iteration, seconds: index * 30, metric: 'frechet', value, classes, isBest: index !== 5 },
      { kind: 'sample', iteration, seconds: index * 30, file: `samples/${iteration}.png` }
    ]
  })
}

const created = '2026-11-24T10:15:00.000Z'

/** Of the image set, the largest of them. */
const mostPictures = 60
const setsOfPictures = ['synthetic/set-1', 'synthetic/Sample', 'datasets/dataset-1', 'prepared/prepared-1']

const fakePictures: ListedPicture[] = Array.from({ length: 32 }, (_, position) => ({
  position,
  name: `${String(position).padStart(6, '0')}.png`,
  class: position < 16 ? 'fluorescence' : 'stained',
  width: 64,
  height: 64,
  annotated: true,
  cells: 4 + (position % 5),
  flags: []
}))

const fakeSynthetic = {
  id: SyntheticId.parse('set-1'),
  name: 'Sample',
  created,
  origin: 'Sample',
  iteration: 1200,
  seed: 0,
  truncation: 1,
  images: 32,
  cells: 215,
  classes: [
    { name: 'fluorescence', images: 16, cells: 108 },
    { name: 'stained', images: 16, cells: 107 }
  ]
}

const fakeBuiltIn: BuiltInModel = {
  name: 'starter',
  classes: ['fluorescence', 'stained'],
  tile: 32,
  trainedOn: '202 images of nuclei',
  imagesSeen: 120_000,
  truncation: 1,
  score: { metric: 'FD-EffNet', value: 134, pictures: 1000 },
  license: 'CC0-1.0'
}

/** A workspace after the demo. */
export function fullWorkspace(folder: string): Output<'workspace.show'> {
  return {
    folder,
    notices: [],
    datasets: [
      {
        id: DatasetId.parse('dataset-1'),
        name: 'Sample',
        created,
        format: 'labels',
        images: mostPictures,
        annotated: 60,
        cells: 1482,
        classes: [
          { name: 'fluorescence', images: 45, annotated: 45, cells: 1100 },
          { name: 'stained', images: 15, annotated: 15, cells: 382 }
        ]
      }
    ],
    prepared: [
      {
        id: PreparedId.parse('prepared-1'),
        name: 'Sample',
        created,
        dataset: 'Sample',
        tile: 32,
        scale: 0.5,
        channels: 'gray',
        grayLevels: 4,
        mask: defaultMaskSettings,
        seed: 0,
        classes: ['fluorescence', 'stained'],
        roundTrip: { AP: 0.97, AP50: 0.99, AP75: 0.98 }
      }
    ],
    runs: [fakeRun],
    builtIn: [fakeBuiltIn],
    segmenters: [],
    synthetic: [fakeSynthetic],
    studies: [],
    packages: [
      {
        id: PackageId.parse('k-sample'),
        name: 'sample',
        file: join(folder, 'packages/sample.zip'),
        bytes: 412_345,
        sha256: 'a'.repeat(64),
        entries: 98,
        created,
        synthetic: 'Sample'
      }
    ]
  }
}
