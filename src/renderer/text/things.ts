import { type ThingKind, type ThingSummary } from '../../shared/things.ts'
import { type TrashContents } from '../../shared/tending.ts'
import { count, date, fileSize, number } from './common.ts'

export const thingKinds: Readonly<Record<ThingKind, string>> = {
  dataset: 'image set',
  prepared: 'prepared set',
  run: 'model',
  segmenter: 'segmentation model',
  synthetic: 'synthetic set',
  package: 'package',
  study: 'study'
}

export const thingWords = {
  edit: 'Edit',
  name: 'Name',
  note: 'Note',
  save: 'Save',
  close: 'Cancel',
  toTrash: 'Move to the trash',
  saved: (name: string) => `“${name}” was saved.`,
  trashed: (names: readonly string[]) => `In the trash: ${names.map((name) => `“${name}”`).join(', ')}.`,
  neededTitle: (name: string) => `“${name}” is needed`,
  neededText: (needed: readonly ThingSummary[]) => `${listed(needed)} cannot be used without it.`,
  trashAll: (things: number) => `Move all ${things} to the trash`,
  trashAlone: 'Move only this one',
  keep: 'Keep it'
}

export const trashWords = {
  title: 'Trash',
  listTitle: 'In the trash',
  help: 'What is in the trash takes up space until the trash is emptied. Restoring something also restores what it needs.',
  waiting: 'Loading …',
  nothing: 'The trash is empty.',
  restore: 'Restore',
  restored: (thing: ThingSummary, along: readonly ThingSummary[]) => `Restored: ${listed([thing, ...along])}.`,
  empty: 'Empty the trash',
  emptyTitle: 'Empty the trash?',
  emptyYes: 'Remove for good',
  emptyNo: 'Keep everything',
  emptied: (things: number, bytes: number, kept: readonly string[]) =>
    [
      `${count(things, 'thing')} removed, ${fileSize(bytes)} free again.`,
      ...kept.map((file) => `${file} is outside the workspace and was left there.`)
    ].join(' ')
}

type InTrash = TrashContents['things'][number]

export function trashFacts({ kind, bytes, trashed = '', missing }: InTrash): string {
  const files = missing === true ? 'its files are missing' : fileSize(bytes)
  return `${thingKinds[kind]}, ${files}, in the trash since ${date(trashed)}`
}

export function trashTotal(things: readonly InTrash[]): string {
  return `${count(things.length, 'thing')} (${fileSize(things.reduce((sum, { bytes }) => sum + bytes, 0))})`
}

export function missedBy({ neededBy }: InTrash): string {
  return `Needed by ${listed(neededBy)}.`
}

/** What emptying does, and what it costs. */
export function emptyQuestion(things: readonly InTrash[]): string {
  const needed = [...new Map(things.flatMap(({ neededBy }) => neededBy).map((thing) => [thing.id, thing])).values()]
  return [
    `This removes ${trashTotal(things)} for good and cannot be undone.`,
    ...(needed.length === 0 ? [] : [`Afterwards these cannot be used any more: ${listed(needed)}.`])
  ].join(' ')
}

function listed(things: readonly ThingSummary[]): string {
  return things.map(({ kind, name }) => `“${name}” (${thingKinds[kind]})`).join(', ')
}

export const factWords = {
  version: (tile: number, agreement: string) =>
    `tiles of ${number(tile)} × ${number(tile)} pixels, masks agree ${agreement} with the outlines`,
  noScore: 'no score yet',
  bestScore: (value: string) => `best score ${value}`,
  findsCells: (share: string) => `a network that finds cells, ${share} of them at its best (AP50)`,
  study: (arms: number, repeats: number) =>
    arms === 0
      ? 'not planned yet'
      : `${count(arms, 'way')} to learn held against real images alone, ${count(repeats, 'repeat')}`,
  missing: 'its files are missing',
  builtIn: (classes: readonly string[], tile: number, trainedOn: string) =>
    `built in: ${classes.join(', ')}, ${number(tile)} × ${number(tile)} pixels; learned from ${trainedOn}`
}

export const shelfWords = {
  about: {
    images: 'Microscopy images with outlined cells, and the versions that were prepared of them for training.',
    models: 'Networks that have learned how the cells of an image set look.',
    sets: 'Pictures that a model has made, each with the outlines of its cells.',
    studies: 'Whether synthetic pictures help to find cells in real ones, measured on your own images.',
    packages: 'Sets as one file: for Cellpose, StarDist, Fiji, QuPath and others, or for a colleague.'
  },
  make: {
    images: 'Add images',
    models: 'Train a model',
    sets: 'Make pictures',
    studies: 'Does it help?',
    packages: 'Pack a set'
  },
  empty: {
    images: 'No images of your own are here yet. The sample brings a small set of nuclei to look at.',
    models:
      'No model of your own is here yet. The built-in one makes pictures at once, and the sample lets you watch it learn.',
    sets: 'No pictures have been made yet. The sample makes the first in seconds.',
    studies:
      'No study has been made yet. It takes annotated images of your own, trains networks with and without synthetic pictures, and says whether these help.',
    packages:
      'Nothing is packed yet. The sample packs its pictures for a colleague, so that you can see what is inside.'
  },
  trySample: 'See the sample',
  versions: 'Versions for training',
  gone: 'This is no longer here',
  goneHelp: 'It may be in the trash, or in another workspace.'
} as const

export const chainWords = {
  title: 'Where it comes from',
  kinds: {
    dataset: 'images',
    prepared: 'version',
    run: 'model',
    'built-in': 'model',
    synthetic: 'set',
    package: 'package',
    study: 'study',
    segmenter: 'segmentation network',
    file: 'file'
  },
  trashed: '(in the trash)',
  missing: '(no longer here)'
}

export const nextWords = {
  prepare: 'Prepare for training',
  train: 'Train a model',
  watch: 'Watch it learn',
  generate: 'Make pictures',
  pack: 'Pack for other programs',
  study: 'Does it help?'
}

export const tabTitles = {
  look: 'Look',
  numbers: 'Numbers',
  making: 'How it was made',
  files: 'Files'
}

export const thingPageWords = {
  tabs: 'Parts of this page',
  nothingKnown: 'Nothing is known of this.',
  files: 'Where its files are',
  filesHelp:
    'Everything of it is in this place of your workspace. Please look at the files and copy them, but do not change them there.',
  showInFolder: 'Show in folder',
  copyPath: 'Copy path',
  usedBy: (names: readonly string[]) => `Made from it: ${names.map((name) => `“${name}”`).join(', ')}.`,
  packedFrom: (name: string) => `Packed from “${name}”:`,
  noPictures: 'The set that it was packed from is no longer here.'
}
