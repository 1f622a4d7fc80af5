import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type AppEvent, PicturePath } from '../shared/api.ts'
import { AppError } from '../shared/errors.ts'
import { openCatalog } from './catalog/catalog.ts'
import type { Environment } from './environment.ts'
import { adoptFolders, rebuildCatalog } from './services/adopt-folders.ts'
import type { AppContext } from './services/app-context.ts'
import type { DemoWatcher } from './services/demo.ts'
import { DemoSession } from './services/demo-session.ts'
import type { Handlers, RequestContext } from './services/dispatch.ts'
import { settleInterruptedRuns } from './services/interrupted-runs.ts'
import { RunsAtWork } from './services/runs-at-work.ts'
import { listPackages } from './services/stored-packages.ts'
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

/** Loaded when they are first asked for: a command that only looks starts without what reads, paints and packs. */
const services = {
  reader: () => import('./workers/reader.ts'),
  datasets: () => import('./services/datasets.ts'),
  demo: () => import('./services/demo.ts'),
  doctor: () => import('./services/doctor.ts'),
  enginePacks: () => import('./services/engine-packs.ts'),
  masks: () => import('./services/masks.ts'),
  openPackage: () => import('./services/open-package.ts'),
  packages: () => import('./services/packages.ts'),
  prepare: () => import('./services/prepare.ts'),
  runs: () => import('./services/runs.ts'),
  synthetic: () => import('./services/synthetic.ts'),
  training: () => import('./services/training.ts')
}

function createHandlers(app: AppContext, demo: DemoSession): Handlers {
  return {
    'app.doctor': async (input, context) => (await services.doctor()).examineComputer(app, input, context),
    'app.rebuild': () => rebuildCatalog(app),
    'engine.list': async () => (await services.enginePacks()).listEnginePacks(app.environment),
    'engine.build': async (input, context) =>
      (await services.enginePacks()).buildEnginePack(app.environment, input, context),
    'engine.install': async (input, context) =>
      (await services.enginePacks()).installEnginePack(app.environment, input, context),
    'engine.remove': async (input) => (await services.enginePacks()).removeEnginePack(app.environment, input),
    'workspace.show': () => ({
      folder: app.folders.root,
      datasets: app.catalog.datasets.list(),
      prepared: app.catalog.prepared.list(),
      runs: app.catalog.runs.list(),
      synthetic: app.catalog.synthetic.list(),
      packages: listPackages(app)
    }),
    'datasets.import': async (input, context) => (await services.datasets()).importSource(app, input, context),
    'datasets.inspect': async (input, context) => (await services.datasets()).inspectFiles(app, input, context),
    'datasets.list': () => ({ datasets: app.catalog.datasets.list() }),
    'datasets.show': async (input) => (await services.datasets()).showDataset(app, input),
    'prepared.create': async (input, context) => (await services.prepare()).prepareDataset(app, input, context),
    'masks.graph': async (input) => (await services.masks()).maskGraph(app, input),
    'masks.decode': async (input, context) =>
      (await services.reader()).runInReader(app, { name: 'decode', input, file: input.mask }, context),
    'runs.train': async (input, context) => (await services.training()).trainRun(app, input, context),
    'runs.resume': async (input, context) => (await services.training()).resumeRun(app, input, context),
    'runs.pause': async (input) => (await services.training()).pauseRun(app, input),
    'runs.list': () => ({ runs: app.catalog.runs.list() }),
    'runs.show': async (input) => (await services.runs()).showRun(app, input),
    'runs.evaluate': async (input, context) => (await services.runs()).evaluateRun(app, input, context),
    'scores.files': async (input, context) =>
      (await services.reader()).runInReader(app, { name: 'score', input, file: input.predictions }, context),
    'synthetic.generate': async (input, context) => (await services.synthetic()).generateSynthetic(app, input, context),
    'synthetic.show': async (input) => (await services.synthetic()).showSynthetic(app, input),
    'packages.create': async (input, context) => (await services.packages()).packSet(app, input, context),
    'packages.verify': async (input, context) => (await services.packages()).checkPackage(app, input, context),
    'packages.open': async (input, context) => (await services.openPackage()).takePackage(app, input, context),
    'demo.run': async (input, context) => (await services.demo()).runDemo(app, input, terminalWatcher(context)),
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
      const next = 'What was finished stays in your workspace; a run that was begun can be resumed.'
      const remedies = [{ action: 'list', kind: 'run' }] as const
      return Promise.reject(new AppError('stopped', 'The sample was stopped at a safe point.', { next, remedies }))
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
