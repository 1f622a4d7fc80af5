import type { Output, ParsedInput } from '../../shared/api.ts'
import { type Draft, DraftId } from '../../shared/drafts.ts'
import { refuse } from '../../shared/errors.ts'
import { newId } from '../files/new-id.ts'
import type { AppContext } from '../workspace/app-context.ts'

/** Keeps the answers of a wizard: they outlive the page, the program and the power. */
export function saveDraft(
  { catalog, environment, emit }: AppContext,
  { id, ...answered }: ParsedInput<'drafts.save'>
): Output<'drafts.save'> {
  const now = environment.now().toISOString()
  const known = id === undefined ? undefined : catalog.drafts.find(id)
  // One that was discarded elsewhere meanwhile comes back: its answers are what its page shows.
  const draft: Draft = {
    ...answered,
    id: id ?? DraftId.parse(newId('w')),
    created: known?.created ?? now,
    changed: now
  }
  catalog.drafts.put(draft)
  if (known === undefined) emit({ event: 'workspace.changed' })
  return draft
}

export function showDraft({ catalog }: AppContext, { id }: ParsedInput<'drafts.show'>): Output<'drafts.show'> {
  const draft = catalog.drafts.find(id)
  if (draft !== undefined) return draft
  throw refuse('This draft is no longer there: it was finished or discarded.', {
    next: 'Begin again; what it made is listed with the other things.'
  })
}

/** Also where it is gone already. */
export function discardDraft(
  { catalog, emit }: AppContext,
  { id }: ParsedInput<'drafts.discard'>
): Record<string, never> {
  catalog.drafts.remove(id)
  emit({ event: 'workspace.changed' })
  return {}
}
