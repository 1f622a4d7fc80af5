import { type ArmName } from '../../shared/studies.ts'

/** How an arm is drawn: a colour of the tokens, a mark and a line of its own, so that colour is never all that tells. */
export interface Series {
  readonly colour: string
  /** Around 0, about 10 wide. */
  readonly mark: string
  readonly dash: string
}

const circle = 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z'
const square = 'M-4 -4h8v8h-8Z'
const triangle = 'M0 -5.5L5 4H-5Z'
const down = 'M0 5.5L5 -4H-5Z'
const diamond = 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z'
const cross = 'M-5 -2h3v-3h4v3h3v4h-3v3h-4v-3h-3Z'

export const seriesOf: Readonly<Record<ArmName, Series>> = {
  real: { colour: 'var(--ink)', mark: circle, dash: '' },
  synthetic: { colour: 'var(--series-1)', mark: triangle, dash: '' },
  'copy-paste': { colour: 'var(--series-2)', mark: square, dash: '6 3' },
  'synthetic-shuffled-masks': { colour: 'var(--series-3)', mark: down, dash: '2 3' },
  'synthetic-filtered': { colour: 'var(--series-4)', mark: diamond, dash: '8 3 2 3' },
  'synthetic-literal': { colour: 'var(--series-5)', mark: cross, dash: '10 4' },
  'classic-doubled': { colour: 'var(--series-4)', mark: square, dash: '4 2' },
  'real-repeated': { colour: 'var(--series-5)', mark: circle, dash: '1 2' },
  'more-real': { colour: 'var(--series-2)', mark: diamond, dash: '12 3' }
}
