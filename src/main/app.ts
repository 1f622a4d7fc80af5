import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type AppEvent, PicturePath } from '../shared/api.ts'
import { AppError } from '../shared/errors.ts'
import { openCatalog } from './catalog/catalog.ts'
import { type Environment } from './environment.ts'
import { adoptFolders } from './services/adopt-folders.ts'
import { doApart } from './services/apart.ts'
import { type AppContext } from './services/app-context.ts'
import { importSource, inspectFiles, listDatasets, showDataset } from './services/datasets.ts'
import { type DemoWatcher, runDemo } from './services/demo.ts'
import { DemoSession } from './services/demo-session.ts'
import { type Handlers, type RequestContext } from './services/dispatch.ts'
import { examineComputer } from './services/doctor.ts'
import { buildEnginePack, installEnginePack, listEnginePacks, removeEnginePack } from './services/engine-packs.ts'
import { maskGraph } from './services/masks.ts'
import { takePackage } from './services/open-package.ts'
import { checkPackage, packSet } from './services/packages.ts'
import { prepareDataset } from './services/prepare.ts'
import { evaluateRun, listRuns, showRun } from './services/runs.ts'
import { generateSynthetic, showSynthetic } from './services/synthetic.ts'
import { RunsAtWork } from './services/runs-at-work.ts'
import { pauseRun, resumeRun, settleInterruptedRuns, trainRun } from './services/training.ts'
import { openFolders } from './services/workspace.ts'

/** The whole product behind one table of requests. Hosts (terminal, page, Electron) only carry them to and fro. */
export interface App {
  readonly handlers: Handlers
  readonly workspace: string
  /** Calls the listener with everything the app tells; call the result to stop. */
  readonly onEvent: (listener: (event: AppEvent) => void) => () => void
  /** Where a picture that a page asks for is, or undefined when it may not have it or there is none. */
  readonly picturePath: (path: string) => Promise<string | undefined>
  /** Brings what runs to a safe point and closes the catalogue. */
  readonly close: () => Promise<void>
}

/** Puts the parts together. The workspace is made on first use. */
export async function createApp(environment: Environment): Promise<App> {
  const folders = await openFolders(environment.workspace)
  const catalog = openCatalog(folders.catalog)
  const listeners = new Set<(event: AppEvent) => void>()
  const context: AppContext = {
    environment,
    catalog,
    folders,
    emit: (event) => listeners.forEach((listener) => listener(event)),
    runsAtWork: new RunsAtWork()
  }
  await adoptFolders(context)
  await settleInterruptedRuns(context)
  const demo = new DemoSession(context)
  return {
    handlers: createHandlers(context, demo),
    workspace: environment.workspace,
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    picturePath: (path) => findPicture(environment.workspace, path),
    async close() {
      await demo.close()
      await context.runsAtWork.pauseAll()
      catalog.close()
    }
  }
}

function createHandlers(app: AppContext, demo: DemoSession): Handlers {
  return {
    'app.doctor': (input, context) => examineComputer(app, input, context),
    'engine.list': () => listEnginePacks(app.environment),
    'engine.build': (input, context) => buildEnginePack(app.environment, input, context),
    'engine.install': (input, context) => installEnginePack(app.environment, input, context),
    'engine.remove': (input) => removeEnginePack(app.environment, input),
    'workspace.show': () => ({
      folder: app.folders.root,
      datasets: app.catalog.datasets.list(),
      prepared: app.catalog.prepared.list(),
      runs: app.catalog.runs.list(),
      synthetic: app.catalog.synthetic.list(),
      packages: app.catalog.packages.list()
    }),
    'datasets.import': (input, context) => importSource(app, input, context),
    'datasets.inspect': (input, context) => inspectFiles(app, input, context),
    'datasets.list': () => listDatasets(app),
    'datasets.show': (input) => showDataset(app, input),
    'prepared.create': (input, context) => prepareDataset(app, input, context),
    'masks.graph': (input) => maskGraph(app, input),
    'masks.decode': (input, context) => doApart(app, { name: 'decode', input, file: input.mask }, context),
    'runs.train': (input, context) => trainRun(app, input, context),
    'runs.resume': (input, context) => resumeRun(app, input, context),
    'runs.pause': (input) => pauseRun(app, input),
    'runs.list': () => listRuns(app),
    'runs.show': (input) => showRun(app, input),
    'runs.evaluate': (input, context) => evaluateRun(app, input, context),
    'scores.files': (input, context) => doApart(app, { name: 'score', input, file: input.predictions }, context),
    'synthetic.generate': (input, context) => generateSynthetic(app, input, context),
    'synthetic.show': (input) => showSynthetic(app, input),
    'packages.create': (input, context) => packSet(app, input, context),
    'packages.verify': (input, context) => checkPackage(app, input, context),
    'packages.open': (input, context) => takePackage(app, input, context),
    'demo.run': (input, context) => runDemo(app, input, terminalWatcher(context)),
    'demo.start': (input) => demo.start(input),
    'demo.state': () => demo.state,
    'demo.pause': () => demo.pause(),
    'demo.resume': () => demo.resume(),
    'demo.cancel': () => demo.cancel()
  }
}

/** In a terminal the tour has one bar, and stopping it ends it. */
function terminalWatcher(context: RequestContext): DemoWatcher {
  return {
    begin: (step) => context.progress({ stage: step, done: 0, total: 1 }),
    progress: (step, progress) => context.progress({ ...progress, stage: step }),
    finish: (step, outcome) => {
      context.progress({ stage: step, done: 1, total: 1 })
      context.notice?.(`${step}: ${outcome}`)
    },
    notice: (text) => context.notice?.(text),
    runStarted: () => undefined,
    pause: () => context.signal,
    cancel: context.signal,
    mayGoOn: () => {
      if (!context.signal.aborted) return Promise.resolve()
      const next = 'What was finished stays in your workspace; "cytoloom runs" shows a run that can go on.'
      return Promise.reject(new AppError('stopped', 'The demo was stopped at a safe point.', { next }))
    }
  }
}

/** A path that names a picture, and leads nowhere but into the workspace, whatever links there are on the way. */
async function findPicture(workspace: string, path: string): Promise<string | undefined> {
  if (!PicturePath.safeParse(path).success) return undefined
  const root = await realpath(workspace)
  const file = await realpath(join(root, path)).catch(() => undefined)
  return file?.startsWith(root + sep) === true ? file : undefined
}
