import { readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import { type FrozenStudy, PlanStudyRequest, type StudyOutlook } from '../../shared/studies.ts'
import type { StudyPlan } from '../../shared/study-look.ts'
import { sha256 } from '../files/checksum.ts'
import { productVersion } from '../product.ts'
import { frozenText, StudyFolder } from '../studies/study-folder.ts'
import { studyTasks } from '../study/study-tasks.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { frozenOf } from './studies.ts'
import { outlookOf } from './study-outlook.ts'
import { openStudy } from './study-places.ts'

/** What was frozen, and each training with whether it is done. */
export async function boardOf(
  app: AppContext,
  { study: name }: ParsedInput<'study.board'>
): Promise<Output<'study.board'>> {
  const { study, hash, place } = await openStudy(app, name)
  const open = new Set(place.open(study))
  return {
    plan: planIn(study),
    hash,
    parts: studyTasks(study).map((task) => ({ ...task, isDone: !open.has(task.id) }))
  }
}

/** What planning would come to, before anything is frozen. */
export async function previewStudy(
  app: AppContext,
  request: ParsedInput<'study.preview'>
): Promise<Output<'study.preview'>> {
  const study = await frozenOf(app, PlanStudyRequest.parse({ ...request, name: unnamed }))
  const pictures = await app.catalog.datasets.images(study.dataset.id)
  const positions = new Map(pictures.map(({ id }, position) => [id, position]))
  return {
    plan: planIn(study),
    tasks: studyTasks(study).length,
    outlook: await plannedOutlook(app, study, request.pilot),
    images: study.images.map(({ id, file, class: name, well, split, cells }) => ({
      file,
      class: name,
      well,
      split,
      cells,
      position: positions.get(id) ?? 0
    }))
  }
}

const unnamed = 'preview'

/** Of a plan of which nothing lies anywhere yet: only its times and its room on the disk are asked for. */
export function plannedOutlook(app: AppContext, study: FrozenStudy, pilot: string | undefined): Promise<StudyOutlook> {
  const frozen = {
    study,
    hash: sha256(frozenText(study)),
    place: new StudyFolder(app.folders.root, unnamed),
    program: productVersion
  }
  const tasks = studyTasks(study).length
  const nothing = { arms: new Map(), records: [], emptied: new Set<string>(), elsewhere: [], done: 0, tasks }
  return outlookOf(app, frozen, nothing, pilot)
}

function planIn({ images, order: _, stages: __, ...plan }: FrozenStudy): StudyPlan {
  const count = (part: string): number => images.filter(({ split }) => split === part).length
  const tested = images.filter(({ split }) => split === 'test')
  return {
    ...plan,
    counts: {
      train: count('train'),
      validation: count('validation'),
      test: tested.length,
      testCells: tested.reduce((sum, { cells }) => sum + cells, 0),
      wells: new Set(images.map(({ well }) => well)).size
    }
  }
}

/** A file of the report as it lies there. */
export async function fileOfStudy(
  app: AppContext,
  { study: name, file }: ParsedInput<'study.file'>
): Promise<Output<'study.file'>> {
  const { place } = await openStudy(app, name)
  const path = join(place.report, file)
  const real = await realpath(path).catch(() => undefined)
  if (real?.startsWith((await realpath(place.folder)) + sep) !== true) {
    throw refuse('This file of the report is not there.', { file: path, next: 'Have the report written again.' })
  }
  return { file, text: await readFile(real, 'utf8') }
}
