import { basename } from 'node:path'
import { type ErrorDetails, refuse } from '../../shared/errors.ts'
import { type Format } from './formats/format.ts'
import { type ImportLog } from './import-log.ts'
import { parseLivecellName } from './livecell-names.ts'
import { matchNames } from './name-patterns.ts'
import { type SourceImage } from './source-image.ts'

/** The class of images for which the rule gives none. */
const unknownClass = 'unknown'
/** The class of all images where classes are not told apart. */
const onlyClass = 'all'

/**
 * The class of each image.
 *
 * @param rule `category` (of most of its cells), `folder` (the last one that is no split), `column:NAME` (of TissueNet's table), `filename:REGEX` (the group
 * `class`, else the first, else the whole match), `none`; when absent the one that the format's names follow, else the first that finds anything
 * @throws AppError of kind `input` for a rule that is none of these or finds nothing
 */
export function findClasses(
  images: readonly SourceImage[],
  rule: string | undefined,
  names: Format['names'],
  log: ImportLog
): string[] {
  const chosen = rule ?? defaultRule(images, names)
  const classes = applyRule(images, chosen)
  const missing = classes.filter((name) => name === undefined).length
  if (images.length > 0 && missing === images.length) {
    throw refuse(`The rule "${chosen}" finds no class for any image.`, otherRule)
  }
  if (missing > 0)
    log.warn(`${missing} images have no class by the rule "${chosen}"; they are called "${unknownClass}".`)
  return classes.map((name) => name ?? unknownClass)
}

const otherRule: ErrorDetails = {
  next: 'The rules are "category", "folder", "column:NAME", "filename:REGEX" and "none".',
  remedies: [{ action: 'set-option', option: 'classFrom' }]
}

function applyRule(images: readonly SourceImage[], rule: string): (string | undefined)[] {
  if (rule === 'none') return images.map(() => onlyClass)
  if (rule === 'livecell') return images.map(({ file }) => parseLivecellName(basename(file))?.class)
  if (rule === 'folder') return images.map(({ folders }) => folderClass(folders))
  if (rule === 'category' || rule.startsWith('column:')) return categoriesOf(images)
  if (rule.startsWith('filename:')) return classesByPattern(images, rule.slice('filename:'.length))
  throw refuse(`"${rule}" is not a rule for finding classes.`, otherRule)
}

function defaultRule(images: readonly SourceImage[], names: Format['names']): string {
  if (names !== undefined) return names
  if (images.some(({ category }) => category !== undefined)) return 'category'
  return images.some(({ folders }) => folderClass(folders) !== undefined) ? 'folder' : 'none'
}

const splitNames = new Set(['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'images'])
/** What published sets add to these: `stage1_train`, `stage2_test_final`. */
const besideSplits = new Set(['stage', 'final', 'set'])

function folderClass(folders: readonly string[]): string | undefined {
  return folders.findLast((name) => !saysOnlySplit(name))
}

function saysOnlySplit(name: string): boolean {
  const words = name.toLowerCase().match(/\p{L}+/gu) ?? []
  const others = words.filter((word) => !besideSplits.has(word))
  return others.length > 0 && others.every((word) => splitNames.has(word))
}

/** Where all cells are of one category, images without cells are of it too. */
function categoriesOf(images: readonly SourceImage[]): (string | undefined)[] {
  const names = new Set(images.map(({ category }) => category).filter((name) => name !== undefined))
  const [only] = names
  return images.map(({ category }) => category ?? (names.size === 1 ? only : undefined))
}

function classesByPattern(images: readonly SourceImage[], pattern: string): (string | undefined)[] {
  const matches = matchNames(
    pattern,
    images.map(({ file }) => basename(file))
  )
  return matches.map((match) => match && (match.named['class'] ?? match.groups[1] ?? match.groups[0]))
}
