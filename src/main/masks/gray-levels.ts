import { type RandomStream } from '../../shared/random.ts'
import { lookUp } from './look-up.ts'

/** Gray of each label: entry k is round(255 · k / L), so 0 for background and 255 for label L (paper §2.2.1). */
export function grayLevels(labelCount: number): Uint8Array {
  return Uint8Array.from({ length: labelCount + 1 }, (_, label) => Math.round((255 * label) / labelCount))
}

/** The mean distance between neighbouring levels. */
export function stepOf(levels: readonly number[]): number {
  return ((levels.at(-1) ?? 0) - (levels[0] ?? 0)) / (levels.length - 1)
}

/**
 * The same grays in random order, background still 0: which label gets which gray carries no meaning, and shuffling it
 * per image balances the grays over a data set (paper §2.2.1).
 */
export function shuffledGrayLevels(labelCount: number, random: RandomStream): Uint8Array {
  const [background = 0, ...grays] = grayLevels(labelCount)
  return Uint8Array.of(background, ...random.shuffled(grays))
}

/** Turns labels 0 … L into grays. */
export function applyGrayLevels(labels: Uint8Array, grays: Uint8Array): Uint8Array {
  return lookUp(labels, grays)
}
