import { type MaskCode } from '../../shared/training.ts'
import { grayLevels } from './gray-levels.ts'

/** How many planes a mask takes beside the image: one gray, or one for background and each tone (docs/decisions/0039). */
export function maskPlanes(code: MaskCode, labelCount: number): number {
  return code === 'gray' ? 1 : labelCount + 1
}

/** What a network sees for each label: its planes one after the other, −1 … 1. */
export interface LabelCodes {
  readonly planes: number
  /** [labels, planes], background first. */
  readonly values: Float32Array
}

/**
 * @param grays the gray of each label, background first: those of `grayLevels`, in whatever order this tile has them.
 *   Of tones, the place among the grays decides which plane a label has.
 */
export function labelCodes(code: MaskCode, grays: Uint8Array): LabelCodes {
  const planes = maskPlanes(code, grays.length - 1)
  if (code === 'gray') return { planes, values: Float32Array.from(grays, (gray) => gray / 127.5 - 1) }
  const ascending = grays.slice().sort()
  const values = new Float32Array(grays.length * planes).fill(-1)
  for (const [label, gray] of grays.entries()) values[label * planes + ascending.indexOf(gray)] = 1
  return { planes, values }
}

/**
 * The tone of each pixel, 0 for background: its largest plane, of equal ones the first.
 * @param planes row-major, the planes of a pixel one after the other, background first
 */
export function largestTones(planes: Float32Array, planeCount: number): Uint8Array {
  const tones = new Uint8Array(planes.length / planeCount)
  for (let pixel = 0, at = 0; pixel < tones.length; pixel++, at += planeCount) {
    let tone = 0
    for (let plane = 1; plane < planeCount; plane++) {
      if ((planes[at + plane] ?? 0) > (planes[at + tone] ?? 0)) tone = plane
    }
    tones[pixel] = tone
  }
  return tones
}

/** Tones as the grays that a gray mask has for them: what shows a mask of this code, and what an ordinary decoder reads. */
export function tonesAsGrays(planes: Float32Array, planeCount: number): Uint8Array {
  const grays = grayLevels(planeCount - 1)
  return largestTones(planes, planeCount).map((tone) => grays[tone] ?? 0)
}
