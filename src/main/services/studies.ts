import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import {
  type FrozenStudy,
  type GivenPictures,
  PlanStudyRequest,
  type Study,
  StudyId,
  type StudyResult
} from '../../shared/studies.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { sha256 } from '../files/checksum.ts'
import { newId } from '../files/new-id.ts'
import { productVersion } from '../product.ts'
import type { StudyForThread } from '../studies/answer-study.ts'
import type { PredictionsTask } from '../studies/elsewhere.ts'
import { chooseStudyImages } from '../studies/study-images.ts'
import { planStudy } from '../studies/plan-study.ts'
import { readResults } from '../studies/report/write-report.ts'
import { armsOf, repeatsOf, resultOf } from '../studies/study-result.ts'
import { type Makers, runStudyTask } from '../studies/run-task.ts'
import type { Watcher } from '../studies/segmenter.ts'
import { frozenText, isSamePlan, tasksText } from '../studies/study-folder.ts'
import { studyTasks } from '../study/study-tasks.ts'
import { type AppContext, requireFreeName } from '../workspace/app-context.ts'
import { enterThing } from '../workspace/enter-thing.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { openStudy } from './study-places.ts'
import { doubtsOf } from './study-doubts.ts'
import { type Chosen, givenPictures } from './study-pictures.ts'
import { outlookOf } from './study-outlook.ts'
import { inStudyThread } from './study-thread.ts'

/** Plans a study and freezes its question, before anything of it is done. */
export async function planStudyOf(app: AppContext, request: ParsedInput<'study.plan'>): Promise<Output<'study.plan'>> {
  requireFreeName(app.catalog.studies, 'study', request.name)
  const frozen = await frozenOf(app, request)
  const text = frozenText(frozen)
  const study: Study = {
    id: StudyId.parse(newId('y')),
    name: request.name,
    created: frozen.created,
    kind: frozen.design,
    dataset: frozen.dataset.id,
    ...(frozen.given === undefined ? {} : { synthetic: frozen.given.id }),
    arms: armsOf(frozen),
    repeats: repeatsOf(frozen),
    question: sha256(text)
  }
  const staged = await stageFolder(app.folders.folder('studies', study.id))
  try {
    await writeFile(join(staged.path, 'question.json'), text)
    await writeFile(join(staged.path, 'question.sha256'), `${sha256(text)}\n`)
    await writeFile(join(staged.path, 'tasks.tsv'), tasksText(frozen))
    await writeFile(join(staged.path, 'about.json'), JSON.stringify({ kind: 'study', version: 1, study }))
    const { studies: table } = app.catalog
    await enterThing(app, staged, { table, id: study.id, insert: () => table.insert(study) })
  } finally {
    await staged.discard()
  }
  return showStudy(app, { study: study.id }, request.pilot)
}

/** All that would be frozen of a plan. */
export async function frozenOf(app: AppContext, request: PlanStudyRequest): Promise<FrozenStudy> {
  const dataset = datasetOf(app, request)
  await ownFolder(app, 'datasets', dataset)
  const images = await app.catalog.datasets.images(dataset.id)
  const created = app.environment.now().toISOString()
  const chosen = { dataset, ...chooseStudyImages(dataset, images, request) }
  const given = request.synthetic === undefined ? undefined : await withDoubts(app, request.synthetic, chosen)
  return planStudy(request, { dataset, images, program: productVersion, created, given })
}

async function withDoubts(app: AppContext, name: string, chosen: Chosen): Promise<GivenPictures> {
  const given = await givenPictures(app, name, chosen)
  const doubts = await doubtsOf(app, given, chosen)
  return doubts.length === 0 ? given : { ...given, doubts }
}

function datasetOf({ catalog }: AppContext, { data }: PlanStudyRequest) {
  if (data !== undefined) return catalog.datasets.require(data)
  const [only, ...others] = catalog.datasets.list()
  if (only !== undefined && others.length === 0) return only
  throw refuse(
    only === undefined ? 'There is no data set to study.' : 'There are several data sets: which has the real images?',
    {
      remedies: [only === undefined ? { action: 'make', kind: 'dataset' } : { action: 'set-option', option: 'data' }]
    }
  )
}

/**
 * The study of this name; planned first where a plan is given and there is none.
 *
 * @throws AppError of kind `input` where the plan is another than the frozen one
 */
export async function ensurePlanned(app: AppContext, { study: name, plan }: ParsedInput<'study.run'>): Promise<Study> {
  const known = app.catalog.studies.find(name)
  if (known === undefined && plan !== undefined) {
    await planStudyOf(app, PlanStudyRequest.parse({ ...plan, name }))
    return app.catalog.studies.require(name)
  }
  const study = known ?? app.catalog.studies.require(name)
  if (plan !== undefined) await requireSame(app, study, PlanStudyRequest.parse({ ...plan, name: study.name }))
  return study
}

async function requireSame(app: AppContext, study: Study, request: PlanStudyRequest): Promise<void> {
  const { study: frozen } = await openStudy(app, study.id)
  const asked = await frozenOf(app, request)
  if (isSamePlan(frozen, asked)) return
  throw refuse(`The study "${study.name}" was frozen with another plan than this one.`, {
    next: 'Run it as it was planned, without other choices; other choices make another study, under another name.',
    remedies: [{ action: 'choose-name' }]
  })
}

/** Does one task of a study: a part of its plan. */
export async function doStudyTask(
  app: AppContext,
  { study, task: id }: ParsedInput<'study.task'>,
  makers: Makers,
  watcher: Watcher
): Promise<Output<'study.task'>> {
  const frozen = await openStudy(app, study)
  const task = studyTasks(frozen.study).find((each) => each.id === id)
  if (task === undefined) throw refuse(`This study has no task "${id}".`)
  return { task: id, state: await runStudyTask(frozen, task, makers, watcher) }
}

/** The table as far as it is done, without a new report. */
export async function showStudy(
  app: AppContext,
  { study: name }: { readonly study: string },
  pilot?: string
): Promise<StudyResult> {
  const frozen = await openStudy(app, name)
  const results = await readResults(frozen)
  const outlook = await outlookOf(app, frozen, results, pilot)
  return { ...resultOf(frozen, app.catalog.studies.require(name).name, results), outlook }
}

/** Computes the table anew from what is stored, and writes the report. */
export async function reportStudy(
  app: AppContext,
  { study: name }: ParsedInput<'study.report'>
): Promise<Output<'study.report'>> {
  const { place, program } = await openStudy(app, name)
  const task: StudyForThread = {
    root: place.root,
    id: place.id,
    name: app.catalog.studies.require(place.id).name,
    program
  }
  return inStudyThread(app, 'report', task)
}

export async function exportStudyOf(
  app: AppContext,
  { study, ...choices }: ParsedInput<'study.export'>
): Promise<Output<'study.export'>> {
  const { exportStudy } = await import('../studies/cluster/export-study.ts')
  const { resources } = app.environment
  return exportStudy(await openStudy(app, study), { ...choices, folder: resolve(choices.folder) }, resources)
}

/** Takes in what another program predicted, and reports on it. */
export async function takeStudyPredictions(
  app: AppContext,
  { study, file, name }: ParsedInput<'study.predictions'>
): Promise<Output<'study.predictions'>> {
  const { place, program } = await openStudy(app, study)
  const task: PredictionsTask = {
    root: place.root,
    id: place.id,
    program,
    file: resolve(file),
    name,
    taken: app.environment.now().toISOString()
  }
  const notes = await inStudyThread<string[]>(app, 'predictions', task)
  const result = await reportStudy(app, { study })
  return { ...result, notes: [...result.notes, ...notes] }
}

/** Takes in what a cluster did, and reports on it. */
export async function collectStudy(
  app: AppContext,
  { study, folder }: ParsedInput<'study.collect'>
): Promise<Output<'study.collect'>> {
  const { collectResults } = await import('../studies/cluster/exported-study.ts')
  const left = await collectResults(await openStudy(app, study), resolve(folder))
  const result = await reportStudy(app, { study })
  return { ...result, notes: [...result.notes, ...left] }
}
