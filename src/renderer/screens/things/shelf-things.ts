import { type Workspace } from '../../../shared/api.ts'
import { type ThingKind } from '../../../shared/things.ts'
import { addressOf, addressOfThing, type Shelf } from '../../router.ts'
import { count, date, fileSize, number, percent, score } from '../../text/common.ts'
import { runStates } from '../../text/home.ts'
import { factWords } from '../../text/things.ts'

/** A thing as lists and its own page show it. */
export interface ShownThing {
  readonly kind: ThingKind | 'built-in'
  readonly id: string
  readonly name: string
  readonly facts: string
  /** Empty where nobody knows. */
  readonly created: string
  readonly note: string
  readonly isMissing: boolean
  readonly address: string
  /** Pictures to know it by: a collection and an id, where it has any of its own. */
  readonly pictures?: { readonly collection: 'datasets' | 'prepared' | 'synthetic'; readonly id: string } | undefined
}

/** What a section holds, newest first. */
export function thingsOf(shelf: Shelf, content: Workspace): ShownThing[] {
  switch (shelf) {
    case 'images':
      return content.datasets.map(dataset)
    case 'models':
      return [...content.runs.map(run), ...content.builtIn.map(builtIn)]
    case 'sets':
      return content.synthetic.map(synthetic)
    case 'packages':
      return content.packages.map(storedPackage)
    case 'studies':
      return []
  }
}

/** What was prepared of an image set. */
export function versionsOf(id: string, content: Workspace): ShownThing[] {
  return content.prepared.filter(({ dataset: of }) => of === id).map(prepared)
}

function dataset(item: Workspace['datasets'][number]): ShownThing {
  const facts = `${count(item.images, 'image')}, ${number(item.annotated)} with outlines, ${count(item.cells, 'cell')}`
  return shown('dataset', item, facts, 'datasets')
}

export function prepared(item: Workspace['prepared'][number]): ShownThing {
  const facts = factWords.version(item.tile, percent(item.roundTrip.AP))
  const thing = shown('prepared', item, facts, 'prepared')
  return { ...thing, address: addressOfThing('prepared', item.id, item.dataset) }
}

function run(item: Workspace['runs'][number]): ShownThing {
  const quality = item.best === undefined ? factWords.noScore : factWords.bestScore(score(item.best.value))
  return shown('run', item, `${runStates[item.state]}, ${quality}`)
}

function builtIn({ name, classes, tile, trainedOn, limitations = '' }: Workspace['builtIn'][number]): ShownThing {
  return {
    kind: 'built-in',
    id: name,
    name,
    facts: factWords.builtIn(classes, tile, trainedOn),
    created: '',
    note: limitations,
    isMissing: false,
    address: addressOf({ section: 'models', id: name })
  }
}

function synthetic(item: Workspace['synthetic'][number]): ShownThing {
  return shown('synthetic', item, `${count(item.images, 'picture')}, ${count(item.cells, 'cell')}`, 'synthetic')
}

function storedPackage(item: Workspace['packages'][number]): ShownThing {
  return shown('package', item, fileSize(item.bytes))
}

function shown(
  kind: ThingKind,
  item: {
    readonly id: string
    readonly name: string
    readonly created: string
    readonly missing?: boolean | undefined
    readonly note?: string | undefined
  },
  facts: string,
  collection?: 'datasets' | 'prepared' | 'synthetic'
): ShownThing {
  const { id, name, created, missing = false, note = '' } = item
  return {
    kind,
    id,
    name,
    facts: missing ? factWords.missing : facts,
    created: date(created),
    note,
    isMissing: missing,
    address: addressOfThing(kind, id),
    ...(collection === undefined || missing ? {} : { pictures: { collection, id } })
  }
}
