import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import type {
  AveragePrecisions,
  CellLimits,
  MaskCounts,
  PreparedAbout,
  PreparedId,
  PreparedImage,
  PrepareResult,
  Split
} from '../../shared/masks.ts'
import { limitsOf } from '../masks/area-filter.ts'
import { accumulate, averagePrecision } from '../study/coco-evaluation.ts'
import { type ImageMatches, livecellPrecision } from '../study/coco-matching.ts'
import { type PrepareInput, splitImages } from './choose-images.ts'
import type { PreparedOutcome } from './prepare-image.ts'
import { pictureName } from './prepare-images.ts'
import { warningsOn } from './prepare-warnings.ts'

/** What a prepared set says of itself: each image with its split, totals, the round trip, and the limits of real cells. */
export function describeSet(
  facts: SetFacts,
  images: readonly DatasetImage[],
  outcomes: readonly PreparedOutcome[]
): PreparedAbout {
  const { splits, from } = splitImages(images, facts.request)
  const prepared = images.map((image, i) => describe(image, outcomes[i], splits[i] ?? 'train', i))
  return {
    kind: 'prepared',
    version: 1,
    result: summarize(facts, from, prepared, outcomes),
    images: prepared,
    limits: limits(prepared, outcomes)
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

interface SetFacts {
  readonly dataset: Pick<Dataset, 'id'>
  readonly request: PrepareInput & { readonly name: string }
  readonly id: PreparedId
  readonly created: string
  readonly warnings: PrepareResult['warnings']
}

function summarize(
  { dataset, request, id, created, warnings }: SetFacts,
  splitFrom: PrepareResult['splitFrom'],
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
      roundTrip,
      ...(request.withoutAnnotation && { unannotated: true })
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
    warnings: [...warnings, ...warningsOn(images, outcomes, request)],
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
