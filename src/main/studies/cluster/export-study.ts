import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatasetAbout } from '../../../shared/abouts.ts'
import { refuse } from '../../../shared/errors.ts'
import type { ExportStudyRequest, ExportStudyResult, FrozenStudy } from '../../../shared/studies.ts'
import { requireFreePath, stageFolder } from '../../files/atomic-write.ts'
import { jsonOf } from '../../files/json-or-nothing.ts'
import { studyTasks } from '../../study/study-tasks.ts'
import type { FrozenPlace } from '../run-task.ts'
import { StudyFolder, tasksText } from '../study-folder.ts'
import { schedulerFiles } from './scripts.ts'

/** Names the study that an exported folder is for. */
export const studyFile = 'study.json'

/**
 * Writes a study into a folder that a cluster can work on: what it needs of images and pictures, its frozen question, its
 * tasks, and scripts for schedulers. The folder has the places of a workspace and no catalogue.
 *
 * @param resources what ships with the program
 * @throws AppError of kind `input` where the folder is there already
 */
export async function exportStudy(
  { place, study }: FrozenPlace,
  { folder, atATime, bundle }: Pick<ExportStudyRequest, 'folder' | 'atATime' | 'bundle'>,
  resources: string
): Promise<ExportStudyResult> {
  await requireFreePath(folder)
  const tasks = studyTasks(study)
  const generators = tasks.filter(({ kind }) => kind === 'generator').length
  const jobs = { name: study.name, generators, arms: tasks.length - generators, bundle, atATime }
  const staged = await stageFolder(folder)
  try {
    const target = new StudyFolder(staged.path, place.id)
    await copyImages(place, target, study)
    if (study.given !== undefined) await copyGiven(place, target, study.given)
    await copyQuestion(place, target)
    const texts: [name: string, text: string][] = [
      [studyFile, JSON.stringify({ id: place.id, name: study.name })],
      ['tasks.tsv', tasksText(study)],
      ...(await schedulerFiles(resources, jobs))
    ]
    for (const [name, text] of texts) await writeFile(join(staged.path, name), text)
    await chmod(join(staged.path, 'submit.sh'), 0o755)
    await staged.commit()
    return { folder, tasks: tasks.length, files: texts.map(([name]) => name) }
  } finally {
    await staged.discard()
  }
}

/** The images of the study and their cells, and no others. */
async function copyImages(from: StudyFolder, to: StudyFolder, { dataset, images }: FrozenStudy): Promise<void> {
  const [source, target] = [from.dataset(dataset.id), to.dataset(dataset.id)]
  const file = join(source, 'about.json')
  const about = DatasetAbout.safeParse(jsonOf(await readFile(file, 'utf8').catch(() => ''))).data
  if (about === undefined) throw refuse('The data set of this study is not there, or damaged.', { file })
  const wanted = new Set(images.map(({ id }) => id))
  await mkdir(join(target, 'cells'), { recursive: true })
  for (const { id, file: name } of images) {
    const picture = join(target, 'images', name)
    await mkdir(dirname(picture), { recursive: true })
    await copyFile(join(source, 'images', name), picture)
    await copyFile(join(source, 'cells', `${id}.json`), join(target, 'cells', `${id}.json`))
  }
  const kept = { ...about, images: about.images.filter(({ id }) => wanted.has(id)) }
  await writeFile(join(target, 'about.json'), JSON.stringify(kept))
}

async function copyGiven(
  from: StudyFolder,
  to: StudyFolder,
  { id, kind }: { readonly id: string; readonly kind: 'synthetic' | 'dataset' }
): Promise<void> {
  const [source, target] =
    kind === 'synthetic' ? [from.synthetic(id), to.synthetic(id)] : [from.dataset(id), to.dataset(id)]
  await cp(source, target, { recursive: true })
}

async function copyQuestion(from: StudyFolder, to: StudyFolder): Promise<void> {
  await mkdir(to.folder, { recursive: true })
  await copyFile(from.questionFile, to.questionFile)
  await copyFile(from.hashFile, to.hashFile)
}
