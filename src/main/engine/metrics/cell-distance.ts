import { invariant } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { cellNumberNames, measuredAs } from './cell-numbers.ts'
import { energyDistance, meanWithin } from './energy-distance.ts'
import { asMatrix, at, type Matrix } from './matrix.ts'

/** The numbers of a picture's cells count twice as much as how picture and mask look to the network (docs/decisions/0038). */
const shareOfNumbers = 2 / 3

/** How many numbers of a vector are those of `cellNumbers`; the network's features of picture with mask come before. */
const numberCount = cellNumberNames.length

/**
 * The real pictures of one class, as the cell distance compares others with them.
 *
 * A vector is what the network sees in picture and mask, then the numbers of the cells. Both are compared by their
 * energy distance to the real ones, as a share of the distance that a blank picture has. So 0 is as real pictures are,
 * 1 as if there were nothing to see, and worse is possible.
 */
export class RealCells {
  readonly #parts: readonly Part[]
  readonly #vectors: Matrix

  /**
   * @param vectors [pictures, size]
   * @param blank the vector of a picture without cells
   */
  constructor(vectors: Float32Array, blank: Float32Array) {
    const size = blank.length
    this.#vectors = asMatrix(vectors, size)
    const empty = asMatrix(blank, size)
    const units = unitsOf(this.#vectors, blank)
    const look: Columns = { from: 0, to: size - numberCount, units: undefined }
    const numbers: Columns = { from: size - numberCount, to: size, units }
    this.#parts = [
      partOf(look, 1 - shareOfNumbers, this.#vectors, empty),
      partOf(numbers, shareOfNumbers, this.#vectors, empty)
    ]
  }

  /** @returns undefined where the real pictures themselves are blank, so that there is nothing to measure by */
  distanceTo(vectors: Float32Array): number | undefined {
    const others = asMatrix(vectors, this.#vectors.columns)
    return this.#sum(({ real, within, columns }) => energyDistance(real, take(others, columns), within))
  }

  /** The same between two halves of the real pictures, drawn at random; undefined too where there are fewer than four. */
  distanceOfHalves(): number | undefined {
    const { rows } = this.#vectors
    if (rows < 4) return undefined
    const order = new RandomStream(0, 'halves').shuffled(Array.from({ length: rows }, (_, row) => row))
    const half = Math.floor(rows / 2)
    return this.#sum(({ real }) =>
      energyDistance(takeRows(real, order.slice(0, half)), takeRows(real, order.slice(half, 2 * half)))
    )
  }

  #sum(distanceOf: (part: Part) => number): number | undefined {
    if (this.#parts.some(({ ofBlank }) => ofBlank <= negligible)) return undefined
    return this.#parts.reduce((sum, part) => sum + (part.share * distanceOf(part)) / part.ofBlank, 0)
  }
}

/** Rounding leaves so much where a distance is 0. */
const negligible = 1e-9

/** Columns of the vectors that are compared together, each divided by its unit. */
interface Columns {
  readonly from: number
  readonly to: number
  readonly units: Float64Array | undefined
}

interface Part {
  readonly columns: Columns
  readonly share: number
  readonly real: Matrix
  readonly within: number
  /** The distance of a blank picture. */
  readonly ofBlank: number
}

function partOf(columns: Columns, share: number, vectors: Matrix, blank: Matrix): Part {
  const real = take(vectors, columns)
  const within = meanWithin(real)
  return { columns, share, real, within, ofBlank: energyDistance(real, take(blank, columns), within) }
}

/**
 * What each number is measured by: how far real pictures are from a blank one in it, by the root of the mean square. So
 * each counts by what it tells of cells, and none can be farther off than emptiness but by overshooting.
 */
function unitsOf({ rows, columns, data }: Matrix, blank: Float32Array): Float64Array {
  invariant(columns > numberCount, 'features before the numbers')
  const own = cellNumberNames.map((_, i) => {
    const column = columns - numberCount + i
    let sum = 0
    for (let row = 0; row < rows; row++) sum += (at(data, row * columns + column) - (blank[column] ?? 0)) ** 2
    return Math.sqrt(sum / rows)
  })
  return Float64Array.from(cellNumberNames, (name, i) => {
    const other = measuredAs[name]
    return Math.max(own[i] ?? 0, (other && own[cellNumberNames.indexOf(other)]) ?? 0) || 1
  })
}

function take({ rows, columns, data }: Matrix, { from, to, units }: Columns): Matrix {
  const taken = new Float64Array(rows * (to - from))
  for (let row = 0; row < rows; row++) {
    for (let column = from; column < to; column++) {
      taken[row * (to - from) + column - from] = at(data, row * columns + column) / (units?.[column - from] ?? 1)
    }
  }
  return { rows, columns: to - from, data: taken }
}

function takeRows({ columns, data }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float64Array(rows.length * columns)
  for (const [i, row] of rows.entries()) taken.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
  return { rows: rows.length, columns, data: taken }
}
