import { type PackageFormat } from '../../shared/packages.ts'
import { count, fileSize } from './common.ts'

/** Whom a package is for. */
export const receivers = ['colleague', 'cellpose', 'stardist', 'fiji', 'qupath', 'coco', 'deepcell', 'yolo'] as const
export type Receiver = (typeof receivers)[number]

export const receiverWords: Readonly<
  Record<Receiver, { readonly title: string; readonly text: string; readonly formats: readonly PackageFormat[] }>
> = {
  colleague: {
    title: 'A colleague with CytoLoom',
    text: 'One file that opens there, and is checked.',
    formats: ['coco', 'labels']
  },
  cellpose: { title: 'Cellpose', text: 'Pictures with “_masks” beside them.', formats: ['labels', 'cellpose'] },
  stardist: { title: 'StarDist', text: 'Folders “images” and “masks”, 16-bit TIFF.', formats: ['labels', 'stardist'] },
  fiji: { title: 'Fiji (ImageJ)', text: 'TIFF pictures with a zip of ROIs each.', formats: ['labels', 'imagej'] },
  qupath: { title: 'QuPath', text: 'TIFF pictures with GeoJSON objects.', formats: ['labels', 'qupath'] },
  coco: { title: 'COCO', text: 'For Detectron, MMDetection and others: one JSON.', formats: ['labels', 'coco'] },
  deepcell: { title: 'DeepCell', text: 'npz tables as TissueNet has them.', formats: ['labels', 'tissuenet'] },
  yolo: { title: 'YOLO', text: 'A text file of outlines for each picture.', formats: ['labels', 'yolo'] }
}

export const shareWords = {
  title: 'Pack for others',
  steps: { set: 'What', receiver: 'For whom', place: 'Where to', about: 'Whose it is', make: 'Pack' },
  questions: {
    set: 'What shall be packed?',
    receiver: 'Who is it for?',
    place: 'Where shall the file go?',
    about: 'Whose work is it, and who may use it?',
    make: 'Ready to pack'
  },
  why: {
    set: 'A synthetic set, or images with their outlines.',
    receiver: 'Every package can also be opened by CytoLoom.',
    place: 'A folder on this computer or on a drive. Nothing is ever overwritten.',
    about: 'It stands in the package, where everybody can read it.',
    make: 'The file is written, read back and checked before it counts as done.'
  },
  nothing: 'There is nothing to pack yet.',
  generate: 'Generate images',
  choose: 'Choose something first.',
  synthetic: (images: number, cells: number) => `Synthetic: ${count(images, 'picture')}, ${count(cells, 'cell')}`,
  dataset: (images: number, cells: number) => `Your images: ${count(images, 'picture')}, ${count(cells, 'cell')}`,
  real: 'These are your own images, not synthetic ones: make sure that you may pass them on.',
  noReceiver: 'Choose at least one.',
  noFolder: 'Choose a folder first.',
  folder: 'Folder',
  other: 'Choose another folder',
  file: 'Name of the file',
  fileTaken: (name: string) => `“${name}” is there already; this one will be called`,
  author: 'Author',
  license: 'Licence',
  licenses: ['CC0 1.0', 'CC BY 4.0', 'CC BY-NC 4.0', 'all rights reserved'],
  unstated: 'not stated',
  optional: 'You can leave both empty: then the package says “not stated”.',
  contents: 'What will be in it',
  always: 'Pictures, masks, previews, a list with checksums, and a text that explains them',
  syntheticNote: 'A statement in every file that these pictures are synthetic.',
  size: (bytes: number, free: number) => `About ${fileSize(bytes)} in all; ${fileSize(free)} are free.`,
  sizing: 'How large it will be is being worked out …',
  pack: 'Pack',
  packing: 'Packing and checking …',
  note: 'Next, you see where it is.',
  example: (place: number) => `Picture ${place}`,
  done: (file: string, bytes: number) => `${file} is packed and checked: ${fileSize(bytes)}.`,
  show: 'Show in folder',
  copy: 'Copy path',
  end: 'To the packages',
  mayNot: (message: string) => message
}

export const openWords = {
  title: 'Open a package',
  steps: { file: 'The file', checked: 'What it is', take: 'Take it in' },
  questions: { file: 'Which package?', checked: 'Is this what you expected?', take: 'What shall it be called here?' },
  why: {
    file: 'A package that somebody made with CytoLoom, as .cytoloom or .zip.',
    checked: 'All of it was read and compared with its own list. Nothing was taken yet.',
    take: 'A copy goes into your workspace; the file stays as it is.'
  },
  none: 'Choose a file first.',
  check: 'Check it',
  checkNote: 'Next, every file in it is checked; nothing is taken yet.',
  checking: 'Checking every file in it …',
  checkAgain: 'Check again',
  notChecked: 'It is being checked.',
  bad: 'This package cannot be taken: see above.',
  facts: {
    name: 'Name',
    holds: 'Holds',
    synthetic: 'Synthetic pictures',
    dataset: 'Images with outlines',
    author: 'Author',
    license: 'Licence',
    created: 'Made on',
    software: 'Made with',
    kinds: 'Kinds',
    checks: 'Checked',
    all: (entries: number) => `all ${count(entries, 'file')} are whole and as listed`,
    unchecked: (entries: number) => `${count(entries, 'copy', 'copies')} for other programs could not be compared`
  },
  name: 'Name',
  take: 'Take it in',
  taking: 'Taking it in …',
  done: 'Look at it'
}
