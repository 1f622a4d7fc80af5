import { type Estimate } from '../../shared/estimates.ts'
import { type PresetName } from '../../shared/presets.ts'
import { count, fileSize, number } from './common.ts'

export const trainWords = {
  title: 'Train a model',
  steps: { version: 'Images', start: 'Beginning', goal: 'Goal', details: 'Details', summary: 'Start' },
  questions: {
    version: 'What shall it learn from?',
    start: 'Where shall it begin?',
    goal: 'How far shall it go?',
    details: 'Do you want to change details?',
    summary: 'Ready to start'
  },
  why: {
    version: 'A version of your images, as you prepared it.',
    start: 'A model that knows similar cells needs less time than one that has seen nothing.',
    goal: 'Each was tried for some moments on this computer. You can pause at any time, and stop and keep what there is.',
    details: 'Nobody has to. Each value has been chosen for the goal, and can be set back.',
    summary: 'This is what will happen.'
  },
  noVersion: 'There is no version of images to learn from yet.',
  makeVersion: 'Prepare images',
  chooseVersion: 'Choose a version first.',
  chooseGoal: 'Choose a goal first.',
  version: (kinds: number, tile: number, channels: 'gray' | 'rgb') =>
    `${count(kinds, 'kind')} of cells, tiles of ${number(tile)} pixels, ${channels === 'gray' ? 'gray' : 'in colour'}`,
  nothing: { title: 'From nothing', text: 'It learns from your images alone.' },
  builtIn: (classes: string) => `The built-in model: ${classes}`,
  own: (iteration: number) => `One of yours, after ${count(iteration, 'practice round')}`,
  otherTile: (tile: number, wanted: number) =>
    `It makes pictures of ${number(tile)} pixels, and your tiles have ${number(wanted)}.`,
  otherChannels: 'One of both is gray, the other in colour.',
  goals: {
    quick: { title: 'A first look', text: 'Small networks, as good as about ten minutes allow on this computer.' },
    demo: { title: 'Small tiles, as in the sample', text: 'For tiles of 32 or 64 pixels: clear cells within an hour.' },
    livecell: {
      title: 'As published, for gray images',
      text: 'The networks of the paper, for phase contrast such as LIVECell.'
    },
    tissuenet: {
      title: 'As published, for colour',
      text: 'The networks of the paper, for stained tissue such as TissueNet.'
    }
  } satisfies Record<PresetName, { readonly title: string; readonly text: string }>,
  trying: 'Trying it on this computer …',
  waits: 'Is tried next.',
  ends: (date: string) => `Ends ${date}`,
  took: 'About',
  memory: 'Memory',
  memoryOf: (needed: number, available: number) => `${fileSize(needed)} of ${fileSize(available)}`,
  disk: (bytes: number, free: number) => `Up to ${fileSize(bytes)} on the disk, where ${fileSize(free)} is free.`,
  noMemory: 'It needs more memory than there is.',
  noDisk: 'It needs more room than the disk has.',
  couldFit: 'What would fit',
  notTried: 'It could not be tried.',
  fields: {
    minutes: { label: 'Minutes', meaning: 'Ends the training after so long, wherever it is then. Empty: at its goal.' },
    iterations: {
      label: 'Practice rounds',
      meaning: 'How often the networks are improved. More is better, up to a point.'
    },
    batch: { label: 'Pictures a round', meaning: 'More make each round steadier and longer.' },
    learningRate: {
      label: 'Learning rate',
      meaning: 'How large a step each round takes. Too large, and nothing settles.'
    },
    evaluateEvery: { label: 'Rounds between scores', meaning: 'How often the quality of its pictures is measured.' },
    seed: { label: 'Seed', meaning: 'The same number repeats the same training exactly, on the same computer.' }
  },
  usual: (value: string) => `usually ${value}`,
  resetShort: 'Set back',
  notNumber: (label: string) => `“${label}” is not a number above 0.`,
  name: 'Name of the model',
  start: 'Start training',
  startNote: 'Next, you watch it learn. You can close this page; it goes on as long as CytoLoom runs.',
  starting: 'It is being started …',
  waitsForTurn: 'It waits until the computer is free, and begins by itself.',
  toWork: 'See what is under way'
}

/** What will happen, as sentences. */
export function trainSentences(facts: {
  readonly name: string
  readonly version: string
  readonly kinds: readonly string[]
  readonly tile: number
  readonly from: string | undefined
  readonly goal: PresetName
  readonly rounds: number
  readonly batch: number
  readonly minutes: number | undefined
  readonly estimate: Estimate | undefined
}): string[] {
  const { name, version, kinds, tile, from, goal, rounds, batch, minutes, estimate } = facts
  const beginning = from === undefined ? 'It begins from nothing.' : `It begins with what “${from}” knows.`
  const until = minutes === undefined ? '' : ` It ends after ${count(minutes, 'minute')} at the latest.`
  return [
    `“${name}” learns from “${version}”: ${kinds.join(', ')}, in tiles of ${number(tile)} pixels.`,
    beginning,
    `Goal: ${trainWords.goals[goal].title.toLowerCase()}, up to ${count(estimate?.iterations ?? rounds, 'practice round')} of ${count(batch, 'picture')} each.${until}`
  ]
}

const days = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit'
})
const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** `today at 14:30`, `on Tuesday 1 December at 09:15`, with the year where it is another one. */
export function endDate(finish: string, now = new Date()): string {
  const end = new Date(finish)
  if (end.toDateString() === now.toDateString()) return `today at ${times.format(end)}`
  const year = end.getFullYear() === now.getFullYear() ? '' : ` ${end.getFullYear()}`
  return `on ${days.format(end)}${year}`
}
