import { type CellStatistics } from '../../../shared/set-report.ts'
import { meanOf } from './foreground.ts'

/** What one picture and its mask show. */
export interface ObservedPicture {
  readonly cells: number
  /** Areas in pixels of those whose size is known. */
  readonly areas: readonly number[]
  /** How well the mask belongs to the picture; undefined where it shows no cell, or nothing can tell. */
  readonly fit: number | undefined
}

/** Collects what the pictures of a class show. */
export class CellTally {
  readonly #areas: number[] = []
  readonly #fits: (number | undefined)[] = []
  #empty = 0
  #cells = 0

  add({ cells, areas, fit }: ObservedPicture): void {
    this.#areas.push(...areas)
    this.#fits.push(fit)
    this.#cells += cells
    if (cells === 0) this.#empty++
  }

  statistics(): CellStatistics {
    const pictures = this.#fits.length
    const medianArea = median(this.#areas)
    const maskFit = meanOf(this.#fits)
    return {
      pictures,
      empty: pictures === 0 ? 0 : this.#empty / pictures,
      cells: pictures === 0 ? 0 : this.#cells / pictures,
      ...(medianArea === undefined ? {} : { medianArea }),
      ...(maskFit === undefined ? {} : { maskFit })
    }
  }
}

function median(values: readonly number[]): number | undefined {
  const ascending = Float64Array.from(values).sort()
  const [low, high] = [ascending[(ascending.length - 1) >> 1], ascending[ascending.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
