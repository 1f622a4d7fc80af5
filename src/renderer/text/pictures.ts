import {
  type CellAnswer,
  type ListedPicture,
  type PictureFlag,
  type PictureList,
  type Verdict
} from '../../shared/pictures.ts'
import { count, number, percent } from './common.ts'

export const viewerWords = {
  zoom: 'Zoom',
  nearer: 'Nearer',
  farther: 'Farther',
  whole: 'Whole picture'
}

export const pictureWords = {
  panel: 'The chosen picture',
  flagged: 'Worth a look',
  background: 'No cell is marked here.',
  pickHelp: 'Click a cell for its number, area and neighbours.',
  accept: 'Accept',
  reject: 'Reject',
  moreLikeThis: 'More like this'
}

export const galleryWords = {
  waiting: 'Loading …',
  none: 'There are no pictures in it.',
  noneOfThese: 'No picture fits this choice.',
  classes: 'Classes',
  shown: 'What is shown',
  all: 'All',
  outlines: 'Outlines',
  masks: 'Masks',
  contrast: 'Auto contrast',
  order: 'Order',
  asMade: 'As made',
  suspicion: 'Most suspicious first',
  fit: 'Worst mask fit first',
  filter: 'Show',
  flagged: 'Flagged',
  rejected: 'Rejected',
  undo: 'Undo',
  rejectFlagged: 'Reject all flagged',
  acceptRest: 'Accept all without flags',
  undone: 'Taken back.',
  judged: (pictures: number, verdict: Verdict | undefined) =>
    `${count(pictures, 'picture')} ${verdict ?? 'without a verdict'}.`
}

/** What a picture is called by who cannot see it. */
export function tileAlt({ name, class: className, annotated, cells, verdict }: ListedPicture): string {
  const facts = [className, annotated ? count(cells, 'cell') : 'no outlines', ...(verdict ? [verdict] : [])]
  return `${name}: ${facts.join(', ')}`
}

const flagWords: Readonly<Record<PictureFlag, string>> = {
  empty: 'Its mask shows no cell.',
  fragments: 'Pieces too small to be cells were taken out of its mask.',
  merges: 'Something larger than any real cell was taken out of its mask: cells that have run together, perhaps.',
  ragged: 'A cell with too ragged an outline was taken out of its mask.',
  'too-many': 'It shows far more cells than a real picture of this class.',
  'poor-fit': 'Its mask and its picture hardly agree on where the cells are.',
  'copy-of-training': 'It is very much like a picture that the model learned from.',
  'copy-of-another': 'It is very much like another picture of this set.'
}

export function flagSentences({ flags = [] }: ListedPicture): string[] {
  return flags.map((flag) => flagWords[flag])
}

export function pictureFacts(
  picture: ListedPicture,
  made: PictureList['made']
): { readonly term: string; readonly text: string }[] {
  const { name, class: className, width, height, annotated, cells, split, time, maskFit, position } = picture
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['File', name],
    ['Class', className],
    ['Size', `${number(width)} × ${number(height)} pixels`],
    ['Cells', annotated ? number(cells) : 'not outlined'],
    ['Used for', split],
    ['Time', time === undefined ? undefined : `${number(time)} h`],
    ['Mask fit', maskFit === undefined ? undefined : percent(maskFit)],
    ['Seed', made && `${made.seed}, picture ${number(position + 1)}`],
    ['Truncation', made && String(made.truncation)],
    ['Practice rounds', made && number(made.iteration)]
  ]
  return facts.flatMap(([term, text]) => (text === undefined ? [] : [{ term, text }]))
}

export function cellSentence({ id, area, neighbours }: NonNullable<CellAnswer['cell']>): string {
  const touching =
    neighbours.length === 0 ? 'touches no other cell' : `touches ${neighbours.map((each) => `cell ${each}`).join(', ')}`
  return `Cell ${id}: ${count(area, 'pixel')}, ${touching}.`
}

/** Only rejected pictures stay behind. */
export function countsSentence(pictures: readonly ListedPicture[]): string {
  const rejected = pictures.filter(({ verdict }) => verdict === 'rejected').length
  const stay =
    rejected === 0
      ? ''
      : `, ${number(rejected)} rejected: ${number(pictures.length - rejected)} go into packages and studies`
  return `${count(pictures.length, 'picture')}${stay}.`
}

/** `real: 3.2 cells a picture, these: 2.9`, over the classes that have both. */
export function healthSentence(health: NonNullable<PictureList['health']>): string {
  const both = health.flatMap(({ generated, real }) => (real ? [{ generated, real }] : []))
  if (both.length === 0) return ''
  const mean = (values: readonly number[]) => (values.reduce((a, b) => a + b, 0) / values.length).toFixed(1)
  const [real, these] = [both.map((each) => each.real.cells), both.map((each) => each.generated.cells)]
  return `Real: ${mean(real)} cells a picture, these: ${mean(these)}.`
}
