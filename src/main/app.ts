import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { type AppEvent, type Output, PicturePath } from '../shared/api.ts'
import { viewPattern } from '../shared/pictures.ts'
import type { QuitReport } from '../shared/tasks.ts'
import { tellAll } from '../shared/tell-all.ts'
import type { Environment } from './environment.ts'
import { adoptFolders, rebuildCatalog } from './workspace/adopt-folders.ts'
import { productVersion } from './product.ts'
import type { AppContext } from './workspace/app-context.ts'
import { oneAtATime } from './workspace/one-at-a-time.ts'
import type { Handlers } from './services/dispatch.ts'
import { listBuiltIn } from './workspace/built-in-models.ts'
import { settleInterruptedRuns } from './workspace/interrupted-runs.ts'
import type { Pictures } from './services/pictures.ts'
import type { StudyAnswers } from './services/study-answers.ts'
import { forLooking } from './services/read-only.ts'
import { completeArrivals } from './workspace/package-arrival.ts'
import { listPackages } from './workspace/stored-packages.ts'
import { openWorkspace } from './services/open-workspace.ts'
import { OthersChanges } from './workspace/others-changes.ts'
import {
  begun,
  carryOut,
  pauseRunTask,
  resumeRunTask,
  runStudyTasks,
  type TaskDesk,
  untilRest
} from './services/task-requests.ts'
import { createWorks } from './services/works.ts'
import { Presence } from './tasks/presence.ts'
import { TaskBook } from './tasks/task-book.ts'
import { Tasks } from './tasks/tasks.ts'
import { Watch } from './tasks/watch.ts'
import { Workshop } from './tasks/workshop.ts'

/** The whole product behind one table of requests. Hosts (terminal, page, Electron) only carry them to and fro. */
export interface App {
  readonly handlers: Handlers
  readonly workspace: string
  /** What the person should know of how the workspace was found, as sentences. */
  readonly notices: readonly string[]
  /** Calls the listener with everything the app tells; call the result to stop. */
  readonly onEvent: (listener: (event: AppEvent) => void) => () => void
  /** Where a picture that a page asks for is, or undefined when it may not have it or there is none. */
  readonly picturePath: (path: string) => Promise<string | undefined>
  /** What would happen to tasks if this process ended now. */
  readonly whenQuitting: () => QuitReport
  /** Brings what is at work to a safe point and closes the catalogue. */
  readonly close: () => Promise<void>
}

/** Puts the parts together. The workspace is made on first use. */
export async function createApp(environment: Environment): Promise<App> {
  const workspace = await openWorkspace(environment.workspace, environment.now())
  const { folders, catalog, mayWrite, notices } = workspace
  const listeners = new Set<(event: AppEvent) => void>()
  const emit = (event: AppEvent): void => tellAll(listeners, event, environment.log)
  const presence = new Presence(catalog, productVersion)
  const context = contextOf(environment, workspace, presence, emit)
  const { log, now } = environment
  const book = new TaskBook({ catalog, works: createWorks(context), emit, now })
  const workshop = new Workshop(book, presence, log)
  const tasks = new Tasks(book, workshop)

  /** What processes left that are gone: unfinished folders, and tasks and runs that look as if they were at work. */
  const tidyUp = async (isLost = false): Promise<void> => {
    if (mayWrite) {
      await completeArrivals(folders)
      await folders.sweep()
    }
    await adoptFolders(context, { isLost, mayWrite })
    await workshop.settleLost()
    settleInterruptedRuns(context)
  }
  await tidyUp(workspace.isLost)
  const others = new OthersChanges(context)
  const changed = (): void => {
    if (listeners.size > 0) others.tell()
  }
  const watch = new Watch(book, workshop, presence, { changed, lost: () => tidyUp() }, log)
  let opened: Promise<Pictures> | undefined
  const pictures: OnDemand<Pictures> = () =>
    (opened ??= services.pictures().then(({ Pictures }) => new Pictures(context, mayWrite)))
  let answering: Promise<StudyAnswers> | undefined
  const answers: OnDemand<StudyAnswers> = () =>
    (answering ??= services.studyAnswers().then(({ StudyAnswers }) => new StudyAnswers(context, mayWrite)))
  const desk = { tasks, workshop }
  const handlers = {
    ...createHandlers(context, desk),
    ...studyHandlers(context, desk, answers),
    ...pictureHandlers(context, pictures)
  }
  return {
    handlers: mayWrite ? handlers : forLooking(handlers, folders.root),
    workspace: environment.workspace,
    notices,
    onEvent(listener) {
      if (mayWrite) presence.begin() // whoever stays to listen is known to others
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    picturePath: (path) => findPicture(environment.workspace, pictures, path),
    whenQuitting: () => tasks.whenQuitting(),
    async close() {
      await workshop.close()
      await (await opened)?.close()
      await (await answering)?.close()
      watch.end()
      await workspace.close()
    }
  }
}

/** Loaded when they are first asked for: a command that only looks starts without what reads, paints and packs. */
const services = {
  reader: () => import('./workers/reader.ts'),
  datasets: () => import('./services/datasets.ts'),
  drafts: () => import('./services/drafts.ts'),
  doctor: () => import('./services/doctor.ts'),
  enginePacks: () => import('./services/engine-packs.ts'),
  listFiles: () => import('./services/list-files.ts'),
  masks: () => import('./services/masks.ts'),
  pictures: () => import('./services/pictures.ts'),
  previews: () => import('./services/previews.ts'),
  runs: () => import('./services/runs.ts'),
  storage: () => import('./services/storage.ts'),
  synthetic: () => import('./services/synthetic.ts'),
  studies: () => import('./services/studies.ts'),
  studyAnswers: () => import('./services/study-answers.ts'),
  studyLook: () => import('./services/study-look.ts'),
  things: () => import('./services/things.ts')
}

function createHandlers(app: AppContext, desk: TaskDesk): Omit<Handlers, PictureRequest | StudyRequest> {
  const { tasks } = desk
  return {
    'app.doctor': async (input, context) => (await services.doctor()).examineComputer(app, input, context),
    'app.rebuild': () => rebuildCatalog(app),
    'engine.list': async () => (await services.enginePacks()).listEnginePacks(app.environment),
    'engine.build': (input, context) => carryOut(desk, 'engine-build', input, context),
    'engine.look': async (input) => (await services.enginePacks()).lookAtPack(input),
    'engine.install': (input, context) => carryOut(desk, 'engine-install', input, context),
    'engine.remove': async (input) => (await services.enginePacks()).removeEnginePack(app.environment, input),
    'workspace.show': () => contentOf(app),
    'datasets.import': (input, context) => carryOut(desk, 'import', input, context),
    'datasets.inspect': (input, context) => carryOut(desk, 'look', input, context),
    'datasets.list': () => ({ datasets: app.catalog.datasets.list() }),
    'datasets.show': async (input) => (await services.datasets()).showDataset(app, input),
    'prepared.create': (input, context) => carryOut(desk, 'prepare', input, context),
    'masks.graph': async (input, context) => (await services.masks()).maskGraph(app, input, context),
    'masks.decode': async (input, context) =>
      (await services.reader()).runInReader(app, { name: 'decode', input, file: input.mask }, context),
    'runs.train': (input, context) => carryOut(desk, 'train', input, context),
    'runs.resume': (input, context) => resumeRunTask(app, desk, input, context),
    'runs.pause': (input) => pauseRunTask(app, desk, input),
    'runs.list': () => ({ runs: app.catalog.runs.list(), builtIn: listBuiltIn(app) }),
    'runs.show': async (input) => (await services.runs()).showRun(app, input),
    'runs.evaluate': (input, context) => carryOut(desk, 'evaluate', input, context),
    'segment.train': (input, context) => carryOut(desk, 'segment', input, context),
    'segment.predict': (input, context) => carryOut(desk, 'predict', input, context),
    'scores.files': (input, context) => carryOut(desk, 'score', input, context),
    'synthetic.generate': (input, context) => carryOut(desk, 'generate', input, context),
    'synthetic.show': async (input) => (await services.synthetic()).showSynthetic(app, input),
    'packages.create': (input, context) => carryOut(desk, 'package', input, context),
    'packages.verify': (input, context) => carryOut(desk, 'verify', input, context),
    'packages.open': (input, context) => carryOut(desk, 'open', input, context),
    'estimates.make': (input, context) => carryOut(desk, 'estimate', input, context),
    ...thingHandlers(app),
    ...draftHandlers(app),
    ...previewHandlers(app),
    'demo.run': (input, context) => carryOut(desk, 'sample', input, context),
    'tasks.start': (input) => tasks.start(input),
    'tasks.list': (input) => ({ tasks: tasks.list(input) }),
    'tasks.show': ({ id }) => tasks.show(id),
    'tasks.pause': (input, context) => untilRest(desk, tasks.pause(input.id), input, context),
    'tasks.resume': (input, context) => begun(desk, tasks.resume(input.id), input.follow, context),
    'tasks.cancel': async (input, context) => untilRest(desk, await tasks.cancel(input.id), input, context),
    'tasks.keep': (input, context) => untilRest(desk, tasks.keep(input.id), input, context),
    'tasks.again': (input, context) => begun(desk, tasks.again(input.id, input.changes), input.follow, context),
    'tasks.dismiss': ({ id }) => tasks.dismiss(id),
    'tasks.move': ({ id, place }) => tasks.move(id, place),
    'tasks.quitting': () => tasks.whenQuitting()
  }
}

type OpenedWorkspace = Awaited<ReturnType<typeof openWorkspace>>

function contextOf(
  environment: Environment,
  { catalog, folders, mayWrite, notices }: OpenedWorkspace,
  presence: Presence,
  emit: AppContext['emit']
): AppContext {
  const all = (): readonly string[] => (mayWrite ? [...notices, ...besideUs(presence)] : notices)
  return { environment, catalog, folders, notices: all, emit, inTurn: oneAtATime() }
}

/** Others who have the workspace open: nothing is done twice, and each sees what the other does. */
function besideUs(presence: Presence): string[] {
  if (presence.living().size < 2) return []
  return [
    'This workspace is open in another window or program as well. Both can be used: each shows what the other does, and no task is done twice.'
  ]
}

/** Everything that the workspace holds. */
function contentOf(app: AppContext): Output<'workspace.show'> {
  return {
    folder: app.folders.root,
    notices: [...app.notices()],
    datasets: app.catalog.datasets.list(),
    prepared: app.catalog.prepared.list(),
    runs: app.catalog.runs.list(),
    builtIn: listBuiltIn(app),
    segmenters: app.catalog.segmenters.list(),
    synthetic: app.catalog.synthetic.list(),
    studies: app.catalog.studies.list(),
    packages: listPackages(app)
  }
}

type PictureRequest = 'pictures.list' | 'pictures.copies' | 'pictures.cell' | 'synthetic.judge'

/** What is loaded and made when it is first wanted. */
type OnDemand<T> = () => Promise<T>

function pictureHandlers(app: AppContext, pictures: OnDemand<Pictures>): Pick<Handlers, PictureRequest> {
  return {
    'pictures.list': async (input) => (await pictures()).list(input),
    'pictures.copies': async (input) => (await pictures()).copies(input),
    'pictures.cell': async (input) => (await pictures()).cellAt(input),
    'synthetic.judge': async (input) => (await services.synthetic()).judgePictures(app, input)
  }
}

function thingHandlers(app: AppContext): Pick<Handlers, Extract<keyof Handlers, `things.${string}`>> {
  return {
    'things.rename': async (input) => (await services.things()).renameThing(app, input),
    'things.note': async (input) => (await services.things()).noteThing(app, input),
    'things.trash': async (input) => (await services.things()).trashThings(app, input),
    'things.restore': async (input) => (await services.things()).restoreThing(app, input),
    'things.inTrash': async () => (await services.things()).showTrash(app),
    'things.emptyTrash': async () => (await services.things()).emptyTrash(app),
    'things.storage': async () => (await services.storage()).measureStorage(app),
    'things.origin': async (input) => (await services.things()).originOf(app, input),
    'things.place': async (input) => (await services.things()).placeOfThing(app, input)
  }
}

/** What is looked at before something is made of it. */
function previewHandlers(
  app: AppContext
): Pick<
  Handlers,
  'files.list' | 'datasets.peek' | 'prepared.preview' | 'prepared.forecast' | 'masks.table' | 'synthetic.try'
> {
  return {
    'files.list': async (input) => (await services.listFiles()).listFiles(input),
    'datasets.peek': async (input, context) => (await services.datasets()).peekAtFiles(app, input, context),
    'prepared.preview': async (input, context) => (await services.previews()).preview(app, input, context),
    'prepared.forecast': async (input) => (await services.previews()).forecastPreparing(app, input),
    'masks.table': async (input, context) => (await services.previews()).tellTones(app, input, context),
    'synthetic.try': async (input, context) => (await services.synthetic()).tryModel(app, input, context)
  }
}

function draftHandlers(app: AppContext): Pick<Handlers, Extract<keyof Handlers, `drafts.${string}`>> {
  return {
    'drafts.save': async (input) => (await services.drafts()).saveDraft(app, input),
    'drafts.list': () => ({ drafts: app.catalog.drafts.list() }),
    'drafts.show': async (input) => (await services.drafts()).showDraft(app, input),
    'drafts.discard': async (input) => (await services.drafts()).discardDraft(app, input)
  }
}

type StudyRequest = Extract<keyof Handlers, `study.${string}`>

function studyHandlers(app: AppContext, desk: TaskDesk, answers: OnDemand<StudyAnswers>): Pick<Handlers, StudyRequest> {
  return {
    'study.plan': async (input) => (await services.studies()).planStudyOf(app, input),
    'study.preview': async (input) => (await services.studyLook()).previewStudy(app, input),
    'study.list': () => ({ studies: app.catalog.studies.list() }),
    'study.show': async (input) => (await answers()).show(input),
    'study.board': async (input) => (await services.studyLook()).boardOf(app, input),
    'study.pictures': async (input) => (await answers()).pictures(input),
    'study.run': (input, context) => runStudyTasks(app, desk, input, context),
    'study.task': (input, context) => carryOut(desk, 'study-task', input, context),
    'study.report': async (input) => (await services.studies()).reportStudy(app, input),
    'study.file': async (input) => (await services.studyLook()).fileOfStudy(app, input),
    'study.export': async (input) => (await services.studies()).exportStudyOf(app, input),
    'study.predictions': async (input) => (await services.studies()).takeStudyPredictions(app, input),
    'study.collect': async (input) => (await services.studies()).collectStudy(app, input)
  }
}

/** A path that names a picture, and leads nowhere but into the workspace, whatever links there are on the way. */
async function findPicture(workspace: string, pictures: OnDemand<Pictures>, path: string): Promise<string | undefined> {
  if (!PicturePath.safeParse(path).success) return undefined
  if (viewPattern.test(path)) return (await pictures()).find(path)
  const root = await realpath(workspace)
  const file = await realpath(join(root, path)).catch(() => undefined)
  return file?.startsWith(root + sep) === true ? file : undefined
}
