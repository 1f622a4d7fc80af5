import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Piscina } from 'piscina'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { type Dataset, type DatasetImage, type ValueRange } from '../../shared/datasets.ts'
import { AppError, fromWireError, refuse, type WireError } from '../../shared/errors.ts'
import {
  type AveragePrecisions,
  type CellLimits,
  type MaskCounts,
  type PreparedAbout,
  PreparedId,
  type PreparedImage,
  type PrepareResult,
  type Split
} from '../../shared/masks.ts'
import { stageFolder } from '../files/atomic-write.ts'
import { limitsOf } from '../masks/area-filter.ts'
import { scaledSize } from '../masks/rle.ts'
import { accumulate, averagePrecision } from '../study/coco-evaluation.ts'
import { type ImageMatches, livecellPrecision } from '../study/coco-matching.ts'
import { publishedSplit } from '../study/published-split.ts'
import { splitByGroup } from '../study/split.ts'
import { newId } from '../files/new-id.ts'
import { type AppContext, requireFreeName } from './app-context.ts'
import { needsBrightness, settleRanges } from '../prepare/brightness.ts'
import { type RequestContext } from './dispatch.ts'
import { type PreparedOutcome, type PrepareTask } from '../prepare/prepare-image.ts'

type PrepareInput = ParsedInput<'prepared.create'>

/** Turns a data set into training pictures and gray masks (paper §2.2.1), whole or not at all. */
export async function prepareDataset(
  app: AppContext,
  request: PrepareInput,
  { signal, progress, thingBegun }: RequestContext
): Promise<Output<'prepared.create'>> {
  const dataset = app.catalog.datasets.require(request.dataset)
  requireFreeName(app.catalog.prepared, 'prepared set', request.name)
  const { images, warnings } = usableImages(dataset, app.catalog.datasets.images(dataset.id), request)
  const id = PreparedId.parse(newId('p'))
  thingBegun?.(id)
  const staged = await stageFolder(app.folders.folder('prepared', id))
  try {
    const workers = { app, workers: request.workers, signal }
    const files = images.map(({ file }) => join(app.folders.folder('datasets', dataset.id), 'images', file))
    const ranges =
      request.brightness === 'set' && needsBrightness(images) ? await rangesOfSet(files, workers) : undefined
    const tasks = await makeTasks(app, dataset, images, request, { folder: staged.path, ranges })
    const outcomes = await runTasks<PreparedOutcome>('prepare', tasks, workers, (done) =>
      progress({ stage: 'prepare', done, total: tasks.length })
    )
    const { splits, from: splitFrom } = splitImages(images, request)
    const prepared = images.map((image, i) => describe(image, outcomes[i], splits[i] ?? 'train', i))
    const created = app.environment.now().toISOString()
    const result = summarize({ dataset, request, id, created, warnings, splitFrom }, prepared, outcomes)
    const about: PreparedAbout = {
      kind: 'prepared',
      version: 1,
      result,
      images: prepared,
      limits: limits(prepared, outcomes)
    }
    await writeFile(join(staged.path, 'about.json'), JSON.stringify(about))
    await staged.commit()
    app.catalog.transaction(() => {
      if (!app.catalog.prepared.hasId(id)) app.catalog.prepared.insert(result, prepared)
    })
    app.emit({ event: 'workspace.changed' })
    return result
  } finally {
    await staged.discard()
  }
}

/** Annotated images that hold at least one tile. The others are named, not skipped in silence. */
function usableImages(dataset: Dataset, images: readonly DatasetImage[], { tile, scale }: PrepareInput) {
  const annotated = images.filter((image) => image.annotated)
  const fits = ({ width, height }: DatasetImage): boolean =>
    scaledSize(width, scale) >= tile && scaledSize(height, scale) >= tile
  const usable = annotated.filter(fits)
  if (annotated.length === 0) {
    throw refuse(`No image of "${dataset.name}" is annotated.`, {
      next: 'Import it again together with its annotation.',
      remedies: [{ action: 'import-again', option: 'annotations' }]
    })
  }
  if (usable.length === 0) {
    throw refuse(`No annotated image of "${dataset.name}" holds a tile of ${tile}×${tile} pixels.`, {
      next: 'Choose smaller tiles, or a larger scale.',
      remedies: [
        { action: 'set-option', option: 'tile' },
        { action: 'set-option', option: 'scale' }
      ]
    })
  }
  const small = annotated.filter((image) => !fits(image))
  const without = images.length - annotated.length
  const warnings = [
    ...(without === 0 ? [] : [{ reason: `${without} images without annotation are left out.` }]),
    ...small.map(({ file }) => ({ file, reason: `left out: it is smaller than a tile of ${tile}×${tile} pixels` }))
  ]
  return { images: usable, warnings }
}

const usualShares = [0.8, 0.1, 0.1] as const

/** By the shares that are asked for; else as the source says; else by the usual shares. */
function splitImages(images: readonly DatasetImage[], { split, seed }: PrepareInput) {
  const published = split ? undefined : publishedSplit(images, usualShares, seed)
  return published
    ? { splits: published, from: 'source' as const }
    : { splits: splitByGroup(images, split ?? usualShares, seed), from: 'shares' as const }
}

async function makeTasks(
  app: AppContext,
  dataset: Dataset,
  images: readonly DatasetImage[],
  request: PrepareInput,
  { folder, ranges }: { readonly folder: string; readonly ranges: readonly (ValueRange[] | undefined)[] | undefined }
): Promise<PrepareTask[]> {
  const { mask, scale, tile, channels, brightness } = request
  await mkdir(join(folder, 'images'))
  await mkdir(join(folder, 'masks'))
  const source = app.folders.folder('datasets', dataset.id)
  return images.map((image, i) => ({
    imageId: image.id,
    imageFile: join(source, 'images', image.file),
    cellsFile: join(source, 'cells', `${image.id}.json`),
    width: image.width,
    height: image.height,
    pictureOut: join(folder, 'images', pictureName(i)),
    maskOut: join(folder, 'masks', pictureName(i)),
    mask,
    scale,
    tile,
    channels,
    brightness: ranges?.[i] ?? (brightness === 'set' ? 'percentiles' : brightness)
  }))
}

function pictureName(position: number): string {
  return `${String(position + 1).padStart(6, '0')}.png`
}

interface Workers {
  readonly app: AppContext
  readonly workers: number | undefined
  readonly signal: AbortSignal
}

/** One range for all pictures of the set, by values of each of them. */
async function rangesOfSet(files: readonly string[], workers: Workers): Promise<(ValueRange[] | undefined)[]> {
  return settleRanges(await runTasks<Float64Array[]>('sample', files, workers))
}

/** One image a task, over the cores; the order of the results is that of the images, whatever the number of workers. */
async function runTasks<Outcome>(
  name: 'prepare' | 'sample',
  tasks: readonly (PrepareTask | string)[],
  { app, workers, signal }: Workers,
  onDone?: (done: number) => void
): Promise<Outcome[]> {
  const threads = Math.min(workers ?? availableParallelism(), tasks.length)
  const pool = new Piscina<PrepareTask | string, { outcome: Outcome } | { error: WireError }>({
    filename: app.environment.workerPath,
    name,
    // The TIFF reader's own worker library takes a thread without data for one of its own, and breaks.
    workerData: {},
    maxThreads: threads,
    minThreads: threads
  })
  let done = 0
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const reply = await pool.run(task, { signal })
        if ('error' in reply) throw fromWireError(reply.error)
        onDone?.(++done)
        return reply.outcome
      })
    )
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    throw new AppError('stopped', 'Preparing was stopped; nothing of it was kept.', {
      next: 'Start it again at any time.'
    })
  } finally {
    await pool.destroy()
  }
}

function describe(
  image: DatasetImage,
  outcome: PreparedOutcome | undefined,
  split: Split,
  position: number
): PreparedImage {
  const { file, class: className, time } = image
  return {
    file: pictureName(position),
    source: file,
    width: outcome?.width ?? 0,
    height: outcome?.height ?? 0,
    class: className,
    ...(time === undefined ? {} : { time }),
    split,
    counts: outcome?.counts ?? { ...noCounts },
    ...(outcome?.ranges ? { ranges: outcome.ranges } : {})
  }
}

const noCounts: MaskCounts = { images: 0, cells: 0, removedByCover: 0, droppedByCap: 0, painted: 0, labelsNeeded: 0 }

interface Summary {
  readonly dataset: Dataset
  readonly request: PrepareInput
  readonly id: PreparedId
  readonly created: string
  readonly warnings: PrepareResult['warnings']
  readonly splitFrom: PrepareResult['splitFrom']
}

function summarize(
  { dataset, request, id, created, warnings, splitFrom }: Summary,
  images: readonly PreparedImage[],
  outcomes: readonly PreparedOutcome[]
): PrepareResult {
  const { name, tile, scale, channels, mask, seed } = request
  const classes = classNames(images)
  const roundTrip = averagePrecisions(outcomes.flatMap(({ matches }) => matches ?? []))
  const inSplit = (split: Split): number => images.filter((image) => image.split === split).length
  const { grayLevels } = mask
  return {
    prepared: {
      id,
      name,
      created,
      dataset: dataset.id,
      tile,
      scale,
      channels,
      grayLevels,
      mask,
      seed,
      classes,
      roundTrip
    },
    totals: addUp(images),
    classes: classes.map((className) => ({
      name: className,
      ...addUp(images.filter((image) => image.class === className))
    })),
    roundTrip,
    roundTripPaper: averagePrecisions(outcomes.flatMap(({ matchesPaper }) => matchesPaper ?? [])),
    splits: { train: inSplit('train'), validation: inSplit('validation'), test: inSplit('test') },
    splitFrom,
    warnings: [...warnings, ...vanishedCells(outcomes)],
    ...brightnessOf(request, images),
    seed
  }
}

function brightnessOf(
  { brightness: rule }: PrepareInput,
  images: readonly PreparedImage[]
): Pick<PrepareResult, 'brightness'> {
  const ranges = images.flatMap(({ ranges: [first] = [] }) => first ?? [])
  if (ranges.length === 0) return {}
  const span = {
    low: ranges.reduce((least, { low }) => Math.min(least, low), Infinity),
    high: ranges.reduce((most, { high }) => Math.max(most, high), -Infinity)
  }
  return { brightness: { rule, images: ranges.length, span } }
}

function vanishedCells(outcomes: readonly PreparedOutcome[]): { reason: string }[] {
  const vanished = outcomes.reduce((sum, outcome) => sum + outcome.vanished, 0)
  if (vanished === 0) return []
  return [{ reason: `${vanished} cells have no pixel: they lie outside their image or are too small at this scale.` }]
}

function classNames(images: readonly PreparedImage[]): string[] {
  return [...new Set(images.map((image) => image.class))].sort()
}

/** Counts add up; the labels needed are those of the most demanding image. */
function addUp(images: readonly PreparedImage[]): MaskCounts {
  const total = { ...noCounts }
  for (const { counts } of images) {
    total.images += counts.images
    total.cells += counts.cells
    total.removedByCover += counts.removedByCover
    total.droppedByCap += counts.droppedByCap
    total.painted += counts.painted
    total.labelsNeeded = Math.max(total.labelsNeeded, counts.labelsNeeded)
  }
  return total
}

function averagePrecisions(matches: readonly ImageMatches[]): AveragePrecisions {
  const evaluation = accumulate([matches], livecellPrecision)
  return {
    AP: averagePrecision(evaluation),
    AP50: averagePrecision(evaluation, { threshold: 0 }),
    AP75: averagePrecision(evaluation, { threshold: 5 })
  }
}

/** Real limits for the area filter, from the training images alone. */
function limits(images: readonly PreparedImage[], outcomes: readonly PreparedOutcome[]): CellLimits[] {
  return classNames(images).map((className) => {
    const observed = outcomes.filter((_, i) => images[i]?.class === className && images[i].split === 'train')
    return { class: className, ...limitsOf(observed.map((outcome) => outcome.observed)) }
  })
}
