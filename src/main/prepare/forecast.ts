import type { Output, ParsedInput } from '../../shared/api.ts'
import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { fewestOfClass, type Split } from '../../shared/masks.ts'
import type { Forecast } from '../../shared/previews.ts'
import { scaledSize } from '../masks/rle.ts'
import { calledAs, splitImages, usableImages, usualShares } from './choose-images.ts'

type Asked = ParsedInput<'prepared.forecast'>
type Trouble = Forecast['troubles'][number]
type ClassRow = Forecast['classes'][number]

/** What the preparation of a data set would come to, class by class, and what would stand in the way of a training. */
export function forecast(dataset: Dataset, images: readonly DatasetImage[], asked: Asked): Output<'prepared.forecast'> {
  const bare = images.filter(({ annotated }) => !annotated).length
  try {
    const { images: usable } = usableImages(dataset, images, asked)
    const { splits, from } = splitImages(usable, asked)
    const classes = classRows(usable, splits, originsOf(images, asked))
    const small = images.filter(({ annotated, class: name }) => annotated && asked.leaveOut?.includes(name) !== true)
    return {
      splitFrom: from,
      classes,
      leftOut: { small: small.length - usable.length, bare },
      ...measures(usable, asked),
      troubles: troublesOf(dataset, images, classes, asked)
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const { message, next, remedies } = thrown
    const trouble = { message, ...(next !== undefined && { next }), remedies }
    const known = classRows(images, [], (name) => [name])
    return {
      splitFrom: 'shares',
      classes: known,
      leftOut: { small: 0, bare },
      ...measures(images, asked),
      troubles: [trouble]
    }
  }
}

function classRows(
  images: readonly DatasetImage[],
  splits: readonly Split[],
  originsOf: (name: string) => string[]
): ClassRow[] {
  const placed = images.map((image, i) => ({ image, split: splits[i] }))
  const byClass = Map.groupBy(placed, ({ image }) => image.class)
  const hasGroups = new Set(images.map(({ group }) => group)).size < images.length
  return [...byClass]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, own]) => {
      const counts = splitCounts(own)
      const hasCells = own.some(({ image, split }) => split === 'train' && image.cells > 0)
      return {
        name,
        of: originsOf(name),
        ...counts,
        cells: own.reduce((sum, { image }) => sum + image.cells, 0),
        isPoor: splits.length > 0 && (counts.train < fewestOfClass || !hasCells),
        ...timesOf(own),
        ...(hasGroups && { groups: groupsOf(own) })
      }
    })
}

/** The classes of the data set that are prepared under a name. */
function originsOf(images: readonly DatasetImage[], asked: Asked): (name: string) => string[] {
  const called = calledAs(asked)
  const known = [...new Set(images.map((image) => image.class))].filter(
    (name) => asked.leaveOut?.includes(name) !== true
  )
  return (name) => known.filter((each) => called(each) === name)
}

/** So many of them are listed. */
const mostGroups = 60

function groupsOf(own: readonly Placed[]): ClassRow['groups'] {
  const groups = [...Map.groupBy(own, ({ image }) => image.group)].map(([name, members]) => ({
    name,
    ...splitCounts(members)
  }))
  const largest = groups.sort((a, b) => b.images - a.images || compareText(a.name, b.name)).slice(0, mostGroups)
  return { count: groups.length, largest }
}

interface Placed {
  readonly image: DatasetImage
  /** Undefined where no split could be made. */
  readonly split: Split | undefined
}

function splitCounts(own: readonly Placed[]) {
  const inSplit = (wanted: Split): number => own.filter(({ split }) => split === wanted).length
  return { images: own.length, train: inSplit('train'), validation: inSplit('validation'), test: inSplit('test') }
}

function timesOf(own: readonly Placed[]): Pick<ClassRow, 'times'> {
  const byHour = Map.groupBy(own, ({ image }) => image.time)
  const told = [...byHour].flatMap(([hour, at]) => (hour === undefined ? [] : [{ hour, ...splitCounts(at) }]))
  return told.length === 0 ? {} : { times: told.sort((a, b) => a.hour - b.hour) }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : 1
}

/** Of the image in the middle by size, and of all cells. */
function measures(images: readonly DatasetImage[], { scale, tile }: Asked): Pick<Forecast, 'image' | 'cellsPerTile'> {
  const bySize = images.toSorted((a, b) => a.width * a.height - b.width * b.height)
  const usual = bySize[Math.floor(bySize.length / 2)]
  if (usual === undefined) return {}
  const annotated = images.filter((image) => image.annotated)
  const area = annotated.reduce((sum, { width, height }) => sum + width * height * scale ** 2, 0)
  const cells = annotated.reduce((sum, image) => sum + image.cells, 0)
  return {
    image: { width: scaledSize(usual.width, scale), height: scaledSize(usual.height, scale) },
    ...(area > 0 && { cellsPerTile: (cells / area) * tile ** 2 })
  }
}

function troublesOf(
  dataset: Dataset,
  images: readonly DatasetImage[],
  classes: readonly ClassRow[],
  asked: Asked
): Trouble[] {
  const poor = classes.filter(({ isPoor }) => isPoor)
  if (poor.length === 0) return []
  const cures = curesOf(dataset, images, poor, asked)
  const named = poor.map((row) => `“${row.name}” (${row.train} of ${row.images})`).join(', ')
  return [
    {
      message: `Too few training pictures to learn from: ${named}. Each class needs ${fewestOfClass} with cells.`,
      ...(cures.length === 0 && { next: 'Import more annotated images.' }),
      remedies: cures
    }
  ]
}

/** What mends it by itself: each cure is tried before it is offered, and the two that change most only where nothing less does. */
function curesOf(
  dataset: Dataset,
  images: readonly DatasetImage[],
  poor: readonly ClassRow[],
  asked: Asked
): Trouble['remedies'] {
  const again = { action: 'prepare-again', dataset: dataset.name } as const
  const leaveOut = [...(asked.leaveOut ?? []), ...poor.flatMap((row) => row.of)]
  const mends = (changes: Partial<Asked>): boolean => isTrainable(dataset, images, { ...asked, ...changes })
  const tile = smallerTiles(asked.tile).find((side) => mends({ tile: side }))
  const gentle: Trouble['remedies'] = [
    ...(tile === undefined ? [] : [{ action: 'set-option', option: 'tile', value: tile } as const]),
    ...(asked.mergeClasses !== true && mends({ leaveOut }) ? [{ ...again, leaveOut }] : []),
    ...(asked.mergeClasses !== true && mends({ mergeClasses: true }) ? [{ ...again, mergeClasses: true }] : []),
    ...(mends({ split: [...usualShares] })
      ? [{ action: 'set-option', option: 'split', value: usualShares.join(',') } as const]
      : [])
  ]
  const both = { mergeClasses: true, split: usualShares.join(',') }
  if (gentle.length > 0) return gentle
  return mends({ mergeClasses: true, split: [...usualShares] }) ? [{ ...again, ...both }] : []
}

/** Images that are smaller than a tile stay out: a smaller one may bring enough of them back. */
function smallerTiles(tile: number): number[] {
  return [tile / 2, tile / 4, tile / 8].filter((side) => side >= 32)
}

function isTrainable(dataset: Dataset, images: readonly DatasetImage[], asked: Asked): boolean {
  try {
    const { images: usable } = usableImages(dataset, images, asked)
    return classRows(usable, splitImages(usable, asked).splits, () => []).every(({ isPoor }) => !isPoor)
  } catch (thrown) {
    if (thrown instanceof AppError) return false // nothing would remain
    throw thrown
  }
}
