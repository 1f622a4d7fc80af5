import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Dataset,
  type DatasetId,
  type DatasetImage,
  type ImportRequest,
  type Refusal,
  type Warning
} from '../../shared/datasets.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { SafeNames } from '../files/safe-names.ts'
import { countClasses } from './class-counts.ts'
import { findClasses } from './class-from.ts'
import { guessLayout } from './guess-format.ts'
import { ImportLog } from './import-log.ts'
import { byName, requirePresent } from './picture-files.ts'
import { readCoco } from './readers/coco.ts'
import { readLabels } from './readers/labels.ts'
import { readMasks } from './readers/masks.ts'
import { type Layout, type SourceImage } from './source-image.ts'
import { spread } from './spread.ts'
import { warnOfSparseAnnotation } from './sparse-annotation.ts'
import { type PlannedImage, takeImage } from './take-image.ts'
import { findTimes } from './time-from.ts'

export interface ImportedDataset {
  readonly dataset: Dataset
  readonly images: DatasetImage[]
  readonly refused: Refusal[]
  readonly warnings: Warning[]
}

export interface ImportOptions {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Takes annotated images into an empty folder: copies of the pictures in `images/`, the cells of image n in
 * `cells/<n>.json` (a list of StoredCell), and `about.json`. The originals are only read.
 *
 * Every picture is taken, or listed with its reason; so is every cell, as far as a list stays readable.
 *
 * @param folder where to write; who calls gives it its final name when this succeeds, and removes it otherwise
 * @throws AppError of kind `input` when nothing can be taken, of kind `stopped` on an aborted signal
 */
export async function importDataset(
  request: ImportRequest,
  identity: { readonly id: DatasetId; readonly name: string; readonly created: string },
  folder: string,
  { onProgress, signal }: ImportOptions = {}
): Promise<ImportedDataset> {
  for (const path of [request.source, request.images, request.annotations]) {
    if (path !== undefined) await requirePresent(path)
  }
  const log = new ImportLog()
  const layout = await resolveLayout(request, log)
  const sources = thinOut(await readSource(request, layout, log), request.maxImages, log)
  const planned = plan(sources, request, layout, log)

  await mkdir(join(folder, 'images'), { recursive: true })
  await mkdir(join(folder, 'cells'), { recursive: true })
  const images: DatasetImage[] = []
  for (const [index, source] of planned.entries()) {
    if (signal?.aborted) throw new AppError('stopped', 'The import was stopped; nothing was taken in.')
    const image = await takeImage(source, images.length + 1, folder, log)
    if (image) images.push(image)
    onProgress?.(index + 1, planned.length)
  }

  const { refused } = log
  if (images.length === 0) throw nothingTaken(request.source, refused)
  warnOfSparseAnnotation(images, log)
  const dataset = summarize(identity, layout, images)
  const about = { kind: 'dataset', version: 1, dataset, images }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about, undefined, 1))
  return { dataset, images, refused, warnings: log.warnings }
}

async function resolveLayout(request: ImportRequest, log: ImportLog): Promise<Layout> {
  if (request.format !== 'auto') return request.format
  const { layout, reason } = await guessLayout(request)
  log.warn(`Taken for the format "${layout}", because ${reason}.`)
  return layout
}

function readSource(request: ImportRequest, layout: Layout, log: ImportLog): Promise<SourceImage[]> {
  switch (layout) {
    case 'coco':
    case 'livecell':
      return readCoco(request, log)
    case 'labels':
      return readLabels(request, log)
    case 'masks':
      return readMasks(request, log)
  }
}

/** At most `max` images, spread evenly over their order, so that all classes and times remain. */
function thinOut(sources: readonly SourceImage[], max: number | undefined, log: ImportLog): readonly SourceImage[] {
  const ordered = sources.toSorted((a, b) => byName(a.file, b.file))
  if (max === undefined || ordered.length <= max) return ordered
  log.warn(`${max} of ${ordered.length} images were taken, evenly spread over their names.`)
  return spread(ordered, max)
}

function plan(sources: readonly SourceImage[], request: ImportRequest, layout: Layout, log: ImportLog): PlannedImage[] {
  const classes = findClasses(sources, request.classFrom, layout, log)
  const times = findTimes(sources, request.timeFrom, layout, log)
  const names = new SafeNames()
  return sources.map((source, i) => {
    const file = names.take(source.file)
    if (file !== source.file)
      log.warn(
        `It is called ${file} here, as not every system allows its name.`,
        source.file,
        'files with another name'
      )
    return { ...source, file, class: classes[i] ?? '', time: times[i] }
  })
}

function nothingTaken(source: string, refused: readonly Refusal[]): AppError {
  const first = refused[0] ? ` The first: ${refused[0].reason}` : ''
  return refuse(`None of the pictures in ${source} could be taken.${first}`, {
    file: refused[0]?.file ?? source,
    next: 'Mend or remove these files, or choose another folder.'
  })
}

function summarize(
  identity: { readonly id: DatasetId; readonly name: string; readonly created: string },
  format: string,
  images: readonly DatasetImage[]
): Dataset {
  return {
    ...identity,
    format,
    images: images.length,
    annotated: images.filter(({ annotated }) => annotated).length,
    cells: images.reduce((sum, { cells }) => sum + cells, 0),
    classes: countClasses(images)
  }
}
