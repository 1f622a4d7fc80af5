import { abilities, type Asked, type Task, type TaskKind, type TaskState } from '../../shared/tasks.ts'
import { count, duration, percent, timeLeft } from './common.ts'

export const taskWords = {
  title: 'Work',
  introduction:
    'Everything that takes longer than a moment. You can close this page: the work continues as long as CytoLoom is running.',
  listTitle: 'In progress and recently ended',
  empty: 'Nothing is in progress. Start something here, or let the sample show you the whole process.',
  waiting: 'Loading …',
  parts: 'Steps',
  notices: 'Good to know',
  moveUp: 'Move up',
  report: 'Result',
  reportWaiting: 'Looking …',
  troubles: 'Left out, or worth a look',
  more: (number: number) => `and ${count(number, 'more', 'more')}`,
  copyPath: 'Copy path'
}

export const kindTitles: Readonly<Record<TaskKind, string>> = {
  look: 'Look at images first',
  import: 'Import images',
  prepare: 'Prepare images for training',
  train: 'Train a model',
  resume: 'Train a model further',
  evaluate: 'Score a model',
  generate: 'Generate pictures',
  segment: 'Train a segmentation model',
  predict: 'Find cells',
  score: 'Compare cells',
  package: 'Pack for other programs',
  verify: 'Check a package',
  open: 'Open a package',
  'engine-build': 'Download an acceleration pack',
  'engine-install': 'Install an acceleration pack',
  estimate: 'Estimate time and room',
  sample: 'The sample',
  study: 'Study',
  'study-task': 'Part of a study'
}

export const taskStates: Readonly<Record<TaskState, string>> = {
  waiting: 'waiting',
  running: 'in progress',
  stopping: 'stopping',
  paused: 'paused',
  done: 'done',
  failed: 'did not work',
  cancelled: 'cancelled',
  interrupted: 'interrupted'
}

export const askedWords: Readonly<Record<Asked, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  keep: 'Stop and keep',
  cancel: 'Cancel',
  again: 'Start again',
  dismiss: 'Dismiss'
}

/** What a person should know about it beside its state, or undefined where the state says all. */
export function explanation(task: Task, before: number | undefined): string | undefined {
  if (task.state === 'waiting') return waitingSentence(before)
  if (task.state === 'paused' && task.started === undefined) return 'It has not started yet.'
  if (task.state === 'cancelled' && abilities[task.kind].keeps === true) {
    return 'Whatever it had learned by then is in the trash.'
  }
  return explanations[task.state]
}

const explanations: Readonly<Partial<Record<TaskState, string>>> = {
  stopping: 'It stops at its next safe point.',
  paused: 'Everything up to here is saved. Resume whenever you like, even after closing CytoLoom.',
  interrupted: 'CytoLoom was closed in the middle of it. Half-made things were removed; you can start it again.',
  cancelled: 'Nothing half-made was left behind.'
}

/** @param before how many wait in front of it, where it waits for the compute engine */
function waitingSentence(before: number | undefined): string {
  if (before === undefined) return 'It starts as soon as there is room.'
  if (before === 0) return 'Next: it starts as soon as the compute engine is free.'
  return `It waits for the compute engine, with ${count(before, 'task')} in front of it.`
}

/** `34 %, about 3 minutes left`; what a finished one came to, and how long it took. */
export function progressText(task: Task): string {
  const { state, done, total, secondsLeft, summary, seconds } = task
  if (state === 'done')
    return [summary?.replace(/\.$/, ''), seconds < 1 ? '' : `took ${duration(seconds)}`].filter(Boolean).join(' · ')
  if (done === undefined || !total) return ''
  const left = secondsLeft === undefined || state !== 'running' ? [] : [timeLeft(secondsLeft)]
  return [percent(Math.min(1, done / total)), ...left].join(' · ')
}

export function cancelQuestion({ kind, name, state }: Task) {
  const instead = abilities[kind].pauses === true && state === 'running' ? ' To continue later, pause instead.' : ''
  return {
    title: `Cancel “${name}”?`,
    text: `It ends for good, and half-made things are removed. What was finished before stays.${instead}`,
    yes: 'Cancel it',
    no: 'Keep it'
  }
}

export const formWords = {
  title: 'Start something',
  needed: (label: string) => `“${label}” is needed.`,
  noNumber: (label: string) => `“${label}” is not a number above 0.`,
  begun: (name: string) => `“${name}” has started: see the list.`,
  choose: 'Choose …',
  estimate: 'Estimate time and room',

  import: {
    button: 'Import',
    look: 'Look first',
    source: 'Path of the folder, file or zip with your images',
    sourceHelp: 'Images with outlined cells. “Look first” reads everything, imports nothing and says what it found.',
    name: 'Name of the image set'
  },
  prepare: {
    button: 'Prepare',
    nothing: 'Import images with outlines first.',
    dataset: 'Image set',
    name: 'Name of the prepared set',
    tile: 'Tile size in pixels',
    tileHelp: 'The side of the squares that the model sees: large enough for several cells, small enough to be quick.'
  },
  train: {
    button: 'Train',
    nothing: 'Prepare images for training first.',
    prepared: 'Prepared set',
    name: 'Name of the model',
    preset: 'Goal',
    minutes: 'Minutes of training',
    minutesHelp:
      'If left empty, it trains until its goal is reached. It can be paused, and stopped and kept, at any time.'
  },
  generate: {
    button: 'Generate',
    nothing: 'Train a model first.',
    run: 'Model',
    name: 'Name of the synthetic set',
    count: 'Number of pictures'
  },
  package: {
    button: 'Pack',
    nothing: 'Import or generate pictures first.',
    set: 'Set',
    formats: 'Copies for',
    formatsHelp: 'Pictures, masks and a text that explains them are always included.',
    file: 'File to write'
  }
}

/** What a model is trained for, as people would say it. */
export const presetTitles = {
  quick: 'A first look, in minutes',
  demo: 'Small tiles, as in the sample',
  livecell: 'As published, for LIVECell: days',
  tissuenet: 'As published, for TissueNet: days'
}
