import { basename } from 'node:path'
import type { Dataset, DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import type { Remedy } from '../../shared/remedies.ts'
import type { FrozenStudy, PlanStudyRequest, StudyImage } from '../../shared/studies.ts'
import { matchNames } from '../datasets/name-patterns.ts'
import { dealByWell, type Part, thinOut } from '../study/deal-images.ts'
import { type Stage, stagesOf } from '../study/stages.ts'
import { requireApart } from '../study/leakage.ts'

export interface ChosenImages extends Pick<FrozenStudy, 'images' | 'classes' | 'stages'> {
  readonly notes: readonly string[]
}

/** In the small preset: as many as are scored, and as many as choose the checkpoint. */
const smallTest = 16
const smallValidation = 4

/**
 * The images of a study and where each may be used. By the data set's own split where it has training and test images, else
 * dealt by wells.
 *
 * @throws AppError of kind `input` for images that no honest study can be made of
 */
export function chooseStudyImages(
  dataset: Dataset,
  images: readonly DatasetImage[],
  request: PlanStudyRequest
): ChosenImages {
  const annotated = annotatedOf(dataset, images, request)
  const { wells, note } = wellsOf(annotated, request)
  const placed = annotated.map((image, i) => ({ ...image, well: wells[i] ?? image.group }))
  const isSmall = request.preset === 'small'
  const dealt = hasOwnSplit(placed) ? byOwnSplit(placed) : dealtAnew(placed, request)
  const all = placed.flatMap((image) => {
    const split = dealt.parts.get(image.id)
    return split === undefined ? [] : [studyImage(image, split)]
  })
  requireApart(all)
  const kept = isSmall ? [...inPart(all, 'train'), ...small(all, request.seed)] : all
  const classes = [...new Set(kept.map((image) => image.class))].sort()
  const notes = [...note, ...dealt.notes]
  requireWhole(kept, classes)
  if (request.design !== 'table4') return { images: kept, classes, notes }
  return { classes, notes, ...withStages(kept, classes) }
}

function annotatedOf(
  { name }: Dataset,
  images: readonly DatasetImage[],
  { leaveOut = [] }: PlanStudyRequest
): DatasetImage[] {
  const known = new Set(images.map((image) => image.class))
  const unknown = leaveOut.filter((each) => !known.has(each))
  if (unknown.length > 0) {
    throw refuse(`"${name}" has no class "${unknown.join('", "')}".`, {
      next: `It has: ${[...known].sort().join(', ')}.`
    })
  }
  const annotated = images.filter((image) => image.annotated && image.cells > 0 && !leaveOut.includes(image.class))
  if (annotated.length >= 3) return annotated
  throw refuse(
    `"${name}" has ${annotated.length} annotated images with cells: a study needs images to train and to test with.`,
    {
      next: 'Import more of them together with their annotation.',
      remedies: [{ action: 'import-again', option: 'annotations' }]
    }
  )
}

/** LIVECell's names tell the well; elsewhere a rule does, and without one each frame stands for itself. */
function wellsOf(
  images: readonly DatasetImage[],
  { wells }: PlanStudyRequest
): { readonly wells: readonly string[]; readonly note: readonly string[] } {
  const names = images.map(({ file }) => basename(file))
  if (wells === 'none') return { wells: images.map(({ group }) => group), note: [] }
  if (wells === undefined) {
    const own = matchNames(livecellWell, names)
    if (own.every((match) => match !== undefined))
      return { wells: own.map((match) => wellName(match.groups)), note: [] }
    const note =
      'No rule of this study tells wells, plates or donors: kept together are crops of one frame, and what was said to belong together when the images were taken in.'
    return { wells: images.map(({ group }) => group), note: [note] }
  }
  const matches = matchNames(patternOf(wells), names)
  const without = matches.findIndex((match) => match === undefined)
  if (without < 0) return { wells: matches.map((match) => wellName(match?.groups ?? [])), note: [] }
  throw refuse(`The rule for wells finds none in the name of ${names[without] ?? ''}.`, {
    next: 'Choose a rule that fits all names, or none.',
    remedies: [{ action: 'set-option', option: 'wells' }]
  })
}

const livecellWell = '^([A-Za-z0-9]+)_Phase_([A-H]\\d{1,2})_'

function patternOf(rule: string): string {
  if (rule.startsWith('filename:')) return rule.slice('filename:'.length)
  throw refuse(`"${rule}" is not a rule for wells.`, {
    next: 'The rules are "filename:REGEX" and "none".',
    remedies: [{ action: 'set-option', option: 'wells' }]
  })
}

function wellName(groups: readonly (string | undefined)[]): string {
  const [whole, ...parts] = groups
  return parts.length === 0 ? (whole ?? '') : parts.filter((part) => part !== undefined).join(' ')
}

interface Placed extends DatasetImage {
  readonly well: string
}

interface Dealing {
  readonly parts: ReadonlyMap<number, Part>
  readonly notes: readonly string[]
}

function hasOwnSplit(images: readonly Placed[]): boolean {
  const kinds = new Set(images.map(({ split }) => split ?? 'train'))
  return kinds.has('train') && kinds.has('test')
}

/** Validation is taken from its training wells where the data set has none. */
function byOwnSplit(images: readonly Placed[]): Dealing {
  const known = (split: string | undefined): Part => (split === 'test' || split === 'validation' ? split : 'train')
  const parts = new Map(images.map(({ id, split }) => [id, known(split)]))
  if ([...parts.values()].includes('validation')) return { parts, notes: [] }
  const wells = [...new Set(images.filter(({ split }) => known(split) === 'train').map(({ well }) => well))].sort()
  const spared = new Set(wells.filter((_, i) => i % 6 === 5 || (wells.length < 6 && i === wells.length - 1)))
  if (spared.size === wells.length) throw tooFewWells()
  for (const { id, well } of images) if (parts.get(id) === 'train' && spared.has(well)) parts.set(id, 'validation')
  return { parts, notes: ['The data set comes without validation images: some of its training wells are used for it.'] }
}

function dealtAnew(images: readonly Placed[], { seed, preset }: PlanStudyRequest): Dealing {
  const { parts, leftOut } = dealByWell(images, seed)
  if (leftOut.length === 0) return { parts, notes: [] }
  const names = leftOut.map((name) => `"${name}"`).join(', ')
  const sentence = `All images of ${names} are of one well, so that nothing of it can be tested apart from what was trained on.`
  if (preset === 'small' && parts.size > 0) return { parts, notes: [`${sentence} It is left out.`] }
  throw refuse(sentence, {
    next: 'Leave these classes out, or add images of other wells.',
    remedies: leaveOutOf(leftOut, images)
  })
}

/** Nothing would be left of all classes. */
function leaveOutOf(names: readonly string[], images: readonly { readonly class: string }[]): Remedy[] {
  const isAll = images.every((image) => names.includes(image.class))
  return isAll ? [] : [{ action: 'set-option', option: 'leaveOut', value: [...names] }]
}

function tooFewWells() {
  return refuse('All training images are of one well: none can be spared to choose checkpoints with.', {
    next: 'Add images of other wells.'
  })
}

function studyImage(
  { id, file, class: name, time, well, width, height, cells, sha256 }: Placed,
  split: Part
): StudyImage {
  return { id, file, class: name, ...(time === undefined ? {} : { time }), well, width, height, cells, sha256, split }
}

function inPart(images: readonly StudyImage[], part: Part): StudyImage[] {
  return images.filter(({ split }) => split === part)
}

function small(images: readonly StudyImage[], seed: number): StudyImage[] {
  return [
    ...thinOut(inPart(images, 'validation'), smallValidation, seed),
    ...thinOut(inPart(images, 'test'), smallTest, seed)
  ]
}

/** @throws AppError of kind `input` where a class cannot be trained on or tested */
function requireWhole(images: readonly StudyImage[], classes: readonly string[]): void {
  for (const part of ['train', 'test'] as const) {
    const missing = classes.filter((name) => !images.some((image) => image.class === name && image.split === part))
    if (missing.length === 0) continue
    throw refuse(
      `No ${part === 'train' ? 'training' : 'test'} image is of ${missing.map((each) => `"${each}"`).join(', ')}.`,
      {
        next: 'Leave these classes out, or add images of them.',
        remedies: leaveOutOf(missing, images)
      }
    )
  }
  if (inPart(images, 'validation').length === 0) throw tooFewWells()
}

/** @throws AppError of kind `input` where there are no time points */
function withStages(
  images: readonly StudyImage[],
  classes: readonly string[]
): Pick<ChosenImages, 'images' | 'stages'> {
  const without = inPart(images, 'test').find(({ time }) => time === undefined)
  if (without !== undefined) {
    throw refuse(`Early, middle and late cannot be told apart: ${without.file} has no time point.`, {
      next: 'Import the data set again with a rule for times, or choose another design.',
      remedies: [{ action: 'import-again', option: 'timeFrom' }]
    })
  }
  const byClass = new Map<string, ReadonlyMap<number, Stage>>()
  for (const name of classes) {
    const own = inPart(images, 'test').filter((image) => image.class === name)
    byClass.set(name, stagesOf(own.flatMap(({ time }) => time ?? [])))
  }
  const stages = [...byClass].map(([name, of]) => ({
    class: name,
    early: [...of].filter(([, stage]) => stage === 'early').map(([time]) => time),
    late: [...of].filter(([, stage]) => stage === 'late').map(([time]) => time)
  }))
  const staged = images.map((image) => {
    const stage = image.split === 'test' ? byClass.get(image.class)?.get(image.time ?? NaN) : undefined
    return stage === undefined ? image : { ...image, stage }
  })
  return { images: staged, stages }
}
