import { type DemoState, type DemoStep, type StepState } from '../../shared/demo.ts'
import { type ScoreAnchors } from '../../shared/training.ts'
import { count, duration, number, score } from './common.ts'

export const homeWords = {
  productName: 'CytoLoom',
  title: 'Home',
  staysHere: 'Everything stays on this computer',
  headline: 'From a few annotated cell images to as many as you need',
  introduction:
    'CytoLoom looks at microscopy images in which cells are outlined, learns how they look, and makes new images with every cell already outlined.',
  waiting: 'Loading …'
}

export const sampleWords = {
  title: 'The sample',
  setName: 'First pictures',
  start: 'Try the sample',
  starting: 'Starting …',
  options: 'Choose how long to train',
  minutes: 'Minutes of training',
  minutesHelp:
    'More time gives better pictures: a few minutes show only the beginning, the paper’s models trained for days. Leave it empty for the usual time.',
  minutesInvalid: 'Enter a number of minutes above 0 and up to 600, or leave it empty.',
  again: 'Run again',
  cancelled: 'The sample was cancelled. What was finished before is kept in your workspace.'
}

export const stepTitles: Readonly<Record<DemoStep, string>> = {
  first: 'Make the first pictures with the built-in model',
  import: 'Import the images and their outlines',
  prepare: 'Turn the outlines into masks',
  train: 'Learn how the cells look',
  evaluate: 'Score the pictures',
  generate: 'Make new pictures with masks',
  package: 'Pack them for a colleague'
}

export const stepStates: Readonly<Record<StepState['state'], string>> = {
  waiting: 'waiting',
  running: 'in progress',
  paused: 'paused',
  done: 'done',
  failed: 'did not work',
  cancelled: 'cancelled'
}

export const runningWords = {
  steps: 'Steps',
  pause: 'Pause',
  stopping: 'Stopping at the next safe point …',
  resume: 'Resume',
  resuming: 'Resuming …',
  cancel: 'Cancel',
  confirmTitle: 'Cancel the sample?',
  confirmText:
    'Training stops, and this attempt cannot be resumed. What is finished stays in your workspace. To continue later, pause instead.',
  confirmYes: 'Cancel the sample',
  confirmNo: 'Keep it',
  canClose: 'You can close this page: the work continues as long as CytoLoom is running.',
  pausedSafe: 'Paused, and nothing is lost: resume whenever you like, even after closing CytoLoom.',
  notices: 'Good to know'
}

export const liveWords = {
  sheetTitle: 'What it can draw so far',
  sheetWaiting: 'The first pictures appear here as soon as training has begun.',
  sheetAlt: (rounds: number) =>
    `Sheet of generated cell pictures beside their masks, after ${count(rounds, 'practice round')}`,
  sheetCaption:
    'Each picture is drawn from nothing, with its mask beside it: every cell in a gray tone of its own. One row for each class.',
  sheetScrub: 'Look back in time',
  sheetNewest: 'newest',
  sheetPlace: (position: number, of: number) => `sheet ${number(position)} of ${number(of)}`,
  curveTitle: 'Picture quality score',
  curveHelp: (metric: string | undefined) =>
    metric === undefined
      ? 'The distance from real pictures: lower is better.'
      : `The distance from real pictures (${metric}): lower is better.`,
  curveWaiting: 'No score yet: the first comes after some minutes of training.',
  curveX: 'practice rounds',
  curveY: 'score, lower is better',
  curveBest: (value: number) => `best so far ${score(value)}`,
  curveStart: 'at the start',
  curveTable: 'Show the numbers',
  curveRound: 'Practice rounds',
  curveScore: 'Score',
  curveIsBest: 'best',
  barReal: (value: number) => `real pictures ${score(value)}`,
  barNow: (value: number) => `now ${score(value)}`,
  barBeyond: ', worse than empty pictures',
  barEmpty: (value: number) => `empty pictures ${score(value)}`
}

export const resultWords = {
  title: 'Done: your first synthetic cells',
  failedTitle: 'The sample stopped',
  tryAgain: 'Start again',
  packageTitle: 'The package for a colleague',
  packageHelp: 'A zip file with pictures, masks and outlines; it opens with or without CytoLoom.',
  copyPlace: 'Copy path',
  lookBack: 'How it learned'
}

export const setWords = {
  first: 'The first pictures, by the built-in model',
  firstWaiting: 'The first pictures come within seconds …',
  before: 'For comparison: before it learned from the sample',
  made: 'The new pictures',
  all: (pictures: number) => `Look at all ${number(pictures)} in the gallery`
}

export const startWords = {
  title: 'Start something',
  sample: {
    title: 'Try the sample',
    text: 'New pictures of nuclei within seconds, each with its cells outlined. Nothing to prepare, nothing to decide, and no picture leaves this computer.'
  },
  images: {
    title: 'Start with my images',
    text: 'A folder of microscopy images with outlined cells. Some dozens are enough to begin; your files are only read.',
    button: 'Add my images'
  },
  package: {
    title: 'Open a package',
    text: 'A file that a colleague made with CytoLoom. It is checked before anything of it is taken in.',
    button: 'Open a package',
    choose: 'Choose the file',
    begun: 'It is being checked and taken in: see the tasks above.'
  }
}

export const firstWords = {
  running: 'Making the first pictures',
  soon: 'The built-in model starts up and draws. This takes some seconds.',
  done: 'The first pictures',
  help: 'No cell here is real: the built-in model has learned from nuclei how such pictures look, and outlines every cell as it draws it.',
  stopped: 'The first pictures were not finished',
  look: 'Look at them in the gallery',
  mine: 'Now with my images',
  learnTitle: 'Watch it learn',
  learnText:
    'The model can go on learning from the sample’s images before your eyes: about five minutes on an ordinary computer, while you do something else.',
  learn: 'Let it learn on',
  again: 'Try again'
}

export const draftWords = {
  title: 'Continue where you left off',
  discard: 'Discard',
  wizards: {
    images: 'Adding images',
    train: 'Training a model',
    generate: 'Making pictures',
    share: 'Packing a set',
    study: 'Planning a study'
  }
}

export const recentWords = {
  title: 'Recent',
  kinds: {
    dataset: 'Images',
    prepared: 'Version for training',
    run: 'Model',
    'built-in': 'Built-in model',
    synthetic: 'Synthetic set',
    package: 'Package',
    study: 'Study',
    segmenter: 'Segmentation network'
  }
}

export const workspaceWords = {
  folder: 'Your workspace:'
}

export const runStates = {
  running: 'learning',
  paused: 'paused',
  stopped: 'ready, stopped early',
  finished: 'ready',
  failed: 'needs attention'
}

/** The heading while the sample runs, or after it stopped on the way. */
export function demoHeading(demo: DemoState, current: StepState | undefined): string {
  if (demo.state === 'paused') return 'Paused'
  if (demo.state === 'stopping') return 'Stopping'
  if (current === undefined) return 'Getting ready'
  const position = demo.steps.indexOf(current) + 1
  return `Step ${position} of ${demo.steps.length}: ${stepTitles[current.step]}`
}

/** What a listener hears when the state changes; not at every percent. */
export function announcement(demo: DemoState, current: StepState | undefined): string {
  switch (demo.state) {
    case 'idle':
      return ''
    case 'running':
      return demoHeading(demo, current)
    case 'stopping':
      return 'The sample stops at its next safe point.'
    case 'paused':
      return 'The sample is paused.'
    case 'done':
      return 'The sample is done. The new pictures are below.'
    case 'failed':
      return 'The sample stopped because of a problem.'
    case 'cancelled':
      return 'The sample was cancelled.'
  }
}

export function tookTime(seconds: number): string {
  return `It took ${duration(seconds)} in all.`
}

/** When a sheet was drawn. */
export function sheetTime(rounds: number, seconds: number): string {
  return rounds === 0
    ? 'Before the first practice round.'
    : `After ${duration(seconds)}, ${count(rounds, 'practice round')}.`
}

/** What the bar says to someone who does not see it. */
export function barSummary(latest: number, best: number, { real = 0, empty }: ScoreAnchors): string {
  return `The score now is ${score(latest)}, the best ${score(best)}, where real pictures get ${score(real)} and empty ones ${score(empty)}.`
}

/** What a chart says to someone who does not see it. */
export function curveSummary(scores: readonly { iteration: number; value: number }[]): string {
  const [first, last] = [scores.at(0), scores.at(-1)]
  if (first === undefined || last === undefined) return liveWords.curveWaiting
  const best = scores.reduce((a, b) => (b.value < a.value ? b : a))
  return `Picture quality score over practice rounds: ${score(first.value)} at ${number(first.iteration)}, ${score(last.value)} at ${number(last.iteration)}; best ${score(best.value)} at ${number(best.iteration)}. Lower is better.`
}
