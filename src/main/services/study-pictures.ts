import type { DatasetImage } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import type { Prepared } from '../../shared/masks.ts'
import type { FrozenStudy, GivenPictures } from '../../shared/studies.ts'
import type { Synthetic } from '../../shared/synthetic.ts'
import { requireUnseen, type Seen } from '../study/leakage.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { builtInNames } from '../workspace/built-in-models.ts'

/** The real images of a study. */
export interface Chosen extends Pick<FrozenStudy, 'images' | 'classes'> {
  readonly dataset: { readonly id: string; readonly name: string }
}

/**
 * Pictures that were made before the study, and what their generator has seen: one for all arms.
 *
 * @throws AppError of kind `input` where it has seen what is tested, or its pictures cannot be compared with the real ones
 */
export async function givenPictures(app: AppContext, name: string, study: Chosen): Promise<GivenPictures> {
  const { catalog } = app
  const set = catalog.synthetic.find(name)
  if (set === undefined) return passedOff(app, name, study)
  requireClasses(
    set.name,
    set.classes.filter(({ images }) => images > 0).map((each) => each.name),
    study
  )
  const given = { id: set.id, name: set.name, kind: 'synthetic', images: set.images } as const
  throwIfBuiltIn(app, set)
  return { ...given, leaks: await leaksOf(app, set, study) }
}

/** What the generator has seen, where that can be told. */
async function leaksOf(app: AppContext, { name, run: id }: Synthetic, study: Chosen): Promise<string> {
  if (id === undefined)
    return `The pictures of "${name}" come from elsewhere: what their generator has seen is not known here.`
  const run = app.catalog.runs.find(id)
  if (run?.from !== undefined) {
    throw refuse(
      `The run "${run.name}" of these pictures went on from another model, whose images are not known one by one.`,
      { next: 'Train a generator from nothing, or let each arm train its own.' }
    )
  }
  const prepared = run === undefined ? undefined : app.catalog.prepared.find(run.prepared)
  if (run === undefined || prepared === undefined) {
    return `The training images of "${name}" are no longer known: what its generator has seen cannot be checked.`
  }
  await requireSamePixels(app.catalog, { id: prepared.dataset, name }, study)
  if (prepared.scale !== 1) {
    throw refuse(
      `The pictures of "${name}" were made at ${prepared.scale} of the size of the real images: their cells are not as large.`,
      { next: 'Make pictures from a version that was prepared at a scale of 1.' }
    )
  }
  await requireHonest(app, study, { run: run.name, dataset: prepared.dataset, prepared: prepared.id })
  return leakOf(app, name, prepared, study)
}

function throwIfBuiltIn(
  app: AppContext,
  { name, run }: { readonly name: string; readonly run?: string | undefined }
): void {
  if (run === undefined || !builtInNames(app).includes(run)) return
  throw refuse(
    `"${name}" was made by the built-in model "${run}", whose training images cannot be compared with the test images.`,
    {
      next: 'Train a generator on images that are not tested with, or let each arm train its own.'
    }
  )
}

/** How many real images one generator has seen, and what the smallest arm may see. */
async function leakOf(
  { catalog }: AppContext,
  name: string,
  { id, dataset: source }: Prepared,
  study: Chosen
): Promise<string> {
  const tiles = await catalog.prepared.images(id)
  const learned = tiles.filter(({ split }) => split === 'train').length
  const images = source === study.dataset.id ? study.images : []
  const validation = new Set(images.filter(({ split }) => split === 'validation').map(({ file }) => file))
  const chosenBy = tiles.filter(({ source }) => validation.has(source)).length
  const known = chosenBy === 0 ? '' : `, ${chosenBy} of them among those that choose checkpoints here`
  return `One generator made the pictures of all arms ("${name}"): it learned from ${learned} real images${known}, also where an arm may see fewer, and its luck is in all of them.`
}

interface Chain {
  readonly run: string
  readonly dataset: string
  readonly prepared: string
}

/** What a generator was trained on and what chose its checkpoint must not be tested with. */
async function requireHonest({ catalog }: AppContext, study: Chosen, { run, dataset, prepared }: Chain): Promise<void> {
  const tiles = await catalog.prepared.images(prepared)
  const used = new Set(tiles.filter(({ split }) => split !== 'test').map(({ source }) => source))
  const wells = new Map(study.images.map(({ file, well }) => [file, well]))
  const isSame = dataset === study.dataset.id
  const images = await catalog.datasets.images(dataset)
  const seen: Seen[] = images
    .filter(({ file }) => used.has(file))
    .map(({ file, sha256 }) => ({
      file,
      sha256,
      well: isSame ? (wells.get(file) ?? `of ${file}`) : `of ${dataset}: ${file}`
    }))
  requireUnseen(testImages(study), seen, run)
}

/** A data set in the place of synthetic pictures: made by another program, or real images to see what those would do. */
async function passedOff({ catalog }: AppContext, name: string, study: Chosen): Promise<GivenPictures> {
  const dataset = catalog.datasets.find(name)
  if (dataset === undefined) {
    throw refuse(`There is no synthetic set and no data set called "${name}".`, {
      remedies: [{ action: 'set-option', option: 'synthetic' }]
    })
  }
  const all = await catalog.datasets.images(dataset.id)
  const images = all.filter(({ annotated }) => annotated)
  requireClasses(dataset.name, [...new Set(images.map((image) => image.class))], study)
  await requireSamePixels(catalog, dataset, study)
  const seen = images.map(({ file, sha256, group }) => ({ file, sha256, well: `of ${dataset.id}: ${group}` }))
  requireUnseen(testImages(study), seen, dataset.name)
  const leaks = `The images of "${dataset.name}" stand in the place of synthetic ones, in all arms alike.`
  return { id: dataset.id, name: dataset.name, kind: 'dataset', images: images.length, leaks }
}

function testImages({ images }: Chosen) {
  return images.filter(({ split }) => split === 'test')
}

/** Where classes were learned as one they are called "all". */
function requireClasses(name: string, classes: readonly string[], { classes: known }: Chosen): void {
  const others = classes.filter((each) => each !== 'all' && !known.includes(each))
  if (others.length === 0) return
  throw refuse(
    `"${name}" has pictures of ${others.map((each) => `"${each}"`).join(', ')}, and the real images are of ${known.join(', ')}.`,
    {
      next: 'Choose a set of the same classes.',
      remedies: [{ action: 'set-option', option: 'synthetic' }]
    }
  )
}

/** Of what a pixel stands for, differences beyond this share are another size. */
const samePixels = 0.05

/** Each image that says how large its pixels are, along both axes. */
async function requireSamePixels(
  catalog: AppContext['catalog'],
  other: { readonly id: string; readonly name: string },
  study: Chosen
): Promise<void> {
  if (other.id === study.dataset.id) return
  const own = await pixelSizes(catalog, study.dataset.id)
  const isLike = (a: PixelSize, b: PixelSize): boolean =>
    Math.abs(a.x / b.x - 1) <= samePixels && Math.abs(a.y / b.y - 1) <= samePixels
  const others = await pixelSizes(catalog, other.id)
  const strange = others.find((size) => !own.some((each) => isLike(each, size)))
  const [first] = own
  if (first === undefined || strange === undefined) return
  throw refuse(
    `A pixel of "${other.name}" is ${sizeWords(strange)} µm, and one of "${study.dataset.name}" ${sizeWords(first)} µm: their cells are not as large.`,
    { next: 'Scale the pictures to the same size of a pixel.' }
  )
}

type PixelSize = NonNullable<DatasetImage['pixelSize']>

async function pixelSizes(catalog: AppContext['catalog'], id: string): Promise<PixelSize[]> {
  const images = await catalog.datasets.images(id)
  return images.flatMap(({ pixelSize }) => pixelSize ?? [])
}

function sizeWords({ x, y }: PixelSize): string {
  const [width, height] = [x, y].map((side) => String(Number(side.toPrecision(4))))
  return width === height ? `${width}` : `${width} × ${height}`
}
