import { createContext } from 'svelte'
import { type Remedy } from '../../shared/remedies.ts'

/** The screens that a remedy can lead to. */
export interface Ways {
  readonly showSettings: () => void
}

/** What the page does for a remedy, or undefined where it has no screen for it yet: then the remedy stays a sentence. */
export type RemedyAction = (remedy: Remedy) => (() => void) | undefined

export function remedyActions({ showSettings }: Ways): RemedyAction {
  return ({ action }) => (settled.has(action) ? showSettings : undefined)
}

/** What is done in Settings. */
const settled: ReadonlySet<Remedy['action']> = new Set(['install-engine', 'install-engine-file', 'remove-engine'])

export const [getRemedyAction, setRemedyAction] = createContext<RemedyAction>()
