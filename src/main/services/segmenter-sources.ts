import type { DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { RandomStream } from '../../shared/random.ts'
import type { LearnedFrom, Provenance, SegmentSource } from '../../shared/segmentation.ts'
import type { PictureSet } from '../jobs/engine-protocol.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { ownFolder } from '../workspace/own-files.ts'
import { requirePrepared } from '../workspace/prepared-sets.ts'

/** Fewer real pictures are all learned from: none is held out to choose a checkpoint by. */
const leastToHoldOut = 10
const heldOutShare = 0.1

/** What a segmenter learns from and is chosen by. */
export interface SegmenterSources {
  readonly learnedFrom: LearnedFrom[]
  readonly validatedOn: LearnedFrom[]
  readonly notices: string[]
}

type Asked = string | SegmentSource

/**
 * Settles which pictures are learned from and which choose the checkpoint. What a set calls its test pictures is never
 * used unless it is named.
 *
 * @throws AppError of kind `input` where a set or a picture is not there, or one picture would do both
 */
export async function settleSources(
  app: AppContext,
  sets: readonly Asked[],
  validation: readonly Asked[] | undefined,
  seed: number
): Promise<SegmenterSources> {
  const found: FoundSet[] = []
  for (const asked of sets) found.push(await findSet(app, sourceOf(asked)))
  const chosen: FoundSet[] = []
  for (const asked of validation ?? []) chosen.push(await findSet(app, sourceOf(asked)))
  const synthetic = chosen.find(({ as }) => as === 'synthetic')
  if (synthetic !== undefined) {
    throw refuse(`"${synthetic.name}" is synthetic: only real pictures choose a checkpoint.`, {
      next: 'Choose real pictures for validation.'
    })
  }
  if (validation !== undefined) {
    const learnedFrom = found.map((set) => learned(set, set.explicit ?? set.training))
    const validatedOn = chosen.map((set) => learned(set, set.explicit ?? set.all))
    refuseShared(learnedFrom, validatedOn)
    return { learnedFrom, validatedOn, notices: [] }
  }
  return holdOut(found, seed)
}

/** As the engine reads them. */
export function pictureSets(app: AppContext, sets: readonly LearnedFrom[]): Promise<PictureSet[]> {
  return Promise.all(
    sets.map(async ({ kind, id, as, images, shuffledMasks }) => {
      const collection = kind === 'dataset' ? 'datasets' : 'synthetic'
      const thing = app.catalog[collection].require(id)
      return {
        kind,
        folder: await ownFolder(app, collection, thing),
        as,
        images,
        shuffledMasks: shuffledMasks ?? false
      }
    })
  )
}

/** Every picture of a set that may be predicted. */
export async function picturesOfSet(app: AppContext, set: string, images: string[] | undefined): Promise<PictureSet> {
  const source = { set, ...(images !== undefined && { images }) }
  const found = await findSet(app, source, 'all pictures')
  const [only] = await pictureSets(app, [learned(found, found.explicit ?? found.all)])
  if (only === undefined) throw refuse(`The set "${set}" has no pictures.`)
  return only
}

/** Whether a set of this name or id is in the workspace. */
export function isSet({ catalog }: AppContext, name: string): boolean {
  return [catalog.datasets, catalog.prepared, catalog.synthetic].some((table) => table.find(name) !== undefined)
}

interface FoundSet extends Omit<LearnedFrom, 'images'> {
  /** The pictures that were named. */
  readonly explicit: string[] | undefined
  readonly all: string[]
  readonly training: string[]
  readonly validation: string[]
  /** Pictures of one group must not part. */
  readonly groups: ReadonlyMap<string, string>
}

function sourceOf(asked: Asked): SegmentSource {
  return typeof asked === 'string' ? { set: asked } : asked
}

type Which = 'annotated pictures' | 'all pictures'

async function findSet(app: AppContext, source: SegmentSource, which: Which = 'annotated pictures'): Promise<FoundSet> {
  const { catalog } = app
  const isWanted = (kind: SegmentSource['kind']) => source.kind === undefined || source.kind === kind
  const dataset = isWanted('dataset') ? catalog.datasets.find(source.set) : undefined
  const prepared = isWanted('prepared') ? catalog.prepared.find(source.set) : undefined
  const synthetic = isWanted('synthetic') ? catalog.synthetic.find(source.set) : undefined
  if ([dataset, prepared, synthetic].filter((each) => each !== undefined).length > 1) {
    throw refuse(`Several sets are called "${source.set}".`, { next: 'Use the id of the one you mean.' })
  }
  const set =
    prepared === undefined
      ? synthetic === undefined
        ? await ofDataset(app, catalog.datasets.require(source.set), which)
        : await ofSynthetic(app, synthetic)
      : await ofPrepared(app, prepared.id)
  return { ...set, ...choices(source, set) }
}

type WholeSet = Omit<FoundSet, 'explicit' | 'shuffledMasks'>

function choices({ images, as, shuffledMasks, set: name }: SegmentSource, set: WholeSet) {
  const known = new Set(set.all)
  const missing = images?.find((file) => !known.has(file))
  if (missing !== undefined) {
    throw refuse(`"${name}" has no picture with cells called "${missing}".`, {
      next: 'Use the names of files as the set has them.'
    })
  }
  return { explicit: images, as: as ?? set.as, ...(shuffledMasks === true && { shuffledMasks }) }
}

interface NamedThing {
  readonly id: string
  readonly name: string
}

async function ofDataset({ catalog }: AppContext, { id, name }: NamedThing, which: Which): Promise<WholeSet> {
  const all = await catalog.datasets.images(id)
  const images = all.filter(({ annotated }) => annotated || which === 'all pictures')
  const of = (wanted: (image: DatasetImage) => boolean) => images.filter(wanted).map(({ file }) => file)
  return {
    kind: 'dataset',
    id,
    name,
    as: 'real',
    all: of(() => true),
    training: of(({ split }) => split === undefined || split === 'train'),
    validation: of(({ split }) => split === 'validation'),
    groups: new Map(images.map(({ file, group }) => [file, group]))
  }
}

/** The pictures of its data set, as the prepared set parts them. */
async function ofPrepared(app: AppContext, nameOrId: string): Promise<WholeSet> {
  const { prepared, about } = await requirePrepared(app, nameOrId)
  const set = await ofDataset(app, app.catalog.datasets.require(prepared.dataset), 'annotated pictures')
  const splits = new Map(about.images.map(({ source, split }) => [source, split]))
  const of = (split: string) => set.all.filter((file) => splits.get(file) === split)
  return {
    ...set,
    all: set.all.filter((file) => splits.has(file)),
    training: of('train'),
    validation: of('validation')
  }
}

async function ofSynthetic({ catalog }: AppContext, { id, name }: NamedThing): Promise<WholeSet> {
  const accepted = await catalog.synthetic.accepted(id)
  const files = accepted.map(({ file }) => file)
  const groups = new Map(files.map((file) => [file, file]))
  return { kind: 'synthetic', id, name, as: 'synthetic', all: files, training: files, validation: [], groups }
}

function learned({ kind, id, name, as, shuffledMasks }: FoundSet, images: string[]): LearnedFrom {
  return { kind, id, name, as, images, ...(shuffledMasks !== undefined && { shuffledMasks }) }
}

/** The pictures that the sets call validation, else a tenth of the real ones, group by group. */
function holdOut(found: readonly FoundSet[], seed: number): SegmenterSources {
  const own = found.filter(({ as, explicit, validation }) => as === 'real' && !explicit && validation.length > 0)
  if (own.length > 0) {
    const learnedFrom = found.map((set) => learned(set, set.explicit ?? set.training))
    return { learnedFrom, validatedOn: own.map((set) => learned(set, set.validation)), notices: [] }
  }
  const real = found.filter(({ as }) => as === 'real')
  const files = real.flatMap((set) => (set.explicit ?? set.training).map((file) => ({ set, file })))
  if (files.length < leastToHoldOut) {
    return {
      learnedFrom: found.map((set) => learned(set, set.explicit ?? set.training)),
      validatedOn: [],
      notices: ['There are too few real pictures to hold some out: the last weights count as the best.']
    }
  }
  const held = heldOutFiles(files, seed)
  const isHeld = (set: FoundSet, file: string) => held.has(keyOf(set, file))
  return {
    learnedFrom: found.map((set) =>
      learned(
        set,
        (set.explicit ?? set.training).filter((file) => set.as !== 'real' || !isHeld(set, file))
      )
    ),
    validatedOn: real
      .map((set) =>
        learned(
          set,
          (set.explicit ?? set.training).filter((file) => isHeld(set, file))
        )
      )
      .filter(({ images }) => images.length > 0),
    notices: []
  }
}

function heldOutFiles(files: readonly { readonly set: FoundSet; readonly file: string }[], seed: number): Set<string> {
  const groupOf = ({ set, file }: (typeof files)[number]) => `${set.id} ${set.groups.get(file) ?? file}`
  const groups = new RandomStream(seed, 'held out pictures').shuffled([...Map.groupBy(files, groupOf).values()])
  const wanted = Math.max(1, Math.round(heldOutShare * files.length))
  const held = new Set<string>()
  for (const group of groups) {
    // One group at least is left to learn from.
    if (held.size >= wanted || held.size + group.length >= files.length) break
    for (const { set, file } of group) held.add(keyOf(set, file))
  }
  return held
}

function keyOf({ id }: { readonly id: string }, file: string): string {
  return `${id} ${file}`
}

function refuseShared(learnedFrom: readonly LearnedFrom[], validatedOn: readonly LearnedFrom[]): void {
  const used = new Set(learnedFrom.flatMap((set) => set.images.map((file) => keyOf(set, file))))
  for (const set of validatedOn) {
    const shared = set.images.find((file) => used.has(keyOf(set, file)))
    if (shared === undefined) continue
    throw refuse(`"${shared}" of "${set.name}" would be learned from and choose the checkpoint as well.`, {
      next: 'Name different pictures for the two.'
    })
  }
}

/** Real or synthetic, as many as there are of each. */
export function countPictures(sets: readonly LearnedFrom[], as: Provenance): number {
  return sets.filter((set) => set.as === as).reduce((sum, { images }) => sum + images.length, 0)
}
