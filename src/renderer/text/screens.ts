import { type Section } from '../router.ts'
import { count } from './common.ts'

export const sectionTitles: Readonly<Record<Section, string>> = {
  home: 'Home',
  images: 'Images',
  models: 'Models',
  sets: 'Synthetic sets',
  studies: 'Studies',
  packages: 'Packages',
  settings: 'Settings',
  work: 'Work',
  trash: 'Trash'
}

export const shellWords = {
  sections: 'Sections',
  more: 'More',
  dropping: (files: number) => `Copying ${count(files, 'file')} …`,
  toContent: 'Skip to the content',
  atWork: (tasks: number) => `${count(tasks, 'task')} under way`,
  tasks: 'Tasks',
  noTasks: 'Nothing is under way.',
  allTasks: 'All tasks',
  shortcuts: 'Keyboard shortcuts',
  close: 'Close',
  waiting: 'Loading …',
  processorPack: 'Processor, with pack',
  graphicsCard: 'NVIDIA graphics card',
  slow: 'Processor: slow.',
  speedUp: 'Speed up'
}

/** What keys do, by where they do it. */
export const shortcuts: readonly {
  readonly where: string
  readonly keys: readonly (readonly [string, string])[]
}[] = [
  {
    where: 'Everywhere',
    keys: [
      ['?', 'show this list'],
      ['G then H', 'home'],
      ['G then I', 'images'],
      ['G then M', 'models'],
      ['G then S', 'synthetic sets'],
      ['G then P', 'packages'],
      ['G then W', 'work'],
      ['Esc', 'close a dialog']
    ]
  },
  {
    where: 'In a gallery',
    keys: [
      ['Arrows', 'go to another picture'],
      ['Shift + arrows', 'choose several'],
      ['O', 'outlines'],
      ['M', 'masks'],
      ['Space', 'all overlays'],
      ['C', 'auto contrast'],
      ['A', 'accept'],
      ['R', 'reject'],
      ['U or Ctrl + Z', 'undo'],
      ['Enter', 'to the large picture']
    ]
  },
  {
    where: 'On the large picture',
    keys: [
      ['+ and −', 'nearer, farther'],
      ['0', 'whole picture'],
      ['Arrows', 'move'],
      ['Enter', 'the cell in the middle']
    ]
  }
]

/** Letters that follow G. */
export const goTo: Readonly<Record<string, Section>> = {
  h: 'home',
  i: 'images',
  m: 'models',
  s: 'sets',
  u: 'studies',
  p: 'packages',
  w: 'work'
}
