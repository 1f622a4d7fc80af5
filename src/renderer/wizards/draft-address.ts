import { type Shelf, addressOf } from '../router.ts'

/** The address of a wizard names its draft, so that a reload and a second window find its answers. */
export function keepDraftAddress(section: Shelf, draft: string): void {
  const address = addressOf({ section, task: 'new', query: { draft } })
  if (location.hash !== address) history.replaceState(history.state, '', address)
}
