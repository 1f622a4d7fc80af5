import { type StoredCell } from '../../../shared/datasets.ts'
import { rleFromString } from '../../masks/rle-string.ts'
import { type PixelBox, type Rle, rleArea, rleBox, rleIntersection } from '../../masks/rle.ts'
import { type Annotation, type Size } from '../annotation.ts'
import { type Log } from '../import-log.ts'

/**
 * What several entries say of one image as one annotation. Some programs write an entry for each cell or
 * each part of the work: then all cells are taken. Published sets have images that were annotated again: then the annotation
 * with the most cells is kept alone.
 */
export function mergeAnnotations(annotations: readonly Annotation[], file: string, log: Log): Annotation | undefined {
  const [largest, ...others] = annotations.toSorted((a, b) => b.cells.length - a.cells.length)
  if (!largest || others.length === 0) return largest
  const merge = new Merge(largest)
  let taken = 0
  for (const other of others) {
    const found = merge.add(other)
    if (found.taken) taken++
    else {
      log.warn(
        `It is annotated twice, with ${largest.cells.length} and with ${other.cells.length} cells; the larger annotation was kept, and the other left out.`,
        file,
        'pictures that are annotated twice'
      )
    }
  }
  if (taken > 0) {
    const repeated = merge.repeated > 0 ? `, and ${merge.repeated} that lie on others were left out` : ''
    log.warn(
      `${taken + 1} entries are about it: their ${merge.cells.length} cells were taken together${repeated}.`,
      file,
      'pictures with several entries'
    )
  }
  return { ...largest, cells: merge.cells }
}

interface Placed {
  readonly rle: Rle
  readonly box: PixelBox
  readonly area: number
}

/** Cells are the same where they share more than half of what both cover. */
const sameIou = 0.5
/** Of so many pairs it is looked at; a set with more lies on the other for certain. */
const mostPairs = 1_000_000

class Merge {
  readonly cells: StoredCell[] = []
  repeated = 0
  readonly #size: Size
  readonly #placed: Placed[] = []
  #pairs = 0
  #nextId: number

  constructor({ width, height, cells }: Annotation) {
    this.#size = { width, height }
    this.#nextId = cells.reduce((most, { id }) => Math.max(most, id), 0)
    for (const cell of cells) this.#take(cell, this.#place(cell), cell.id)
  }

  /** Takes the cells that are new, unless at least half are not, or they are drawn on a grid of another size. */
  add({ width, height, cells }: Annotation): { readonly taken: boolean } {
    if (width !== this.#size.width || height !== this.#size.height) return { taken: cells.length === 0 }
    const placed = cells.map((cell) => ({ cell, place: this.#place(cell) }))
    const fresh = placed.filter(({ place }) => !this.#isThere(place))
    const isAgain = 2 * fresh.length <= cells.length || this.#pairs > mostPairs
    if (cells.length > 0 && isAgain) return { taken: false }
    this.repeated += cells.length - fresh.length
    for (const { cell, place } of fresh) this.#take(cell, place, ++this.#nextId)
    return { taken: true }
  }

  #place({ counts }: StoredCell): Placed {
    const rle = rleFromString(counts, this.#size.height, this.#size.width)
    return { rle, box: rleBox(rle), area: rleArea(rle) }
  }

  #take(cell: StoredCell, place: Placed, id: number): void {
    this.cells.push({ ...cell, id })
    this.#placed.push(place)
  }

  #isThere(cell: Placed): boolean {
    return this.#placed.some((other) => {
      if (!touch(cell.box, other.box) || ++this.#pairs > mostPairs) return false
      const shared = rleIntersection(cell.rle, other.rle)
      return shared >= sameIou * (cell.area + other.area - shared)
    })
  }
}

function touch(a: PixelBox, b: PixelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
