import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Output, type ParsedInput } from '../../shared/api.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { CreatePackageRequest, type PackageResult } from '../../shared/packages.ts'
import { type Synthetic, SyntheticAbout, type SyntheticImage } from '../../shared/synthetic.ts'
import type { Task } from '../../shared/tasks.ts'
import { sweepPartials } from '../files/partials.ts'
import { createPackage } from '../packages/create-package.ts'
import { type PackageAbout } from '../packages/packed-set.ts'
import { productName } from '../product.ts'
import { runInReader } from '../workers/reader.ts'
import { type AppContext } from '../workspace/app-context.ts'
import { type RequestContext } from './dispatch.ts'
import { removeMade } from '../workspace/made-things.ts'
import { PackageArrival } from '../workspace/package-arrival.ts'
import { ownFolder } from '../workspace/own-files.ts'

/** Writes a set into one file that a colleague can open, and reads it back before calling it done. */
export async function packSet(
  app: AppContext,
  request: ParsedInput<'packages.create'>,
  { signal, progress, thingBegun }: RequestContext
): Promise<Output<'packages.create'>> {
  const { folder, about } = await findSet(app, request.set)
  const { out, formats, license, author } = request
  const created = app.environment.now()
  const origin = about.kind === 'synthetic' ? { synthetic: about.synthetic.id } : { dataset: about.dataset.id }
  const arrival = new PackageArrival(app)
  const announce = async ({ warnings: _, ...made }: PackageResult): Promise<void> => {
    thingBegun?.(await arrival.announce({ ...made, created: created.toISOString(), ...origin }))
  }
  const onProgress = (done: number, total: number): void => progress({ stage: 'package', done, total })
  try {
    const source = { folder, about, out, formats, license, author, now: created, software: productName }
    const result = await createPackage(source, { onProgress, signal, announce })
    await arrival.enter()
    return result
  } catch (thrown) {
    await arrival.withdraw()
    throw thrown
  }
}

const Place = CreatePackageRequest.pick({ out: true })

/** Removes what is left of a package that was cut off: what it has become, and what its making left beside its place. */
export async function discardPackage(app: AppContext, task: Task): Promise<void> {
  await removeMade(app, task)
  const { out } = Place.parse(task.input)
  await sweepPartials(dirname(out)).catch(() => undefined) // a disk that is not there now, or may only be read
}

interface FoundSet {
  readonly folder: string
  readonly about: PackageAbout
}

/** A synthetic set or a data set by its name or id, as the catalogue has it. */
export async function findSet(app: AppContext, set: string): Promise<FoundSet> {
  const synthetic = app.catalog.synthetic.find(set)
  const dataset = app.catalog.datasets.find(set)
  if (synthetic && dataset) {
    throw new AppError('usage', `A synthetic set and a data set are both called "${set}".`, {
      next: `Use its id instead: ${synthetic.id} is the synthetic set, ${dataset.id} the data set.`
    })
  }
  if (synthetic) {
    const folder = await ownFolder(app, 'synthetic', synthetic)
    const images = await app.catalog.synthetic.accepted(synthetic.id)
    requireSome(synthetic.name, images)
    return { folder, about: acceptedAbout(await readAbout(folder), synthetic, images) }
  }
  if (dataset) {
    const images = await app.catalog.datasets.images(dataset.id)
    return {
      folder: await ownFolder(app, 'datasets', dataset),
      about: { kind: 'dataset', version: 1, dataset, images }
    }
  }
  for (const table of [app.catalog.synthetic, app.catalog.datasets]) {
    if (table.called(set).length > 0) table.require(set) // in the trash, or missing
  }
  throw refuse(`There is no synthetic set or data set called "${set}".`, {
    remedies: [
      { action: 'list', kind: 'dataset' },
      { action: 'make', kind: 'synthetic' }
    ]
  })
}

function requireSome(name: string, images: readonly SyntheticImage[]): void {
  if (images.length > 0) return
  throw refuse(`All pictures of "${name}" were rejected, so there is nothing to pack.`, {
    next: 'Accept some of them in its gallery.'
  })
}

/** The set as a package tells of it: what was rejected here is no part of it, and verdicts stay at home. */
function acceptedAbout(about: SyntheticAbout, synthetic: Synthetic, images: readonly SyntheticImage[]): SyntheticAbout {
  const plain = images.map(({ verdict: _, ...image }) => image)
  const cellsIn = (of: readonly SyntheticImage[]) => of.reduce((sum, { cells }) => sum + cells, 0)
  const classes = synthetic.classes.map(({ name }) => {
    const own = plain.filter((image) => image.class === name)
    return { name, images: own.length, cells: cellsIn(own) }
  })
  return { ...about, synthetic: { ...synthetic, images: plain.length, cells: cellsIn(plain), classes }, images: plain }
}

export function checkPackage(
  app: AppContext,
  { file }: ParsedInput<'packages.verify'>,
  context: RequestContext
): Promise<Output<'packages.verify'>> {
  return runInReader(app, { name: 'verify', input: { file }, file }, context)
}

async function readAbout(folder: string): Promise<SyntheticAbout> {
  const file = join(folder, 'about.json')
  try {
    return SyntheticAbout.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw refuse('The files of this synthetic set are missing or damaged.', {
      file,
      next: 'Generate it again: the same seed gives the same pictures.',
      cause
    })
  }
}
