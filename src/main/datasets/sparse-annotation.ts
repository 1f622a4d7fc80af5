import { type DatasetImage } from '../../shared/datasets.ts'
import { groupBy } from './group-by.ts'
import { type ImportLog } from './import-log.ts'

const sparseShare = 0.05
const windowHours = 8
const leastTypical = 50 // where images have few cells anyway, one cell is no sign of anything

/**
 * Warns of images in which hardly a cell is annotated: fewer than 5 % of the median among annotated images of the same
 * class and a similar time (±8 h). LIVECell has nine such; a network that learns from them learns that cells are
 * background.
 */
export function warnOfSparseAnnotation(images: readonly DatasetImage[], log: ImportLog): void {
  const annotated = images.filter((image) => image.annotated)
  const typical = new Map(
    [...groupBy(annotated, (image) => image.class)].map(([name, same]) => [name, typicalOf(same)])
  )
  for (const image of annotated) {
    const count = typical.get(image.class)?.(image.time) ?? 0
    if (count < leastTypical || image.cells >= sparseShare * count) continue
    log.warn(
      `Only ${image.cells} cells are annotated, where images like it have about ${Math.round(count)}: the annotation may be unfinished.`,
      image.file,
      'images with very few annotated cells'
    )
  }
}

/**
 * How many cells images of a time have, for images of one class: each time is looked at once, and a window is moved along
 * them, so that a hundred thousand images take no longer than their number says.
 */
function typicalOf(images: readonly DatasetImage[]): (time: number | undefined) => number {
  const byTime = [...groupBy(images, ({ time }) => time)]
  const timed = byTime.flatMap(([time, same]) => (time === undefined ? [] : [{ time, same }]))
  const moments = timed.sort((a, b) => a.time - b.time)
  const timeless = images.filter(({ time }) => time === undefined)
  const near = new SortedNumbers(timeless.map(({ cells }) => cells))
  const medians = new Map<number, number>()
  let [begin, end] = [0, 0]
  for (const { time } of moments) {
    for (; (moments[end]?.time ?? Infinity) <= time + windowHours; end++) near.add(cellsOf(moments[end]))
    for (; (moments[begin]?.time ?? Infinity) < time - windowHours; begin++) near.remove(cellsOf(moments[begin]))
    medians.set(time, near.median())
  }
  const whole = new SortedNumbers(images.map(({ cells }) => cells)).median()
  return (time) => (time === undefined ? whole : (medians.get(time) ?? whole))
}

function cellsOf(moment: { readonly same: readonly DatasetImage[] } | undefined): number[] {
  return (moment?.same ?? []).map(({ cells }) => cells)
}

/** Numbers that come and go, in order. */
class SortedNumbers {
  #numbers: readonly number[]

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers.toSorted((a, b) => a - b)
  }

  add(numbers: readonly number[]): void {
    this.#numbers = [...this.#numbers, ...numbers].sort((a, b) => a - b) // two runs in order are merged in one pass
  }

  remove(numbers: readonly number[]): void {
    const gone = groupBy(numbers, (number) => number)
    this.#numbers = this.#numbers.filter((number) => gone.get(number)?.pop() === undefined)
  }

  median(): number {
    const middle = this.#numbers.length >> 1
    const upper = this.#numbers[middle] ?? 0
    return this.#numbers.length % 2 === 1 ? upper : (upper + (this.#numbers[middle - 1] ?? 0)) / 2
  }
}
