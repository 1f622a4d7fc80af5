import { createContext, Script } from 'node:vm'
import { refuse } from '../../shared/errors.ts'

const maxPatternLength = 200
const timeLimit = 2000 // ms, for all names together

/** What a pattern found in one name: the whole, then the groups; named ones again by name. */
export interface NameMatch {
  readonly groups: readonly (string | undefined)[]
  readonly named: Readonly<Record<string, string | undefined>>
}

/**
 * Matches a user's regular expression against file names.
 *
 * There are patterns that need longer than the universe on the wrong name, so matching runs under a time limit.
 *
 * @returns for each name its match, or `undefined`
 * @throws AppError of kind `input` for a pattern that is malformed, too long, or too slow
 */
export function matchNames(pattern: string, names: readonly string[]): (NameMatch | undefined)[] {
  if (pattern.length > maxPatternLength) {
    throw refuse(`The pattern is longer than ${maxPatternLength} characters.`, { next: 'Use a shorter one.' })
  }
  checkSyntax(pattern)
  const context = createContext({ pattern, names })
  const script = new Script(
    `names.map((name) => {
      const match = new RegExp(pattern, 'u').exec(name)
      return match && { groups: [...match], named: { ...match.groups } }
    })`
  )
  try {
    const matches: unknown = script.runInContext(context, { timeout: timeLimit })
    // The script above makes this shape and nothing else.
    return (matches as (NameMatch | null)[]).map((match) => match ?? undefined)
  } catch (cause) {
    throw refuse(`The pattern ${pattern} takes too long on these file names.`, {
      next: 'Avoid repeating what already repeats, such as (a+)+.',
      cause
    })
  }
}

function checkSyntax(pattern: string): void {
  try {
    new RegExp(pattern, 'u')
  } catch (cause) {
    throw refuse(`The pattern ${pattern} is not a valid regular expression.`, {
      next: 'Check its parentheses and brackets. A group in parentheses takes what is wanted: filename:^(.+?)_.',
      cause
    })
  }
}
