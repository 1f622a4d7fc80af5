import { basename } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type Format } from './formats/format.ts'
import { type ImportLog } from './import-log.ts'
import { parseLivecellName } from './livecell-names.ts'
import { matchNames, type NameMatch } from './name-patterns.ts'
import { type SourceImage } from './source-image.ts'

/**
 * The time of each image in hours since the start of the experiment, where it is known.
 *
 * @param rule `filename:REGEX` or `none`. The groups `days`, `hours` and `minutes` are added up; without such names the
 * first group is hours. LIVECell's names tell it by themselves.
 * @throws AppError of kind `input` for another rule, or one that finds no number in any name
 */
export function findTimes(
  images: readonly SourceImage[],
  rule: string | undefined,
  names: Format['names'],
  log: ImportLog
): (number | undefined)[] {
  if (rule === undefined && names === 'livecell') {
    return images.map(({ file }) => parseLivecellName(basename(file))?.hours)
  }
  if (rule === undefined || rule === 'none') return images.map(() => undefined)
  if (!rule.startsWith('filename:')) {
    throw refuse(`"${rule}" is not a rule for finding times.`, {
      next: 'The rules are "filename:REGEX" and "none".',
      remedies: [{ action: 'set-option', option: 'timeFrom' }]
    })
  }
  const matches = matchNames(
    rule.slice('filename:'.length),
    images.map(({ file }) => basename(file))
  )
  const times = matches.map((match) => match && hoursOf(match))
  const missing = times.filter((time) => time === undefined).length
  if (images.length > 0 && missing === images.length) {
    throw refuse(`The rule "${rule}" finds no time in any file name.`, {
      next: 'Put the hours into parentheses: filename:_(\\d+)h, or name groups: (?<days>\\d+)d(?<hours>\\d+)h.'
    })
  }
  if (missing > 0) log.warn(`${missing} images have no time by the rule "${rule}".`)
  return times
}

function hoursOf({ named, groups }: NameMatch): number | undefined {
  const { days, hours, minutes } = named
  const isNamed = days !== undefined || hours !== undefined || minutes !== undefined
  const total = isNamed ? 24 * Number(days ?? 0) + Number(hours ?? 0) + Number(minutes ?? 0) / 60 : Number(groups[1])
  return Number.isFinite(total) ? total : undefined
}
