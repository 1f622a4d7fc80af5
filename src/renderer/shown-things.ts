import { type Workspace } from '../shared/api.ts'
import { type PictureCollection, viewPath } from '../shared/pictures.ts'
import { type ThingKind } from '../shared/things.ts'
import { type Bridge } from './bridge.ts'
import { evenPlaces } from './components/even-places.ts'
import { addressOf, addressOfThing, type Shelf } from './router.ts'
import { count, date, fileSize, number, percent, score } from './text/common.ts'
import { runStates } from './text/home.ts'
import { factWords } from './text/things.ts'

interface ShownPictures {
  readonly collection: PictureCollection
  readonly id: string
  readonly count: number
}

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
  /** Where it has pictures of its own, or stands for a set that has. */
  readonly pictures?: ShownPictures | undefined
}

/** What a section holds, newest first. */
export function thingsOf(shelf: Shelf, content: Workspace): ShownThing[] {
  switch (shelf) {
    case 'images':
      return content.datasets.map(dataset)
    case 'models':
      return [
        ...content.runs.map((item) => run(item, content)),
        ...content.segmenters.map(segmenter),
        ...content.builtIn.map(builtIn)
      ]
    case 'sets':
      return content.synthetic.map(synthetic)
    case 'packages':
      return content.packages.map(storedPackage)
    case 'studies':
      return content.studies.map(study)
  }
}

/** What was prepared of an image set. */
export function versionsOf(id: string, content: Workspace): ShownThing[] {
  return content.prepared.filter(({ dataset: of }) => of === id).map(prepared)
}

function dataset(item: Workspace['datasets'][number]): ShownThing {
  const facts = `${count(item.images, 'image')}, ${number(item.annotated)} with outlines, ${count(item.cells, 'cell')}`
  return shown('dataset', item, facts, { collection: 'datasets', id: item.id, count: item.images })
}

export function prepared(item: Workspace['prepared'][number]): ShownThing {
  const facts = factWords.version(item.tile, percent(item.roundTrip.AP))
  const thing = shown('prepared', item, facts, { collection: 'prepared', id: item.id, count: Infinity })
  return { ...thing, address: addressOfThing('prepared', item.id, item.dataset) }
}

function run(item: Workspace['runs'][number], content: Workspace): ShownThing {
  const quality = item.best === undefined ? factWords.noScore : factWords.bestScore(score(item.best.value))
  const made = content.synthetic.find(({ run: id, missing }) => id === item.id && missing !== true)
  const pictures = made && ({ collection: 'synthetic', id: made.id, count: made.images } as const)
  return shown('run', item, `${runStates[item.state]}, ${quality}`, pictures)
}

function segmenter(item: Workspace['segmenters'][number]): ShownThing {
  const found = item.best === undefined ? factWords.noScore : factWords.findsCells(percent(item.best.AP50))
  return shown('segmenter', item, `${runStates[item.state]}, ${found}`)
}

function study(item: Workspace['studies'][number]): ShownThing {
  const others = item.arms?.filter((arm) => arm !== 'real') // which all are held against
  return shown('study', item, factWords.study(others?.length ?? 0, item.repeats ?? 0))
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
  return shown('synthetic', item, `${count(item.images, 'picture')}, ${count(item.cells, 'cell')}`, {
    collection: 'synthetic',
    id: item.id,
    count: item.images
  })
}

function storedPackage(item: Workspace['packages'][number]): ShownThing {
  const [collection, id] =
    item.synthetic === undefined ? (['datasets', item.dataset] as const) : (['synthetic', item.synthetic] as const)
  const pictures = id === undefined ? undefined : { collection, id, count: Infinity }
  return shown('package', item, fileSize(item.bytes), pictures)
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
  pictures?: ShownPictures
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
    ...(pictures === undefined || missing ? {} : { pictures })
  }
}

/** Pictures on a card. */
const onCard = 4

/** A few pictures to know a thing by; none where it has none. */
export function cardPictures({ pictures }: ShownThing, bridge: Bridge) {
  if (pictures === undefined) return []
  const { collection, id, count: all } = pictures
  return evenPlaces(all, onCard).map((position) => ({
    picture: bridge.picture(viewPath(collection, id, position, 'thumbnail')),
    overlay: bridge.picture(viewPath(collection, id, position, 'thumbnail-outlines'))
  }))
}

/** What was made last, of all kinds, newest first. */
export function recentThings(content: Workspace, most: number): ShownThing[] {
  const all = [
    ...content.datasets.map((item) => ({ item, thing: dataset(item) })),
    ...content.prepared.map((item) => ({ item, thing: prepared(item) })),
    ...content.runs.map((item) => ({ item, thing: run(item, content) })),
    ...content.segmenters.map((item) => ({ item, thing: segmenter(item) })),
    ...content.synthetic.map((item) => ({ item, thing: synthetic(item) })),
    ...content.studies.map((item) => ({ item, thing: study(item) })),
    ...content.packages.map((item) => ({ item, thing: storedPackage(item) }))
  ]
  return all
    .sort((a, b) => b.item.created.localeCompare(a.item.created))
    .slice(0, most)
    .map(({ thing }) => thing)
}
