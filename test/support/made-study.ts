import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatasetId, type Dataset, type DatasetImage } from '../../src/shared/datasets.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { type FrozenStudy, PlanStudyRequest } from '../../src/shared/studies.ts'
import { sha256 } from '../../src/main/files/checksum.ts'
import { encodeGrayPng8 } from '../../src/main/images/png-encode.ts'
import { rleFromLabel } from '../../src/main/masks/rle.ts'
import { encodeCounts } from '../../src/main/masks/rle-string.ts'
import { planStudy } from '../../src/main/studies/plan-study.ts'
import { type FrozenPlace, type Makers, runStudyTask } from '../../src/main/studies/run-task.ts'
import type { Prediction, Segmenter } from '../../src/main/studies/segmenter.ts'
import { frozenText, StudyFolder, tasksText } from '../../src/main/studies/study-folder.ts'
import { armsOf, repeatsOf } from '../../src/main/studies/study-result.ts'
import { studyTasks } from '../../src/main/study/study-tasks.ts'

const side = 32
export const studyProgram = '9.9.9'

/** A data set of square cells in two classes: image i is of well i, with 4 cells. */
export async function makeDataset(root: string, count: number, id = 'data'): Promise<[Dataset, DatasetImage[]]> {
  const folder = join(root, 'datasets', id)
  await mkdir(join(folder, 'images'), { recursive: true })
  await mkdir(join(folder, 'cells'))
  const images: DatasetImage[] = []
  for (let i = 1; i <= count; i++) {
    const labels = squares(new RandomStream(i, id))
    const file = `${i % 2 === 0 ? 'round' : 'long'}-${String(i).padStart(3, '0')}.png`
    const pixels = Uint8Array.from(labels, (label) => (label > 0 ? 200 : 20))
    const bytes = encodeGrayPng8(pixels, side, side, { Title: file })
    await writeFile(join(folder, 'images', file), bytes)
    const cells = [...rleFromLabel(labels, side, side)].map(([label, rle]) => ({
      id: label,
      counts: encodeCounts(rle.counts)
    }))
    await writeFile(join(folder, 'cells', `${i}.json`), JSON.stringify(cells))
    images.push({
      id: i,
      file,
      width: side,
      height: side,
      channels: 1,
      bits: 8,
      class: i % 2 === 0 ? 'round' : 'long',
      time: 4 * Math.floor(i / 2),
      group: file,
      annotated: true,
      cells: cells.length,
      sha256: sha256(bytes)
    })
  }
  const dataset: Dataset = {
    id: DatasetId.parse(id),
    name: 'cells',
    created: '2026-01-01T00:00:00.000Z',
    format: 'labels',
    images: count,
    annotated: count,
    cells: 4 * count,
    classes: []
  }
  await writeFile(join(folder, 'about.json'), JSON.stringify({ kind: 'dataset', version: 1, dataset, images }))
  return [dataset, images]
}

/** Four squares, one in each quarter. */
function squares(random: RandomStream): Uint8Array {
  const labels = new Uint8Array(side * side)
  for (let cell = 0; cell < 4; cell++) {
    const [left, top] = [(cell % 2) * 16 + 2 + random.integer(4), Math.floor(cell / 2) * 16 + 2 + random.integer(4)]
    for (let y = 0; y < 8; y++) labels.fill(cell + 1, (top + y) * side + left, (top + y) * side + left + 8)
  }
  return labels
}

/** Plans a study on such a data set and writes it down as the app does. */
export async function makeStudy(
  root: string,
  changes: Partial<PlanStudyRequest> = {},
  count = 40
): Promise<FrozenPlace> {
  const [dataset, images] = await makeDataset(root, count)
  const request = PlanStudyRequest.parse({ name: 'does it help', preset: 'small', ...changes })
  const facts = { dataset, images, given: undefined, program: studyProgram, created: '2026-01-01T00:00:00.000Z' }
  return freeze(root, { ...planStudy(request, facts), resamples: 100 })
}

/** Fills a workspace with a study of which all but the last few tasks are done. */
export async function makeStudied(root: string, left = 0): Promise<FrozenPlace> {
  const frozen = await makeStudy(root, { sizes: [2, 4], arms: ['synthetic'], draws: 2 })
  const tasks = studyTasks(frozen.study)
  for (const task of tasks.slice(0, tasks.length - left)) await runStudyTask(frozen, task, standInMakers(), noWatcher)
  const { design, created, name } = frozen.study
  const facts = { kind: design, dataset: 'data', arms: armsOf(frozen.study), repeats: repeatsOf(frozen.study) }
  const study = { id: 'study', name, created, ...facts, question: frozen.hash }
  await writeFile(join(frozen.place.folder, 'about.json'), JSON.stringify({ kind: 'study', version: 1, study }))
  return frozen
}

export async function freeze(root: string, study: FrozenStudy): Promise<FrozenPlace> {
  const place = new StudyFolder(root, 'study')
  await mkdir(place.folder, { recursive: true })
  const text = frozenText(study)
  await writeFile(place.questionFile, text)
  await writeFile(place.hashFile, `${sha256(text)}\n`)
  await writeFile(join(place.folder, 'tasks.tsv'), tasksText(study))
  return { place, study, hash: sha256(text), program: studyProgram }
}

/**
 * Stands in for a network: it sees each cell with a chance that grows with what it was trained on, by the folder's seed. Masks
 * of other pictures and copies of its own images teach it nothing, or worse.
 */
export function standInSegmenter(seen: string[] = []): Segmenter {
  return async ({ real, extra, test, seed, folder }, { signal, progress }) => {
    await mkdir(folder, { recursive: true })
    seen.push(folder)
    progress({ stage: 'train', done: 1, total: 1 })
    signal.throwIfAborted()
    const fresh = (extra?.images ?? []).filter((name) => !real.images.includes(name) || extra?.folder !== real.folder)
    const worth = real.images.length + (extra?.shuffledMasks === true ? -0.8 * real.images.length : 0.25 * fresh.length)
    const chance = 0.9 - 0.6 / (1 + 0.4 * worth)
    const predictions = new Map<number, Prediction[]>()
    for (const file of test.images) {
      const id = Number(/\d+/.exec(file)?.[0])
      const random = new RandomStream(seed, `stand-in ${file}`)
      const noise = 0.06 * random.normal()
      predictions.set(
        id,
        cellsOf(id).flatMap((counts) =>
          random.uniform() < chance + noise ? [{ counts, score: random.uniform() }] : []
        )
      )
    }
    return { predictions, details: { chance }, notes: [] }
  }
}

function cellsOf(id: number): string[] {
  return [...rleFromLabel(squares(new RandomStream(id, 'data')), side, side)].map(([, rle]) => encodeCounts(rle.counts))
}

/** Stands in for generators: pictures of squares with their masks. */
export function standInMakers(seen: string[] = []): Makers {
  return {
    segment: standInSegmenter(seen),
    makePictures: (_place, study, task) =>
      Promise.resolve({
        record: { trainedOn: [], details: {}, notes: [] },
        fill: (folder) => fillPictures(join(folder, 'pictures'), study, task.id)
      })
  }
}

async function fillPictures(folder: string, study: FrozenStudy, name: string): Promise<void> {
  for (const part of ['images', 'masks']) await mkdir(join(folder, part), { recursive: true })
  const count = study.generation?.images ?? 0
  const images = []
  for (let i = 0; i < count; i++) {
    const labels = squares(new RandomStream(i, name))
    const file = `made-${i}.png`
    const pixels = Uint8Array.from(labels, (label) => (label > 0 ? 180 : 30))
    await writeFile(join(folder, 'images', file), encodeGrayPng8(pixels, side, side))
    await writeFile(join(folder, 'masks', file), encodeGrayPng8(labels, side, side))
    images.push({ file, index: i, class: 'round', width: side, height: side, cells: 4, removedCells: 0, maskFit: 0.5 })
  }
  const engine = { name: 'none', library: 'none', device: 'none', threads: 1 }
  const about = {
    kind: 'synthetic',
    version: 1,
    synthetic: {
      id: name.replaceAll('.', '-'),
      name,
      created: study.created,
      origin: 'stand-in',
      iteration: 0,
      seed: 0,
      truncation: 1,
      images: count,
      cells: 4 * count,
      classes: []
    },
    images,
    filtered: { cells: 0, images: 0, why: {} },
    provenance: { software: 'test', run: 'none', dataset: 'none', preset: 'none', engine }
  }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about))
}

export const noWatcher = { signal: new AbortController().signal, progress: () => undefined }
