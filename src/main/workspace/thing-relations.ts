import type { Study } from '../../shared/studies.ts'
import type { OriginEntry } from '../../shared/tending.ts'
import type { ThingKind, ThingSummary } from '../../shared/things.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { allThings } from './thing-kinds.ts'

/** That a thing was made from something. */
interface Tie {
  readonly made: ThingSummary
  readonly from: OriginEntry
  /** Without it, the thing cannot be worked with as before. All others are complete in themselves. */
  readonly isNeeded: boolean
}

/** How the things of a workspace come from each other. */
export class Relations {
  readonly #ties: readonly Tie[]

  /** @param builtIn names of the built-in models, which are their ids too */
  constructor(catalog: Catalog, builtIn: readonly string[]) {
    this.#ties = tiesOf(catalog, builtIn)
  }

  /** What a thing was made from, and what that was made from, the nearest first. */
  from(id: string): OriginEntry[] {
    return follow(id, (each) => this.#ties.filter(({ made }) => made.id === each).map(({ from }) => from))
  }

  /** What was made from a thing, and what from that, the nearest first. */
  usedBy(id: string): OriginEntry[] {
    return follow(id, (each) => this.#ties.filter(({ from }) => from.id === each).map(({ made }) => entryOf(made)))
  }

  /** What is in use and cannot be worked with as before when these are gone. */
  needing(ids: readonly string[]): ThingSummary[] {
    const users = (id: string) =>
      this.#ties.filter(({ from, isNeeded }) => isNeeded && from.id === id).map(({ made }) => made)
    const all = ids.flatMap((id) => follow(id, users))
    return distinct(all).filter(({ id, trashed }) => trashed === undefined && !ids.includes(id))
  }

  /** What is in the trash and without which a thing cannot be worked with. */
  lacking(id: string): OriginEntry[] {
    const needs = (each: string) =>
      this.#ties.filter(({ made, isNeeded }) => isNeeded && made.id === each).map(({ from }) => from)
    return follow(id, needs).filter(({ trashed }) => trashed !== undefined)
  }
}

/** Breadth first, each once, without where it began. */
function follow<Entry extends { readonly id?: string | undefined }>(
  start: string,
  next: (id: string) => readonly Entry[]
): Entry[] {
  const found: Entry[] = []
  const seen = new Set([start])
  for (const queue = [start]; queue.length > 0;) {
    for (const entry of next(queue.shift() ?? '')) {
      if (entry.id !== undefined && seen.has(entry.id)) continue
      found.push(entry)
      if (entry.id !== undefined) {
        seen.add(entry.id)
        queue.push(entry.id)
      }
    }
  }
  return found
}

function distinct<Thing extends { readonly id: string }>(things: readonly Thing[]): Thing[] {
  return [...new Map(things.map((thing) => [thing.id, thing])).values()]
}

function tiesOf(catalog: Catalog, builtIn: readonly string[]): Tie[] {
  const things = new Map(allThings(catalog).map((thing) => [thing.id, thing]))
  const tie = (id: string, from: OriginEntry | undefined, isNeeded: boolean): Tie[] => {
    const made = things.get(id)
    return made === undefined || from === undefined ? [] : [{ made, from, isNeeded }]
  }
  const known = (kind: ThingKind, id: string | undefined): OriginEntry | undefined => {
    if (id === undefined) return undefined
    const thing = things.get(id)
    if (thing === undefined && builtIn.includes(id)) return { kind: 'built-in', name: id }
    return thing === undefined ? { kind, id, name: id, missing: true } : entryOf(thing)
  }
  const file = (path: string | undefined): OriginEntry | undefined =>
    path === undefined ? undefined : { kind: 'file', name: path }

  const { datasets, prepared, runs, segmenters, synthetic, packages, studies } = catalog
  return [
    ...datasets.all().flatMap(({ id, source }) => tie(id, file(source), false)),
    ...prepared.all().flatMap(({ id, dataset }) => tie(id, known('dataset', dataset), true)),
    ...runs
      .all()
      .flatMap((run) => [
        ...tie(run.id, known('prepared', run.prepared), true),
        ...tie(run.id, known('prepared', run.settings.unannotated), true),
        ...tie(run.id, known('run', run.from), run.iteration === 0)
      ]),
    ...segmenters
      .all()
      .flatMap(({ id, iteration, settings, learnedFrom, validatedOn }) =>
        [...learnedFrom, ...validatedOn].flatMap((set) =>
          tie(id, known(set.kind, set.id), iteration < settings.iterations)
        )
      ),
    ...synthetic
      .all()
      .flatMap((set) => [
        ...tie(set.id, known('run', set.run ?? runCalled(catalog, set, builtIn)), false),
        ...tie(set.id, file(set.source), false)
      ]),
    ...packages
      .all()
      .flatMap((stored) => [
        ...tie(stored.id, known('synthetic', stored.synthetic), false),
        ...tie(stored.id, known('dataset', stored.dataset), false)
      ]),
    ...studies
      .all()
      .flatMap((study) => [
        ...tie(study.id, known('dataset', study.dataset), true),
        ...tie(study.id, known(givenKind(study, things), study.synthetic), true)
      ])
  ]
}

/** A data set may stand in the place of synthetic pictures. */
function givenKind({ synthetic }: Study, things: ReadonlyMap<string, ThingSummary>): ThingKind {
  return things.get(synthetic ?? '')?.kind ?? 'synthetic'
}

/** Sets of older versions know their run by its name alone, and those from packages have a run of elsewhere. */
function runCalled(
  { runs }: Catalog,
  { origin, source }: { readonly origin: string; readonly source?: string | undefined },
  builtIn: readonly string[]
): string | undefined {
  if (source !== undefined) return undefined
  return builtIn.includes(origin) ? origin : runs.all().find(({ name }) => name === origin)?.id
}

function entryOf({ kind, id, name, created, trashed, missing }: ThingSummary): OriginEntry {
  return { kind, id, name, created, trashed, missing }
}
