import type { ParsedInput } from '../../shared/api.ts'
import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { type AppError, refuse } from '../../shared/errors.ts'
import { fewestOfClass } from '../../shared/masks.ts'
import type { Remedy } from '../../shared/remedies.ts'
import { scaledSize } from '../masks/rle.ts'
import { publishedSplit } from '../study/published-split.ts'
import { splitByGroup } from '../study/split.ts'

export type PrepareInput = Omit<ParsedInput<'prepared.create'>, 'name'>

/** What is said of classes and time points. */
type KindChoices = Pick<PrepareInput, 'leaveOut' | 'mergeClasses' | 'callClasses' | 'timePoints'>

/**
 * Images of the chosen classes that hold at least one tile: annotated ones, or those without annotation where these are asked
 * for. The others are named, not skipped in silence.
 */
export function usableImages(dataset: Dataset, images: readonly DatasetImage[], request: PrepareInput) {
  requireNetworkSize(request)
  const { tile, scale, withoutAnnotation = false } = request
  const isWanted = ({ annotated }: DatasetImage): boolean => annotated !== withoutAnnotation
  const wanted = ofChosenClasses(dataset, images, request).filter(isWanted)
  const fits = ({ width, height }: DatasetImage): boolean =>
    scaledSize(width, scale) >= tile && scaledSize(height, scale) >= tile
  const usable = wanted.filter(fits)
  if (wanted.length === 0) throw noneWanted(dataset, withoutAnnotation)
  if (usable.length === 0) throw noTileFits(dataset, wanted, request)
  const small = wanted.filter((image) => !fits(image))
  const others = images.filter((image) => !isWanted(image)).length
  const warnings = [
    ...(others === 0
      ? []
      : [{ reason: `${others} images ${withoutAnnotation ? 'with' : 'without'} annotation are left out.` }]),
    ...small.map(({ file }) => ({ file, reason: `left out: it is smaller than a tile of ${tile}×${tile} pixels` }))
  ]
  return { images: usable, warnings }
}

function noneWanted(dataset: Dataset, withoutAnnotation: boolean): AppError {
  if (withoutAnnotation) {
    return refuse(`Every image of "${dataset.name}" is annotated.`, {
      next: 'Prepare it with its annotation, or name a data set that has images without.'
    })
  }
  return refuse(`No image of "${dataset.name}" is annotated.`, {
    next: 'Import it again together with its annotation. Images without can be prepared as such, and learned from beside a set with masks.',
    remedies: [{ action: 'import-again', option: 'annotations' }]
  })
}

/** Networks double their size from 4 pixels on: whoever chooses another tile learns it before any work is done. */
function requireNetworkSize({ tile }: PrepareInput): void {
  if (Number.isInteger(Math.log2(tile))) return
  const below = 2 ** Math.floor(Math.log2(tile))
  throw refuse(`No network takes tiles of ${tile} pixels: they double their size from 4.`, {
    next: `Choose tiles of ${below} or ${2 * below} pixels.`,
    remedies: [below, 2 * below].map((value) => ({ action: 'set-option', option: 'tile', value }))
  })
}

/** The images of the classes and time points that are not left out, called as they are prepared. */
export function chosenImages(images: readonly DatasetImage[], request: KindChoices): DatasetImage[] {
  const { leaveOut = [] } = request
  const called = calledAs(request)
  const hourOf = hoursAs(request)
  return images.flatMap((image) => {
    const time = hourOf(image)
    if (leaveOut.includes(image.class) || time === 'out') return []
    return [{ ...image, ...(time !== undefined && { time }), class: called(image.class) }]
  })
}

function ofChosenClasses(dataset: Dataset, images: readonly DatasetImage[], request: PrepareInput): DatasetImage[] {
  requireKnownClasses(dataset, images, request)
  const kept = chosenImages(images, request)
  if (kept.length === 0) {
    throw refuse(`Nothing of "${dataset.name}" remains without these classes and time points.`, {
      next: 'Leave fewer of them out.',
      ...(chosenImages(images, { ...request, leaveOut: [] }).length > 0 && {
        remedies: [{ action: 'prepare-again', dataset: dataset.name, leaveOut: [] }]
      })
    })
  }
  return kept
}

function requireKnownClasses(
  dataset: Dataset,
  images: readonly DatasetImage[],
  { leaveOut = [], callClasses = {}, timePoints = [] }: PrepareInput
): void {
  const known = new Set(images.map((image) => image.class))
  const named = [...leaveOut, ...Object.keys(callClasses), ...timePoints.map((point) => point.class)]
  const unknown = [...new Set(named)].filter((name) => !known.has(name))
  if (unknown.length === 0) return
  const isOfLeaveOut = unknown.every((name) => leaveOut.includes(name))
  throw refuse(`"${dataset.name}" has no class "${unknown.join('", "')}".`, {
    next: `It has: ${[...known].sort().join(', ')}.`,
    ...(isOfLeaveOut && {
      remedies: [
        { action: 'prepare-again', dataset: dataset.name, leaveOut: leaveOut.filter((name) => known.has(name)) }
      ]
    })
  })
}

/** The class that images of a class are prepared as. */
export function calledAs({ mergeClasses = false, callClasses = {} }: KindChoices): (name: string) => string {
  const names = new Map(Object.entries(callClasses))
  return (name) => (mergeClasses ? onlyClass : (names.get(name) ?? name))
}

/** The hour that an image is prepared as; undefined where it stays as it is. */
function hoursAs({ timePoints = [] }: KindChoices): (image: DatasetImage) => number | 'out' | undefined {
  const points = new Map<string, number | 'out'>(
    timePoints.map(({ class: name, hour, countsAs }) => [`${hour} ${name}`, countsAs ?? 'out'])
  )
  return (image) => points.get(`${image.time} ${image.class}`)
}

/** What all images are when they have no classes, here as in an import. */
const onlyClass = 'all'

/** With advice that works for these images: the largest tile that one of them holds, or the scale at which it holds this one. */
function noTileFits(dataset: Dataset, wanted: readonly DatasetImage[], request: PrepareInput): AppError {
  const { tile, scale, withoutAnnotation } = request
  const sides = wanted.map(({ width, height }) => Math.min(width, height))
  const longest = sides.reduce((most, side) => Math.max(most, side), 0)
  // One that only a single image holds would be the next trouble.
  const held = sides.toSorted((a, b) => b - a)[fewestOfClass - 1] ?? longest
  const largest = 2 ** Math.floor(Math.log2(Math.max(1, scaledSize(held, scale))))
  const ways: Remedy[] = []
  if (largest >= smallestTile) ways.push({ action: 'set-option', option: 'tile', value: largest })
  if (longest >= tile) ways.push({ action: 'set-option', option: 'scale', value: 1 })
  const advice = [
    ...(largest >= smallestTile ? [`tiles of ${largest} pixels`] : []),
    ...(longest >= tile ? ['a scale of 1'] : [])
  ]
  return refuse(
    `No ${withoutAnnotation ? 'image without annotation' : 'annotated image'} of "${dataset.name}" holds a tile of ${tile}×${tile} pixels.`,
    {
      next:
        advice.length === 0
          ? `Its images are too small for any network: the largest is ${longest} pixels high or wide.`
          : `Choose ${advice.join(' or ')}.`,
      remedies: ways
    }
  )
}

/** The smallest that can be asked for. */
const smallestTile = 8

export const usualShares = [0.8, 0.1, 0.1] as const

/** No score is taken of images without annotation: all of them are for training. */
const trainingAlone = [1, 0, 0] as const

/** By the shares that are asked for; else as the source says; else by the usual shares. */
export function splitImages(images: readonly DatasetImage[], { split, seed, withoutAnnotation }: PrepareInput) {
  const shares = withoutAnnotation ? trainingAlone : usualShares
  const published = split ? undefined : publishedSplit(images, shares, seed)
  return published
    ? { splits: published, from: 'source' as const }
    : { splits: splitByGroup(images, split ?? shares, seed), from: 'shares' as const }
}
