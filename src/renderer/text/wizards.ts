import { type ListedFile } from '../../shared/file-list.ts'
import { count, number } from './common.ts'

export const wizardWords = {
  saved: 'Every answer is kept.',
  discard: 'Discard',
  discardTitle: 'Discard these answers?',
  discardText: 'What is already in your workspace stays. The answers of this form are thrown away.',
  discardYes: 'Discard them',
  discardNo: 'Keep them',
  steps: 'Steps',
  back: 'Back',
  next: 'Next',
  pictures: 'Your pictures',
  loading: 'Loading …',
  taken: (name: string) => `“${name}” exists already: nothing is ever overwritten.`,
  misunderstood: 'This answer cannot be meant so.',
  nameNeeded: 'A name is needed.',
  call: (name: string) => `Call it “${name}”`
}

export const browserWords = {
  title: 'Files on this computer',
  path: 'Path',
  go: 'Go there',
  places: 'Places',
  way: 'Where you are',
  up: 'Up one folder',
  loading: 'Reading the folder …',
  empty: 'Nothing to see here.',
  locked: 'may not be opened',
  take: 'Take this folder',
  systemDialog: 'Choose with the system’s dialog',
  takeFile: (name: string) => `Take “${name}”`,
  chosen: 'Chosen',
  more: (files: number) => `and ${count(files, 'more file')}`,
  kinds: {
    folder: 'folder',
    picture: 'picture',
    annotation: 'outlines or table',
    archive: 'zip',
    package: 'CytoLoom package',
    model: 'network weights',
    foreign: 'format that is not read',
    other: 'other file'
  } satisfies Record<ListedFile['kind'], string>
}

/** `41 pictures, 2 annotation files, 3 folders`. */
export function contentsOf(counts: Readonly<Record<ListedFile['kind'], number>>): string {
  const parts: [number, string, string?][] = [
    [counts.picture, 'picture'],
    [counts.annotation, 'file with outlines or tables', 'files with outlines or tables'],
    [counts.archive, 'zip'],
    [counts.package, 'package'],
    [counts.folder, 'folder'],
    [counts.foreign, 'file in a format that is not read', 'files in formats that are not read'],
    [counts.other, 'other file']
  ]
  const named = parts.filter(([value]) => value > 0).map(([value, one, many]) => count(value, one, many))
  return named.length === 0 ? browserWords.empty : named.join(', ')
}

export const pictureWords = {
  look: 'Look at',
  picture: 'Picture',
  outlined: 'Outlines',
  tones: 'Tones',
  graph: 'Neighbours',
  waiting: 'Your pictures appear here.',
  loading: 'Drawing …',
  cells: (cells: number) => count(cells, 'cell'),
  size: (width: number, height: number) => `${number(width)} × ${number(height)}`,
  keys: 'M shows the next view.'
}
