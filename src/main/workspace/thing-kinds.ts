import { AppError } from '../../shared/errors.ts'
import { refuse } from '../../shared/errors.ts'
import { ThingKind, type ThingSummary } from '../../shared/things.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Tending, Thing } from '../catalog/thing-table.ts'
import type { Collection } from './workspace-folders.ts'

/** What tending asks of the tables of all kinds. */
export interface Shelf {
  all(): Thing[]
  marks(): Pick<Thing, 'id' | 'name' | 'created' | 'trashed' | 'missing'>[]
  called(nameOrId: string): Thing[]
  nameTaken(name: string): boolean
  freeName(wanted: string): string
  tend(id: string, tending: Tending): Thing
  remove(id: string): void
}

interface KindOfThing {
  readonly noun: string
  readonly collection: Collection
  /** Where its folder's `about.json` speaks of the thing itself. */
  readonly place: readonly string[]
}

export const kindsOfThings: Readonly<Record<ThingKind, KindOfThing>> = {
  dataset: { noun: 'data set', collection: 'datasets', place: ['dataset'] },
  prepared: { noun: 'prepared set', collection: 'prepared', place: ['result', 'prepared'] },
  run: { noun: 'run', collection: 'runs', place: ['run'] },
  segmenter: { noun: 'segmentation model', collection: 'segmenters', place: ['segmenter'] },
  synthetic: { noun: 'synthetic set', collection: 'synthetic', place: ['synthetic'] },
  package: { noun: 'package', collection: 'packages', place: ['package'] },
  study: { noun: 'study', collection: 'studies', place: ['study'] }
}

export function shelfOf(catalog: Catalog, kind: ThingKind): Shelf {
  return catalog[kindsOfThings[kind].collection]
}

/** Everything that there is, kind by kind, also what is in the trash. */
export function allThings(catalog: Catalog): ThingSummary[] {
  return ThingKind.options.flatMap((kind) =>
    shelfOf(catalog, kind)
      .all()
      .map((thing) => summaryOf(kind, thing))
  )
}

export function summaryOf(kind: ThingKind, thing: Thing): ThingSummary {
  const { id, name, created, note, trashed, missing, source } = thing
  return { kind, id, name, created, note, trashed, missing, source }
}

interface Choice {
  readonly thing: string
  readonly kind?: ThingKind | undefined
}

/**
 * The thing of this name or id.
 *
 * @param isWanted which things are meant, and what to say where only others have the name
 * @throws AppError of kind `input` where there is none, of kind `usage` where there are several
 */
export function requireThing(
  catalog: Catalog,
  { thing: nameOrId, kind }: Choice,
  from: 'use' | 'trash' = 'use'
): ThingSummary {
  const kinds = kind === undefined ? ThingKind.options : [kind]
  const called = kinds.flatMap((each) =>
    shelfOf(catalog, each)
      .called(nameOrId)
      .map((thing) => summaryOf(each, thing))
  )
  const ofId = called.filter(({ id }) => id === nameOrId)
  const all = ofId.length > 0 ? ofId : called
  const wanted = all.filter(({ trashed }) => (trashed === undefined) === (from === 'use'))
  const [first, ...others] = wanted
  if (first === undefined) throw nothingCalled(nameOrId, kind, all[0])
  if (others.length > 0) throw severalCalled(nameOrId, wanted)
  return first
}

function nothingCalled(name: string, kind: ThingKind | undefined, other: ThingSummary | undefined): AppError {
  if (other?.trashed !== undefined) {
    return refuse(`The ${kindsOfThings[other.kind].noun} "${other.name}" is in the trash.`, {
      remedies: [{ action: 'restore', name }]
    })
  }
  if (other !== undefined) {
    return refuse(`The ${kindsOfThings[other.kind].noun} "${other.name}" is not in the trash.`, {
      next: 'There is nothing to restore.'
    })
  }
  const noun = kind === undefined ? 'thing' : kindsOfThings[kind].noun
  return refuse(`There is no ${noun} called "${name}" in this workspace.`, {
    remedies: [{ action: 'show-storage' }]
  })
}

function severalCalled(name: string, things: readonly ThingSummary[]): AppError {
  const words = things.map(({ kind, id }) => `the ${kindsOfThings[kind].noun} ${id}`)
  return new AppError('usage', `Several things are called "${name}": ${words.join(', ')}.`, {
    next: 'Use the id of the one you mean.',
    remedies: [{ action: 'set-option', option: 'kind' }]
  })
}
