/** A step of a wizard, as the list at its left shows it. */
export interface WizardStep {
  readonly key: string
  readonly title: string
  /** What was answered, in a few words. */
  readonly answer?: string | undefined
  /** Whether what comes before it is answered. */
  readonly isOpen: boolean
}

/** The steps of a wizard as its frame lists them: one is open when nothing blocks those before it. */
export function listSteps<Key extends string>(
  order: readonly Key[],
  current: Key,
  titles: Readonly<Record<Key, string>>,
  answered: Readonly<Partial<Record<Key, string | undefined>>>,
  blocks: Readonly<Record<Key, () => string | undefined>>
): WizardStep[] {
  return order.map((key, index) => ({
    key,
    title: titles[key],
    answer: index < order.indexOf(current) ? answered[key] : undefined,
    isOpen: order.slice(0, index).every((each) => blocks[each]() === undefined)
  }))
}
