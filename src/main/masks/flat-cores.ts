import { componentAreas, type Components, keepComponents, labelComponents } from './components.ts'
import { stepOf } from './gray-levels.ts'

/** How the cores of cells are told from the ramps between them; distances in steps between levels. */
const levelTolerance = 0.35
const flatness = 0.8
const smallestCore = 3 // pixels
const growthSteps = 5
/** A piece without a core is a cell where it rises so far above background, in steps, … */
const leastRise = 0.75
/** … and has so many pixels. */
const smallestPeak = 6

/**
 * Cells in a blurred gray mask. On the ramp from one level down to background every level between appears as a rim,
 * but only for a pixel or two: where a 3 × 3 window is flat and near a level, it is the core of a cell. From there each
 * cell grows back to half of its own level. A piece that touches none of them and is nowhere flat is a small cell, all peak.
 * @param gray row-major, 0 … 255
 * @param levels the gray of each label, background first
 */
export function findCores(
  gray: Float32Array | Uint8Array,
  width: number,
  height: number,
  levels: readonly number[]
): Components {
  const smooth = withFrame(medianFilter(withFrame({ values: gray, width, height })))
  const levelled = coreLevels(smooth, levels)
  const all = labelComponents(levelled, width, height, 8)
  const areas = componentAreas(all)
  const cores = keepComponents(all, (label) => (areas[label] ?? 0) >= smallestCore)
  const levelOf = new Float32Array(cores.count + 1)
  for (let pixel = 0; pixel < levelled.length; pixel++) {
    const core = cores.labels[pixel] ?? 0
    if (core > 0) levelOf[core] = levels[levelled[pixel] ?? 0] ?? 0
  }
  const grown = { labels: grow(cores.labels, levelOf, smooth), count: cores.count }
  return fillHoles(addPeaks(grown, smooth, levels), width, height)
}

/** Adds what is brighter than half a step, touches no cell and rises far enough to be one of its own. */
function addPeaks({ labels, count }: Components, smooth: Framed, levels: readonly number[]): Components {
  const values = withoutFrame(smooth)
  const [background, step] = [levels[0] ?? 0, stepOf(levels)]
  const isBright = Uint8Array.from(values, (value) => Number(value >= background + step / 2))
  const pieces = labelComponents(isBright, smooth.width, smooth.height, 8)
  const areas = componentAreas(pieces)
  const rises = new Uint8Array(pieces.count + 1)
  const hasCore = new Uint8Array(pieces.count + 1)
  for (const [pixel, piece] of pieces.labels.entries()) {
    if ((values[pixel] ?? 0) >= background + leastRise * step) rises[piece] = 1
    if (labels[pixel] !== 0) hasCore[piece] = 1
  }
  const peaks = keepComponents(
    pieces,
    (piece) => hasCore[piece] === 0 && rises[piece] === 1 && (areas[piece] ?? 0) >= smallestPeak
  )
  return { labels: labels.map((cell, pixel) => cell || peakAt(peaks, pixel, count)), count: count + peaks.count }
}

/** The number of the peak at a pixel, after so many cells; 0 where there is none. */
function peakAt({ labels }: Components, pixel: number, cells: number): number {
  const peak = labels[pixel] ?? 0
  return peak === 0 ? 0 : cells + peak
}

interface Picture {
  readonly values: Float32Array | Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * A picture with a frame of one pixel, so that each of its pixels has eight neighbours. It is mirrored at its border pixels,
 * not repeated: a line along the border, which generators like to leave there, would look twice as thick as it is.
 */
interface Framed {
  readonly values: Float32Array
  /** Of the picture within. */
  readonly width: number
  readonly height: number
}

function withFrame({ values, width, height }: Picture): Framed {
  const framed = new Float32Array((width + 2) * (height + 2))
  for (let y = -1; y <= height; y++) {
    const row = mirrored(y, height) * width
    const target = (y + 1) * (width + 2)
    framed.set(values.subarray(row, row + width), target + 1)
    framed[target] = values[row + mirrored(-1, width)] ?? 0
    framed[target + width + 1] = values[row + mirrored(width, width)] ?? 0
  }
  return { values: framed, width, height }
}

function withoutFrame({ values, width, height }: Framed): Float32Array {
  const inner = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * (width + 2) + 1
    inner.set(values.subarray(start, start + width), y * width)
  }
  return inner
}

/** The place that one just outside, −1 or `length`, mirrors; a single place mirrors itself. */
function mirrored(place: number, length: number): number {
  const inside = place < 0 ? -place : Math.min(place, 2 * (length - 1) - place)
  return Math.min(length - 1, Math.max(0, inside))
}

/** The offsets of a pixel and its neighbours in a framed picture: first those that share a side. */
function windowOffsets({ width }: Framed): number[] {
  const row = width + 2
  return [0, -row, -1, 1, row, -row - 1, -row + 1, row - 1, row + 1]
}

/** The median of each 3 × 3 window. */
function medianFilter(framed: Framed): Picture {
  const { values, width, height } = framed
  const row = width + 2
  const result = new Float32Array(width * height)
  const columns = new Float32Array(3 * row) // per column of three: least, middle, most
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < row; x++) sortColumn(values, y * row + x, row, columns, 3 * x)
    for (let x = 0; x < width; x++) result[pixel++] = medianOfColumns(columns, 3 * x)
  }
  return { values: result, width, height }
}

function sortColumn(values: Float32Array, at: number, row: number, columns: Float32Array, target: number): void {
  const a = values[at] ?? 0
  const b = values[at + row] ?? 0
  const c = values[at + 2 * row] ?? 0
  const least = Math.min(a, b, c)
  const most = Math.max(a, b, c)
  columns[target] = least
  columns[target + 1] = medianOfThree(a, b, c)
  columns[target + 2] = most
}

/** The median of nine is that of the greatest least, the middle middle and the least greatest of three sorted columns. */
function medianOfColumns(columns: Float32Array, at: number): number {
  const least = Math.max(columns[at] ?? 0, columns[at + 3] ?? 0, columns[at + 6] ?? 0)
  const middle = medianOfThree(columns[at + 1] ?? 0, columns[at + 4] ?? 0, columns[at + 7] ?? 0)
  const most = Math.min(columns[at + 2] ?? 0, columns[at + 5] ?? 0, columns[at + 8] ?? 0)
  return medianOfThree(least, middle, most)
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

/** The label of each pixel that is flat and near its level, else 0. */
function coreLevels(framed: Framed, levels: readonly number[]): Uint8Array {
  const { values, width, height } = framed
  const step = ((levels.at(-1) ?? 0) - (levels[0] ?? 0)) / (levels.length - 1)
  const offsets = windowOffsets(framed)
  const result = new Uint8Array(width * height)
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const centre = (y + 1) * (width + 2) + x + 1
      const value = values[centre] ?? 0
      const level = nearestForeground(value, levels)
      if (Math.abs(value - (levels[level] ?? 0)) > levelTolerance * step) continue
      if (isFlat(values, centre, offsets, flatness * step)) result[pixel] = level
    }
  }
  return result
}

function isFlat(values: Float32Array, centre: number, offsets: readonly number[], tolerance: number): boolean {
  let least = Infinity
  let most = -Infinity
  for (const offset of offsets) {
    const value = values[centre + offset] ?? 0
    if (value < least) least = value
    if (value > most) most = value
  }
  return most - least <= tolerance
}

function nearestForeground(value: number, levels: readonly number[]): number {
  let best = 1
  for (let level = 2; level < levels.length; level++) {
    if (Math.abs(value - (levels[level] ?? 0)) < Math.abs(value - (levels[best] ?? 0))) best = level
  }
  return best
}

/**
 * Adds a ring to each cell a few times, by sides and by corners in turn: pixels at least half as bright as the cell's
 * own level. Of several cells that reach a pixel, the one whose level is nearest to it gets it.
 */
function grow(cores: Uint32Array, levelOf: Float32Array, framed: Framed): Uint32Array {
  const { values, width, height } = framed
  const offsets = windowOffsets(framed).slice(1)
  const labels = new Uint32Array(values.length) // framed, the frame stays 0
  for (let y = 0; y < height; y++) {
    labels.set(cores.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1)
  }
  let free = freePixels(
    labels,
    framed,
    levelOf.subarray(1).reduce((least, level) => Math.min(least, level), Infinity) / 2
  )
  for (let step = 0; step < growthSteps; step++) {
    const reach = offsets.slice(0, step % 2 === 0 ? 4 : 8)
    const claims = free.map((pixel) => bestClaim(labels, levelOf, values[pixel] ?? 0, pixel, reach))
    for (const [i, pixel] of free.entries()) labels[pixel] = claims[i] ?? 0
    free = free.filter((_, i) => claims[i] === 0)
  }
  const grown = new Uint32Array(cores.length)
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * (width + 2) + 1
    grown.set(labels.subarray(start, start + width), y * width)
  }
  return grown
}

/** Unassigned pixels inside the frame that are bright enough for some cell. */
function freePixels(labels: Uint32Array, { values, width, height }: Framed, least: number): number[] {
  const free: number[] = []
  for (let y = 1; y <= height; y++) {
    for (let pixel = y * (width + 2) + 1; pixel <= y * (width + 2) + width; pixel++) {
      if (labels[pixel] === 0 && (values[pixel] ?? 0) >= least) free.push(pixel)
    }
  }
  return free
}

function bestClaim(
  labels: Uint32Array,
  levelOf: Float32Array,
  value: number,
  pixel: number,
  reach: readonly number[]
): number {
  let best = 0
  let distance = Infinity
  for (const offset of reach) {
    const label = labels[pixel + offset] ?? 0
    const level = levelOf[label] ?? 0
    if (label === 0 || value < level / 2 || Math.abs(value - level) >= distance) continue
    best = label
    distance = Math.abs(value - level)
  }
  return best
}

/** Gives background that one cell alone encloses to that cell. */
function fillHoles({ labels, count }: Components, width: number, height: number): Components {
  const isBackground = new Uint8Array(labels.length)
  for (let pixel = 0; pixel < labels.length; pixel++) isBackground[pixel] = labels[pixel] === 0 ? 1 : 0
  const regions = labelComponents(isBackground, width, height, 4)
  const owners = enclosingCells(labels, regions, width, height)
  const filled = labels.slice()
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const owner = owners[regions.labels[pixel] ?? 0] ?? 0
    if (owner > 0) filled[pixel] = owner
  }
  return { labels: filled, count }
}

const several = -1

/** Per region of background the only cell next to it; `several` if there are more or it reaches the border. */
function enclosingCells(labels: Uint32Array, regions: Components, width: number, height: number): Int32Array {
  const owners = new Int32Array(regions.count + 1)
  owners[0] = several // stands for the cells themselves
  for (let x = 0; x < width; x++) {
    owners[regions.labels[x] ?? 0] = several
    owners[regions.labels[x + (height - 1) * width] ?? 0] = several
  }
  for (let pixel = 0; pixel < labels.length; pixel += width) {
    owners[regions.labels[pixel] ?? 0] = several
    owners[regions.labels[pixel + width - 1] ?? 0] = several
  }
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const region = regions.labels[pixel] ?? 0
    if (owners[region] !== several) meetNeighbours(owners, region, labels, pixel, width)
  }
  return owners
}

function meetNeighbours(owners: Int32Array, region: number, labels: Uint32Array, pixel: number, width: number): void {
  for (const offset of [-width, -1, 1, width]) {
    const label = labels[pixel + offset] ?? 0
    if (label > 0) owners[region] = owners[region] === 0 || owners[region] === label ? label : several
  }
}
