/** A step of a wizard, as the list at its left shows it. */
export interface WizardStep {
  readonly key: string
  readonly title: string
  /** What was answered, in a few words. */
  readonly answer?: string | undefined
  /** Whether what comes before it is answered. */
  readonly isOpen: boolean
}

/** What stands in the address behind its place. */
export type Query = Readonly<Record<string, string>>
