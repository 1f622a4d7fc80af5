import { type ThingKind, type ThingSummary } from '../../shared/things.ts'
import { type TrashContents } from '../../shared/tending.ts'
import { count, date, fileSize } from './common.ts'

export const thingKinds: Readonly<Record<ThingKind, string>> = {
  dataset: 'image set',
  prepared: 'prepared set',
  run: 'model',
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
