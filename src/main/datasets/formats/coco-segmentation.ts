import { isObject } from './geojson-features.ts'

const numberText = /^\s*-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/i
const runsText = /^\s*\[?\s*\d+(?:[\s,]+\d+)+\s*\]?\s*$/

/**
 * What some programs write for `segmentation` where only one reading is possible: the whole as a text of JSON, runs in a
 * list, points as `{"x": 1, "y": 2}`, numbers as texts.
 */
export function plainSegmentation(segmentation: unknown): unknown {
  if (typeof segmentation === 'string') return plainSegmentation(parsed(segmentation))
  if (!Array.isArray(segmentation)) return segmentation
  const [only, ...others] = segmentation as readonly unknown[] // a list of anything
  if (others.length === 0 && isObject(only) && 'counts' in only) return only
  return segmentation.map((part) => plainPart(part, 1))
}

const mostLevels = 6

function plainPart(part: unknown, level: number): unknown {
  if (level > mostLevels) return part
  if (typeof part === 'string') return numberText.test(part) ? Number(part) : part
  if (Array.isArray(part)) return part.map((inner) => plainPart(inner, level + 1))
  if (!isObject(part) || !('x' in part && 'y' in part)) return part
  return [plainPart(part['x'], level + 1), plainPart(part['y'], level + 1)]
}

/** Runs that are a text of numbers, which compressed runs never are. */
export function plainCounts(counts: unknown): unknown {
  if (typeof counts !== 'string' || !runsText.test(counts)) return counts
  return (counts.match(/\d+/g) ?? []).map(Number)
}

/** @returns an empty list, which marks nothing, for what is no JSON */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? [] : value
  } catch {
    return []
  }
}
