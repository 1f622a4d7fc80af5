import { basename } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type ImportLog } from './import-log.ts'
import { matchNames, type NameMatch } from './name-patterns.ts'
import { type SourceImage } from './source-image.ts'

/**
 * What each image must stay together with in a split: the well, plate or donor by its name; without a rule, or where the rule
 * finds none, what the source says.
 *
 * @param rule `filename:REGEX`; all its groups together are the name
 * @throws AppError of kind `input` for another rule, or one that finds nothing in any name
 */
export function findGroups(
  images: readonly SourceImage[],
  rule: string | undefined,
  log: ImportLog
): (string | undefined)[] {
  if (rule === undefined) return images.map(({ group }) => group)
  if (!rule.startsWith('filename:')) throw refuse(`"${rule}" is not a rule for wells, plates or donors.`, otherRule)
  const matches = matchNames(
    rule.slice('filename:'.length),
    images.map(({ file }) => basename(file))
  )
  const groups = matches.map((match) => match && nameOf(match))
  const missing = groups.filter((group) => group === undefined).length
  if (images.length > 0 && missing === images.length) {
    throw refuse(`The rule "${rule}" finds no well, plate or donor in any file name.`, otherRule)
  }
  if (missing > 0) log.warn(`${missing} images have no well, plate or donor by the rule "${rule}".`)
  return groups.map((group, i) => group ?? images[i]?.group)
}

const otherRule = {
  next: 'The rule is "filename:REGEX", with the name in parentheses: filename:_([A-H]\\d+)_ takes wells.',
  remedies: [{ action: 'set-option', option: 'groupFrom' } as const]
}

function nameOf({ groups: [whole = '', ...parts] }: NameMatch): string {
  const named = parts.filter((part) => part !== undefined)
  return named.length === 0 ? whole : named.join(' ')
}
