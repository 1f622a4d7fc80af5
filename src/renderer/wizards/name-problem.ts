import { Name } from '../../shared/datasets.ts'
import { wizardWords } from '../text/wizards.ts'

/** Why a thing cannot be called so. */
export function nameProblem(name: string, taken: readonly { readonly name: string }[]): string | undefined {
  const parsed = Name.safeParse(name)
  if (!parsed.success) return parsed.error.issues[0]?.message ?? wizardWords.nameNeeded
  return taken.some((each) => each.name === parsed.data) ? wizardWords.taken(parsed.data) : undefined
}
