import type { Output, ParsedInput } from '../../shared/api.ts'
import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { fewestOfClass, type Split } from '../../shared/masks.ts'
import type { Forecast } from '../../shared/previews.ts'
import { scaledSize } from '../masks/rle.ts'
import { splitImages, usableImages } from './choose-images.ts'

type Asked = ParsedInput<'prepared.forecast'>
type Trouble = Forecast['troubles'][number]
type ClassRow = Forecast['classes'][number]

/** What the preparation of a data set would come to, class by class, and what would stand in the way of a training. */
export function forecast(dataset: Dataset, images: readonly DatasetImage[], asked: Asked): Output<'prepared.forecast'> {
  const bare = images.filter(({ annotated }) => !annotated).length
  try {
    const { images: usable } = usableImages(dataset, images, asked)
    const { splits, from } = splitImages(usable, asked)
    const classes = classRows(usable, splits)
    const small = images.filter(({ annotated, class: name }) => annotated && asked.leaveOut?.includes(name) !== true)
    return {
      splitFrom: from,
      classes,
      leftOut: { small: small.length - usable.length, bare },
      ...measures(usable, asked),
      troubles: troublesOf(dataset, classes, asked)
    }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const { message, next, remedies } = thrown
    const trouble = { message, ...(next !== undefined && { next }), remedies }
    const known = classRows(images, [])
    return {
      splitFrom: 'shares',
      classes: known,
      leftOut: { small: 0, bare },
      ...measures(images, asked),
      troubles: [trouble]
    }
  }
}

function classRows(images: readonly DatasetImage[], splits: readonly Split[]): ClassRow[] {
  const placed = images.map((image, i) => ({ image, split: splits[i] }))
  const byClass = Map.groupBy(placed, ({ image }) => image.class)
  return [...byClass]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, own]) => {
      const counts = splitCounts(own)
      const hasCells = own.some(({ image, split }) => split === 'train' && image.cells > 0)
      return {
        name,
        ...counts,
        cells: own.reduce((sum, { image }) => sum + image.cells, 0),
        isPoor: splits.length > 0 && (counts.train < fewestOfClass || !hasCells),
        ...timesOf(own)
      }
    })
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

function troublesOf(dataset: Dataset, classes: readonly ClassRow[], asked: Asked): Trouble[] {
  const poor = classes.filter(({ isPoor }) => isPoor)
  if (poor.length === 0) return []
  const { name } = dataset
  const again = { action: 'prepare-again', dataset: name } as const
  const rich = classes.length - poor.length
  const leaveOut = [...(asked.leaveOut ?? []), ...poor.map((row) => row.name)]
  const together = classes.reduce((sum, { images }) => sum + images, 0)
  const usualShares = { action: 'set-option', option: 'split', value: '0.8,0.1,0.1' } as const
  const remedies: Trouble['remedies'] = [
    ...(rich > 0 ? [{ ...again, leaveOut }] : []),
    ...(classes.length > 1 && together > fewestOfClass ? [{ ...again, mergeClasses: true }] : []),
    ...(poor.some(({ images }) => images > fewestOfClass) ? [usualShares] : [])
  ]
  const named = poor.map((row) => `“${row.name}” (${row.train} of ${row.images})`).join(', ')
  return [
    {
      message: `Too few training pictures to learn from: ${named}. Each class needs ${fewestOfClass} with cells.`,
      ...(remedies.length === 0 && { next: 'Import more annotated images.' }),
      remedies
    }
  ]
}
