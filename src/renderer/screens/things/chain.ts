import { type OriginEntry } from '../../../shared/tending.ts'
import { addressOf, addressOfThing } from '../../router.ts'

/**
 * From what was imported to what is looked at. A built-in model stands in front only where nothing else does: a model
 * that went on from it learned from images of its own.
 */
export function chainOf(from: readonly OriginEntry[]): OriginEntry[] {
  const things = from.filter(({ kind }) => kind !== 'file').toReversed()
  const own = things.filter(({ kind }) => kind !== 'built-in')
  return own.length > 0 ? own : things
}

/** Where the page of something is that a thing was made from; a version is below its image set, the one before it. */
export function addressOfEntry(entry: OriginEntry, among: readonly OriginEntry[]): string | undefined {
  const { kind, id, name } = entry
  if (kind === 'file') return undefined
  if (kind === 'built-in') return addressOf({ section: 'models', id: name })
  if (id === undefined) return undefined
  const dataset = among[among.indexOf(entry) - 1]
  return addressOfThing(kind, id, dataset?.kind === 'dataset' ? dataset.id : undefined)
}
