/** A line of a step list. */
export interface Step {
  readonly key: string
  readonly title: string
  readonly state: 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled'
  /** The state in words. */
  readonly stateWord: string
  readonly done: number
  readonly total: number
  /** Time left, or what the step came to. */
  readonly note?: string | undefined
}
