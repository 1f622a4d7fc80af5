import { componentAreas, type Connectivity, keepComponents, labelComponents } from './components.ts'
import { findCores } from './flat-cores.ts'
import { stepOf } from './gray-levels.ts'
import { lookUp } from './look-up.ts'
import { shareOnRamps } from './ramps.ts'
import { findTonePieces, measureLead, type TonePlanes } from './tone-planes.ts'

export type DecodeMethod = 'nearest' | 'cores'

export interface DecodeOptions {
  /** `auto` takes the nearest level where the mask is sharp, flat cores where it is not. */
  readonly method?: DecodeMethod | 'auto'
  /** Whether pixels of one level that meet at a corner are one cell; 8 suits masks whose touching cells differ. */
  readonly connectivity?: Connectivity
  /**
   * Smaller pieces are no cells. Left out: a tenth of the typical cell of this mask (by area-weighted median), between
   * 3 and 20, so that small nuclei survive where all are small; twice as much for flat cores, since blur makes specks.
   */
  readonly minimumArea?: number
  /** The gray of each label, background first, where it is known better than 255 · k / L. */
  readonly levels?: readonly number[]
}

export interface DecodedMask {
  /** Row-major: one number per cell, 1 … cells; 0 for background. */
  readonly labels: Uint32Array
  readonly cells: number
  /** Share of the pixels brighter than background that lie within a quarter step of a level. */
  readonly sharpness: number
  readonly method: DecodeMethod | 'tones'
}

/** Below this the ramps between blurred levels read as cells of the levels between, and flat cores do better. */
const sharpEnough = 0.85
/** So do they where more of the pixels on edges lie on ramps: large cells are sharp for the most part, blurred or not. */
const mostOnRamps = 0.125

/**
 * Reads cells back from a gray mask as the generator paints it (inverse of paper §2.2.1; docs/method.md §8.3).
 * @param gray row-major, 0 … 255
 * @param grayLevels the number of labels beside background, L
 */
export function decodeGrayMask(
  gray: Float32Array | Uint8Array,
  width: number,
  height: number,
  grayLevels: number,
  options: DecodeOptions = {}
): DecodedMask {
  const levels = options.levels ?? evenLevels(grayLevels)
  const nearest = nearestLevels(gray, levels)
  const sharpness = measureSharpness(gray, levels, nearest)
  const wanted = options.method ?? 'auto'
  const isSharp = () =>
    sharpness === 1 || (sharpness >= sharpEnough && shareOnRamps(nearest, width, height) <= mostOnRamps)
  const automatic = () => (isSharp() ? 'nearest' : 'cores')
  const method = wanted === 'auto' ? automatic() : wanted
  const pieces =
    method === 'nearest'
      ? labelComponents(nearest, width, height, options.connectivity ?? 8)
      : findCores(gray, width, height, levels)
  const areas = componentAreas(pieces)
  const minimumArea = options.minimumArea ?? typicalMinimumArea(areas) * (method === 'cores' ? 2 : 1)
  const { labels, count } = keepComponents(pieces, (label) => (areas[label] ?? 0) >= minimumArea)
  return { labels, cells: count, sharpness, method }
}

/**
 * Reads cells back from a mask in tones (docs/decisions/0039): each pixel is of its largest plane, so that a blurred edge
 * passes no tone but those of its two sides.
 */
export function decodeToneMask(mask: TonePlanes, options: Pick<DecodeOptions, 'minimumArea'> = {}): DecodedMask {
  const smallestCell = (areas: Uint32Array) => options.minimumArea ?? typicalMinimumArea(areas)
  const pieces = findTonePieces(mask, smallestCell)
  const areas = componentAreas(pieces)
  const least = smallestCell(areas)
  const { labels, count } = keepComponents(pieces, (label) => (areas[label] ?? 0) >= least)
  return { labels, cells: count, sharpness: measureLead(mask), method: 'tones' }
}

/** 255 · k / L for k = 0 … L. */
export function evenLevels(grayLevels: number): number[] {
  return Array.from({ length: grayLevels + 1 }, (_, label) => (255 * label) / grayLevels)
}

/** Per pixel the label whose gray is nearest; of two equally near ones the larger. */
export function nearestLevels(gray: Float32Array | Uint8Array, levels: readonly number[]): Uint8Array {
  const borders = Float64Array.from(levels.slice(1), (level, k) => (level + (levels[k] ?? 0)) / 2)
  if (gray instanceof Uint8Array) {
    const table = Uint8Array.from({ length: 256 }, (_, value) => labelOf(value, borders))
    return lookUp(gray, table)
  }
  const labels = new Uint8Array(gray.length)
  for (let pixel = 0; pixel < gray.length; pixel++) labels[pixel] = labelOf(gray[pixel] ?? 0, borders)
  return labels
}

function labelOf(value: number, borders: Float64Array): number {
  let label = 0
  while (label < borders.length && value >= (borders[label] ?? 0)) label++
  return label
}

/** See `DecodedMask.sharpness`; 1 for a mask without cells. */
export function measureSharpness(
  gray: Float32Array | Uint8Array,
  levels: readonly number[],
  labels = nearestLevels(gray, levels)
): number {
  const tolerance = 0.25 * stepOf(levels)
  const background = levels[0] ?? 0
  let sharp = 0
  let bright = 0
  for (let pixel = 0; pixel < gray.length; pixel++) {
    const value = gray[pixel] ?? 0
    if (value <= background + tolerance) continue
    bright++
    if (Math.abs(value - (levels[labels[pixel] ?? 0] ?? 0)) <= tolerance) sharp++
  }
  return bright === 0 ? 1 : sharp / bright
}

function typicalMinimumArea(areas: Uint32Array): number {
  const ascending = areas.slice(1).sort()
  const total = ascending.reduce((sum, area) => sum + area, 0)
  let passed = 0
  const typical = ascending.find((area) => (passed += area) >= total / 2) ?? 0
  return Math.min(20, Math.max(3, Math.round(typical / 10)))
}

/** In steps; at half a step a gray would belong to the next level. */
const mostMoved = 0.3

export interface EstimatedLevels {
  /** Gray of each label, background first: those found, or the even ones where the found ones lie too far off. */
  readonly levels: readonly number[]
  /** The farthest that a found level lies from where it should, in steps. */
  readonly moved: number
  /** A sentence for the user where the mask's grays are not those of L labels. */
  readonly warning: string | undefined
}

/**
 * The levels that a generator really paints, by k-means on the gray values of many masks, begun at the even levels.
 * A level that no mask shows stays where it should be. Ramps between blurred levels draw the means away: levels found
 * more than 0.3 steps off are not taken, for even ones then find more cells.
 */
export function estimateLevels(masks: Iterable<Float32Array | Uint8Array>, grayLevels: number): EstimatedLevels {
  const histogram = new Float64Array(256)
  for (const mask of masks) {
    for (const value of mask) {
      const bin = Math.min(255, Math.max(0, Math.round(value)))
      histogram[bin] = (histogram[bin] ?? 0) + 1
    }
  }
  const expected = evenLevels(grayLevels)
  let levels: readonly number[] = expected
  for (let round = 0; round < 100; round++) {
    const next = clusterMeans(histogram, levels)
    const isStable = next.every((level, k) => level === levels[k])
    levels = next
    if (isStable) break
  }
  const moved = Math.max(...levels.map((level, k) => Math.abs(level - (expected[k] ?? 0)))) / stepOf(expected)
  const isTrusted = moved <= mostMoved
  const warning = !isTrusted
    ? `The mask's gray values are not those of ${String(grayLevels)} levels: one lies ${moved.toFixed(1)} steps off. ` +
      'Check the number of gray levels, or train longer.'
    : undefined
  return { levels: isTrusted ? levels : expected, moved, warning }
}

function clusterMeans(histogram: Float64Array, levels: readonly number[]): number[] {
  const bins = Uint8Array.from(histogram.keys())
  const nearest = nearestLevels(bins, levels)
  return levels.map((level, k) => {
    let weight = 0
    let sum = 0
    for (const [bin, count] of histogram.entries()) {
      if (nearest[bin] !== k) continue
      weight += count
      sum += bin * count
    }
    return weight === 0 ? level : sum / weight
  })
}
