import { type PictureFlag } from '../../shared/pictures.ts'
import { type MaskFit } from '../../shared/set-report.ts'
import { type SyntheticImage } from '../../shared/synthetic.ts'

/** Below this share of what real tiles reach, a mask is taken to be another picture's. */
const leastFit = 0.6
/** So many times the cells that a real tile has on average are suspicious. */
const mostCells = 3

/** What a set tells beside its pictures. */
export interface FlagContext {
  readonly maskFit?: MaskFit | undefined
  /** Cells a real tile, by class. */
  readonly realCells?: ReadonlyMap<string, number>
}

/**
 * What is suspicious in a generated picture, from what was noted when it was made: cells that the area filter took out
 * are fragments (too small), merged cells (too large) or ragged ones.
 */
export function flagsOf(image: SyntheticImage, { maskFit, realCells }: FlagContext): PictureFlag[] {
  const reasons = new Set(image.removed?.map(({ reason }) => reason))
  const usual = realCells?.get(image.class)
  const flags: readonly (readonly [PictureFlag, boolean])[] = [
    ['empty', image.cells === 0],
    ['fragments', reasons.has('too-small')],
    ['merges', reasons.has('too-large')],
    ['ragged', reasons.has('too-ragged')],
    ['too-many', usual !== undefined && image.cells > mostCells * Math.max(1, usual)],
    ['poor-fit', image.maskFit !== undefined && maskFit !== undefined && image.maskFit < leastFit * maskFit.real]
  ]
  return flags.flatMap(([flag, holds]) => (holds ? [flag] : []))
}
