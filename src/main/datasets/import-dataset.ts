import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Dataset,
  type DatasetImage,
  type DrawnOn,
  type FormatName,
  type ImportRequest,
  type PlaneChoice,
  type Refusal,
  type Warning
} from '../../shared/datasets.ts'
import { AppError, invariant, refuse } from '../../shared/errors.ts'
import { SafeNames } from '../files/safe-names.ts'
import { countClasses } from './class-counts.ts'
import { findClasses } from './class-from.ts'
import { formats } from './formats/all-formats.ts'
import { type Guess } from './formats/format.ts'
import { findGroups } from './group-from.ts'
import { guessFormat } from './guess-format.ts'
import { ImportLog, NoteLog } from './import-log.ts'
import { withListedSplits } from './listed-splits.ts'
import { byName, isFolder, listPictures, requirePresent } from './picture-files.ts'
import { requireStillThere } from './source-gone.ts'
import { type ReadImage, type Source, type SourceImage } from './source-image.ts'
import { spread } from './spread.ts'
import { warnOfSparseAnnotation } from './sparse-annotation.ts'
import { openTaker, type TakeOptions, type Taker } from './taker.ts'
import { type PlannedImage, type TakeOutcome } from './take-image.ts'
import { findTimes } from './time-from.ts'
import { withArchivesUnpacked } from './zip-source.ts'

export interface ImportedDataset {
  readonly dataset: Dataset
  readonly images: DatasetImage[]
  readonly refused: Refusal[]
  readonly warnings: Warning[]
}

/** What a data set is called and where it came from, beside what is found in it. */
export type DatasetIdentity = Pick<Dataset, 'id' | 'name' | 'created' | 'source'>

export interface ImportOptions extends TakeOptions {
  readonly onProgress?: (done: number, total: number) => void
  /** The same for the files of archives, which are unpacked first. */
  readonly onUnpacked?: (done: number, total: number) => void
  readonly signal?: AbortSignal | undefined
  /** Annotation is not looked for: every picture below the source is taken. */
  readonly picturesOnly?: boolean
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
  identity: DatasetIdentity,
  folder: string,
  options: ImportOptions = {}
): Promise<ImportedDataset> {
  const unpack = { signal: options.signal, onProgress: options.onUnpacked }
  return withArchivesUnpacked(request, join(folder, 'unpacked'), unpack, (place) =>
    importFrom(place, identity, folder, options)
  )
}

async function importFrom(
  request: ImportRequest,
  identity: DatasetIdentity,
  folder: string,
  options: ImportOptions
): Promise<ImportedDataset> {
  const log = new ImportLog()
  const { format, reason } = options.picturesOnly === true ? asPictures : await resolveFormat(request)
  if (request.format === 'auto' && reason !== '') log.warn(`Read as the format "${format}", because ${reason}.`)
  await mkdir(join(folder, 'images'), { recursive: true })
  await mkdir(join(folder, 'cells'), { recursive: true })
  const outcomes = await takeAll(request, format, folder, log, options)
  const images = outcomes.flatMap(({ image }) => image ?? [])

  const { refused } = log
  if (images.length === 0) throw nothingTaken(request.source, outcomes, refused)
  warnOfSparseAnnotation(images, log)
  const dataset = summarize(identity, format, images)
  const about = { kind: 'dataset', version: 1, dataset, images }
  await writeFile(join(folder, 'about.json'), JSON.stringify(about, undefined, 1))
  return { dataset, images, refused, warnings: log.warnings }
}

/** The format as asked for or guessed, with what tells so. */
export async function resolveFormat(request: SourceRequest): Promise<Guess> {
  for (const path of [request.source, request.images, request.annotations]) {
    if (path !== undefined) await requirePresent(path)
  }
  return request.format === 'auto' ? guessFormat(request) : { format: request.format, reason: 'it was asked for' }
}

/** What an import and a look before it have in common. */
export type SourceRequest = Omit<ImportRequest, 'name'>

/** What became of one image of the source. */
export interface Taken {
  readonly planned: PlannedImage
  readonly image: DatasetImage | undefined
  /** Why it was refused. */
  readonly problem: string | undefined
}

/**
 * Goes through all images of a source: into `folder`, or only to look where it is undefined. What is to be said goes to
 * the log, in the order of the images.
 */
export async function takeAll(
  request: SourceRequest,
  format: FormatName,
  folder: string | undefined,
  log: ImportLog,
  options: ImportOptions
): Promise<Taken[]> {
  const taker = openTaker(options)
  let source: Source | undefined
  try {
    const isBare = options.picturesOnly === true
    source = isBare
      ? await barePictures(request.source)
      : await formats[format].find(request, log, taker.countCategories)
    const images = thinOut(await withListedSplits(source.images, request.source, log), request.maxImages, log)
    const planned = plan(images, request, format, log)
    const inside = await foldersOf(request)
    const outcomes = await takePlanned(planned, taker, {
      planes: request.planes ?? {},
      drawnOn: request.drawnOn,
      inside,
      folder,
      options
    })
    return planned.map((image, index) => settle(image, outcomes[index], log))
  } finally {
    await taker.close()
    await source?.close?.()
  }
}

/** Pictures are called as those of label images are. */
const asPictures = { format: 'labels', reason: '' } as const

async function barePictures(source: string): Promise<Source> {
  await requirePresent(source)
  const isWhole = (await isFolder(source)) === true
  const files = await listPictures(isWhole ? source : dirname(source))
  const wanted = isWhole ? files : files.filter(({ path }) => path === source)
  return { images: wanted.map(({ path, relative, folders }) => ({ path, file: relative, folders })) }
}

interface TakePlan {
  readonly planes: PlaneChoice
  readonly drawnOn: DrawnOn | undefined
  readonly inside: readonly string[]
  readonly folder: string | undefined
  readonly options: ImportOptions
}

/** The outcome of each image, in their order, whichever is done first. */
async function takePlanned(
  planned: readonly PlannedSource[],
  taker: Taker,
  { options: { signal, onProgress }, ...shared }: TakePlan
): Promise<TakeOutcome[]> {
  const outcomes: TakeOutcome[] = []
  let done = 0
  const settled = (index: number, outcome: TakeOutcome): void => {
    outcomes[index] = outcome
    onProgress?.(++done, planned.length)
  }
  for (const [index, { read, ...image }] of planned.entries()) {
    await taker.room()
    if (signal?.aborted) throw stopped()
    const given = await readOrRefuse(image, read, shared.inside)
    if (given && 'notes' in given) settled(index, given)
    else {
      taker.take({ image, id: index + 1, ...shared, read: given }, (outcome) => settled(index, outcome))
    }
  }
  await taker.finish()
  return outcomes
}

/**
 * The folders that the user named, by their true places. Beside an annotation file, pictures are looked for up to two
 * folders above.
 */
async function foldersOf({ source, images }: SourceRequest): Promise<string[]> {
  const base = (await isFolder(source)) === true ? source : join(dirname(source), '..', '..')
  return Promise.all([base, ...(images === undefined ? [] : [images])].map((folder) => realpath(folder)))
}

/** An image that its source cannot give out costs itself alone. */
async function readOrRefuse(
  { path, file }: PlannedImage,
  read: SourceImage['read'],
  inside: readonly string[]
): Promise<ReadImage | TakeOutcome | undefined> {
  try {
    return await read?.()
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
    await requireStillThere(path, inside)
    const notes = new NoteLog()
    notes.refuse(file, thrown.message)
    return { image: undefined, notes: notes.notes }
  }
}

function stopped(): AppError {
  return new AppError('stopped', 'The import was stopped; nothing was imported.')
}

function settle(planned: PlannedImage, outcome: TakeOutcome | undefined, log: ImportLog): Taken {
  invariant(outcome, 'each image has an outcome when all are done')
  log.add(outcome.notes)
  const problem = outcome.image ? undefined : outcome.notes.refused.at(-1)?.reason
  return { planned, image: outcome.image, problem }
}

/** At most `max` images, spread evenly over their order, so that all classes and times remain. */
function thinOut(sources: readonly SourceImage[], max: number | undefined, log: ImportLog): readonly SourceImage[] {
  const ordered = sources.toSorted((a, b) => byName(a.file, b.file))
  if (max === undefined || ordered.length <= max) return ordered
  log.warn(`${max} of ${ordered.length} images were imported, evenly spread over their names.`)
  return spread(ordered, max)
}

type PlannedSource = PlannedImage & Pick<SourceImage, 'read'>

function plan(
  sources: readonly SourceImage[],
  request: SourceRequest,
  format: FormatName,
  log: ImportLog
): PlannedSource[] {
  const classes = findClasses(sources, request.classFrom, formats[format].names, log)
  const times = findTimes(sources, request.timeFrom, formats[format].names, log)
  const groups = findGroups(sources, request.groupFrom, log)
  const names = new SafeNames()
  return sources.map((source, i) => {
    const file = names.take(source.file)
    if (file !== source.file)
      log.warn(
        `It is called ${file} here, because not every system allows its name.`,
        source.file,
        'files with another name'
      )
    return { ...source, file, class: classes[i] ?? '', time: times[i], group: groups[i] }
  })
}

/** What is wrong with a whole picture says more than what is wrong with its cells. */
function nothingTaken(source: string, outcomes: readonly Taken[], refused: readonly Refusal[]): AppError {
  const problem = outcomes.find((outcome) => outcome.problem !== undefined)
  const first = problem ? { file: problem.planned.file, reason: problem.problem } : refused[0]
  return refuse(`None of the pictures in ${source} could be imported.${first ? ` The first: ${first.reason}` : ''}`, {
    file: first?.file ?? source,
    next: 'Fix or remove these files, or choose another folder.'
  })
}

function summarize(identity: DatasetIdentity, format: string, images: readonly DatasetImage[]): Dataset {
  return {
    ...identity,
    format,
    images: images.length,
    annotated: images.filter(({ annotated }) => annotated).length,
    cells: images.reduce((sum, { cells }) => sum + cells, 0),
    classes: countClasses(images)
  }
}
