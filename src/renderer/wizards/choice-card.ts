/** A choice with what is to be known of it. */
export interface ChoiceCard {
  readonly value: string
  readonly title: string
  readonly text: string
  /** Why it cannot be chosen. */
  readonly why?: string | undefined
}
