import { readFile, realpath, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { refuse } from '../../shared/errors.ts'
import type { TrashContents } from '../../shared/tending.ts'
import type { ThingSummary } from '../../shared/things.ts'
import type { Tending } from '../catalog/thing-table.ts'
import { isThere, removeFolder, writeFileAtomic } from '../files/atomic-write.ts'
import { bytesBelow } from '../files/disk-use.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { packageFileOf } from '../workspace/stored-packages.ts'
import { allThings, kindsOfThings, requireThing, shelfOf, summaryOf } from '../workspace/thing-kinds.ts'
import { builtInNames } from '../workspace/built-in-models.ts'
import { Relations } from '../workspace/thing-relations.ts'
import { measure } from './storage.ts'

export function renameThing(
  app: AppContext,
  { name, ...choice }: ParsedInput<'things.rename'>
): Promise<Output<'things.rename'>> {
  return app.inTurn(async () => {
    const thing = requireThing(app.catalog, choice)
    if (name !== thing.name && shelfOf(app.catalog, thing.kind).nameTaken(name)) {
      throw refuse(`There is already a ${kindsOfThings[thing.kind].noun} called "${name}".`, {
        remedies: [{ action: 'choose-name' }]
      })
    }
    return { thing: await tend(app, thing, { name }) }
  })
}

export function noteThing(
  app: AppContext,
  { note, ...choice }: ParsedInput<'things.note'>
): Promise<Output<'things.note'>> {
  return app.inTurn(async () => {
    const thing = requireThing(app.catalog, choice)
    return { thing: await tend(app, thing, { note: note === '' ? undefined : note }) }
  })
}

/** Moves things to the trash, where they take no name and can be restored. */
export async function trashThings(
  app: AppContext,
  { things, kind, needing }: ParsedInput<'things.trash'>
): Promise<Output<'things.trash'>> {
  const named = things.map((thing) => requireThing(app.catalog, { thing, kind }))
  const needed = relationsIn(app).needing(named.map(({ id }) => id))
  if (needing === 'ask' && needed.length > 0) return { trashed: [], needed }
  const chosen = needing === 'take' ? [...named, ...needed] : named
  const trashed = await app.inTurn(() => intoTrash(app, chosen))
  return needing === 'leave' && needed.length > 0 ? { trashed, needed } : { trashed }
}

async function intoTrash(app: AppContext, things: readonly ThingSummary[]): Promise<ThingSummary[]> {
  for (const thing of things) requireIdle(app, thing)
  const now = app.environment.now().toISOString()
  const trashed: ThingSummary[] = []
  for (const thing of things) trashed.push(await tend(app, thing, { trashed: now }))
  return trashed
}

/** Whoever works on a thing writes to its folder. */
function requireIdle({ catalog }: AppContext, { kind, id, name }: ThingSummary): void {
  if (!catalog.tasks.active().some(({ thing }) => thing === id)) return
  throw refuse(`The ${kindsOfThings[kind].noun} "${name}" is being worked on.`, {
    remedies: [{ action: 'pause-run', run: name }]
  })
}

/** Takes a thing out of the trash, with what it needs; a name that was given to another meanwhile gets a number. */
export function restoreThing(
  app: AppContext,
  choice: ParsedInput<'things.restore'>
): Promise<Output<'things.restore'>> {
  return app.inTurn(async () => {
    const thing = requireThing(app.catalog, choice, 'trash')
    const lacking = relationsIn(app)
      .lacking(thing.id)
      .flatMap(({ id }) => id ?? [])
    const along: ThingSummary[] = []
    for (const id of lacking) along.push(await restore(app, requireThing(app.catalog, { thing: id }, 'trash')))
    return { thing: await restore(app, thing), along }
  })
}

function restore(app: AppContext, thing: ThingSummary): Promise<ThingSummary> {
  const name = shelfOf(app.catalog, thing.kind).freeName(thing.name)
  return tend(app, thing, { trashed: undefined, name })
}

/** What is in the trash, how large it is, and what would miss it. */
export async function showTrash(app: AppContext): Promise<Output<'things.inTrash'>> {
  const relations = relationsIn(app)
  const things: TrashContents['things'] = []
  for (const thing of trashedThings(app)) {
    const { bytes } = await measure(app, thing)
    things.push({ ...thing, bytes, neededBy: relations.needing([thing.id]) })
  }
  return { things }
}

/** What was put there last comes first. */
function trashedThings({ catalog }: AppContext): ThingSummary[] {
  const things = allThings(catalog).filter(({ trashed }) => trashed !== undefined)
  return things.sort((a, b) => (b.trashed ?? '').localeCompare(a.trashed ?? ''))
}

/** Removes what is in the trash for good. */
export async function emptyTrash(app: AppContext): Promise<Output<'things.emptyTrash'>> {
  const { catalog, folders } = app
  const kept: string[] = []
  const things = trashedThings(app)
  let bytes = 0
  for (const thing of things) {
    const folder = folders.folder(kindsOfThings[thing.kind].collection, thing.id)
    bytes += await bytesBelow(folder)
    if (thing.kind === 'package') {
      const file = await packageFileOf(app, thing.id)
      if (file.isInside) bytes += await removeFile(file.path)
      else if (await isThere(file.path)) kept.push(file.path)
    }
    // The folder first: what is cut off here is in the trash still, and is removed the next time.
    await removeFolder(folder)
    shelfOf(catalog, thing.kind).remove(thing.id)
  }
  app.emit({ event: 'workspace.changed' })
  return { removed: things, bytes, kept }
}

async function removeFile(path: string): Promise<number> {
  const bytes = await bytesBelow(path)
  await rm(path, { force: true })
  return bytes
}

export function originOf(app: AppContext, choice: ParsedInput<'things.origin'>): Output<'things.origin'> {
  const thing = requireThing(app.catalog, choice)
  const relations = relationsIn(app)
  return { thing, origin: { from: relations.from(thing.id), usedBy: relations.usedBy(thing.id) } }
}

/**
 * Where a thing lies. What a page names leads to nothing but the thing's own: not over a link either.
 *
 * @throws AppError of kind `input` where it is not there
 */
export async function placeOfThing(
  app: AppContext,
  { file, ...choice }: ParsedInput<'things.place'>
): Promise<Output<'things.place'>> {
  const thing = requireThing(app.catalog, choice)
  const folder = app.folders.folder(kindsOfThings[thing.kind].collection, thing.id)
  const isPackage = thing.kind === 'package' && file === undefined
  const path = resolve(isPackage ? (await packageFileOf(app, thing.id)).path : join(folder, file ?? ''))
  const isOwn = (await isThere(path)) && (isPackage || (await leadsBelow(app.folders.root, path)))
  if (!isOwn) {
    throw refuse(`${path} is not there any more.`, { file: path, next: 'It was moved or removed outside CytoLoom.' })
  }
  return { path }
}

async function leadsBelow(root: string, path: string): Promise<boolean> {
  return (await realpath(path)).startsWith((await realpath(root)) + sep)
}

function relationsIn(app: AppContext): Relations {
  return new Relations(app.catalog, builtInNames(app))
}

/** In the catalogue, which is the truth, and in the thing's folder, from which the catalogue can be made anew. */
async function tend(app: AppContext, thing: ThingSummary, tending: Tending): Promise<ThingSummary> {
  const tended = summaryOf(thing.kind, shelfOf(app.catalog, thing.kind).tend(thing.id, tending))
  await describe(app, tended)
  app.emit({ event: 'workspace.changed' })
  return tended
}

/** A folder that is missing, or whose description is damaged, can say nothing of it. */
async function describe({ folders }: AppContext, thing: ThingSummary): Promise<void> {
  const { kind, id, name, note, trashed, missing } = thing
  if (missing === true) return
  const { collection, place } = kindsOfThings[kind]
  const file = join(folders.folder(collection, id), 'about.json')
  const about = await readFile(file, 'utf8').then(jsonOf, () => undefined)
  if (about === undefined) return
  await writeFileAtomic(file, JSON.stringify(changedAt(about, place, { name, note, trashed })))
}

const Fields = z.record(z.string(), z.unknown())

/** The same value with other fields at a place inside; those that are undefined are gone. */
function changedAt(value: unknown, [part, ...deeper]: readonly string[], change: object): unknown {
  const fields = Fields.parse(value)
  return part === undefined ? { ...fields, ...change } : { ...fields, [part]: changedAt(fields[part], deeper, change) }
}
