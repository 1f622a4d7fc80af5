import { packageEnding } from '../shared/packages.ts'
import { type ThingKind } from '../shared/things.ts'

/** The places of the page, as the first word of their addresses. */
export const sections = [
  'home',
  'images',
  'models',
  'sets',
  'studies',
  'packages',
  'settings',
  'work',
  'trash'
] as const
export type Section = (typeof sections)[number]

/** Sections that hold things: each has a list, a page for each thing, and a way to make a new one. */
export const shelves = ['images', 'models', 'sets', 'studies', 'packages'] as const
export type Shelf = (typeof shelves)[number]

/** What an address says, so that a reload, Back and a second window lead to the same place. */
export interface Route {
  readonly section: Section
  /** Of the thing that is looked at. */
  readonly id?: string | undefined
  /** Of a version of an image set. */
  readonly version?: string | undefined
  /** new: something is to be made · live: a model is watched while it learns. */
  readonly task?: 'new' | 'live' | undefined
  /** Answers that are given already: `#/models/new?version=p-1`. */
  readonly query?: Readonly<Record<string, string>> | undefined
}

export function addressOf({ section, id, version, task, query = {} }: Route): string {
  const parts = [
    ...(section === 'home' ? [] : [section]),
    ...(id === undefined ? [] : [id]),
    ...(version === undefined ? [] : ['versions', version]),
    ...(task === undefined ? [] : [task])
  ]
  const answers = new URLSearchParams(query).toString()
  return `#/${parts.map(encodeURIComponent).join('/')}${answers === '' ? '' : `?${answers}`}`
}

/** The start where an address names no place. */
export function routeAt(hash: string): Route {
  const [path = '', answers = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [word = '', ...rest] = path.split('/').map(decoded)
  const section = sections.find((each) => each === word) ?? 'home'
  const query = Object.fromEntries(new URLSearchParams(answers))
  return { section, ...placeBelow(rest), ...(answers === '' ? {} : { query }) }
}

/** Where something that was dropped, or opened with the app, is looked at. */
export function routeOfDrop(path: string): Route {
  const isPackage = path.toLowerCase().endsWith(packageEnding)
  return isPackage
    ? { section: 'packages', task: 'new', query: { open: path } }
    : { section: 'images', task: 'new', query: { source: path } }
}

function placeBelow([id, word, more]: readonly string[]): Omit<Route, 'section'> {
  if (id === undefined || id === '') return {}
  if (id === 'new') return { task: 'new' }
  if (word === 'live') return { id, task: 'live' }
  if (word === 'versions' && more !== undefined && more !== '') return { id, version: more }
  return { id }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return '' // broken percent signs name nothing
  }
}

/** Where the page of a thing is. A version of an image set is below the set. */
export function addressOfThing(kind: ThingKind, id: string, dataset?: string): string {
  if (kind === 'prepared' && dataset !== undefined) return addressOf({ section: 'images', id: dataset, version: id })
  return addressOf({ section: shelfOfKind[kind], id })
}

export const shelfOfKind = {
  dataset: 'images',
  prepared: 'images',
  run: 'models',
  segmenter: 'models',
  synthetic: 'sets',
  study: 'studies',
  package: 'packages'
} as const satisfies Record<ThingKind, Shelf>
