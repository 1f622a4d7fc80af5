import { count } from './common.ts'

export const generateWords = {
  title: 'Generate images',
  steps: { model: 'Model', amount: 'How many', look: 'First pictures', make: 'Make them' },
  questions: {
    model: 'Which model shall draw them?',
    amount: 'How many pictures, and how varied?',
    look: 'Are these good enough?',
    make: 'Ready to make them'
  },
  why: {
    model: 'Each model draws the kinds of cells that it learned.',
    amount: 'The same seed makes the same pictures again.',
    look: 'Sixteen pictures of this model. They are not kept.',
    make: 'Pictures, masks and outlines go into your workspace, each marked as synthetic.'
  },
  noModel: 'There is no model yet that could draw.',
  train: 'Train a model',
  choose: 'Choose a model first.',
  builtIn: (classes: string) => `Built-in: ${classes}`,
  own: (classes: string, iteration: number) => `${classes}; ${count(iteration, 'practice round')}`,
  noMask: 'It makes pictures without masks.',
  perClass: 'Pictures of each kind',
  allTogether: (pictures: number) => `${count(pictures, 'picture')} in all`,
  notNumber: 'A whole number from 1 to 100,000 is needed.',
  variety: 'More typical, or more varied?',
  typical: 'typical',
  varied: 'varied',
  varietyNote: 'Typical pictures look better one by one; varied ones show more of what there is. Usually 1.',
  seed: 'Seed',
  filter: 'Take cells out of the masks that are smaller, larger or more ragged than any real one',
  drawing: 'Drawing sixteen pictures …',
  again: 'Draw them again',
  approve: 'These are good enough',
  approveFirst: 'Look at the pictures and say that they are good enough.',
  failed: 'They could not be drawn: see above.',
  cells: (cells: number) => `${cells.toFixed(1)} cells a picture.`,
  name: 'Name of the set',
  sentence: (pictures: number, model: string, seed: string) =>
    `${count(pictures, 'picture')} by “${model}”, with the seed ${seed}.`,
  make: 'Make them',
  making: 'Making pictures …',
  note: 'Next, you look through them and take out what you do not want.',
  gallery: 'Look through them',
  done: (pictures: number, cells: number) => `${count(pictures, 'picture')} with ${count(cells, 'cell')} are made.`
}
