import { type ScoreAnchors } from '../../shared/training.ts'

/** Places on a bar from real pictures, at 0, to blank ones, at 1. */
export interface BarLayout {
  readonly latest: number
  readonly best: number
  /** Whether the latest score lies beyond the end, which shows it at the end. */
  readonly isBeyond: boolean
}

/** Scores on the scale of their anchors; what is nearer than real pictures are to one another is as good as they are. */
export function layOutBar(latest: number, best: number, { real = 0, empty }: ScoreAnchors): BarLayout {
  const place = (value: number) => (empty > real ? (value - real) / (empty - real) : 1)
  const within = (value: number) => Math.max(0, Math.min(1, place(value)))
  return { latest: within(latest), best: within(best), isBeyond: place(latest) > 1 }
}
